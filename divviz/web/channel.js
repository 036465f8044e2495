// The short way to the numbers while the hand moves: a websocket of our own beside Streamlit's. What goes
// over it is what Streamlit would carry, so that it may be missing: then send() says so.

const AGAIN = 2000; // ms before a lost connection is tried once more
const LONG = 4096; // characters of a base that goes once, and is named from then on

// heard(reply) says whether to stay; again() is called when the server has forgotten a base.
export function channel(path, heard, again) {
  if (!path) return { send: () => false };
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  let socket = null, tried = -Infinity, kept = null, name = 0;

  function open() {
    if (socket || performance.now() - tried < AGAIN) return;
    tried = performance.now();
    socket = new WebSocket(url);
    kept = null;
    socket.onmessage = ({ data }) => {
      const reply = JSON.parse(data);
      if (reply.forgotten) { kept = null; again(); }
      else if (!heard(reply)) socket.close();
    };
    socket.onclose = () => { socket = null; };
  }
  open();

  function short(message) {
    const { base } = message;
    if (base === null || base.length < LONG) return message;
    if (base === kept) return { ...message, base: name };
    kept = base;
    return { ...message, keep: ++name };
  }

  return {
    send(message) {
      if (socket && socket.readyState === WebSocket.OPEN) { socket.send(JSON.stringify(short(message))); return true; }
      open();
      return false;
    },
  };
}
