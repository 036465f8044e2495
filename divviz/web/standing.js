// Marks that stand on a picture: one node for each id, kept as long as the id is there, so that focus stays.

export function standing(parent, make) {
  const nodes = new Map();
  return {
    node: (id) => nodes.get(id),
    show(items) {
      const ids = new Set(items.map((one) => one.id));
      for (const [id, node] of nodes) if (!ids.has(id)) { node.remove(); nodes.delete(id); }
      items.forEach((one, i) => {
        if (!nodes.has(one.id)) nodes.set(one.id, make(one.id));
        const node = nodes.get(one.id), there = parent.children[i];
        if (there !== node) parent.insertBefore(node, there || null);
      });
    },
  };
}

// The node's middle at (x, y), in pixels of the picture.
export function stand(node, x, y) {
  node.hidden = !isFinite(x) || !isFinite(y);
  const to = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  if (node.stands !== to) node.style.transform = node.stands = to;
}
