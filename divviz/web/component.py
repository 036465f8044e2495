"""How a script of ours becomes a component of Streamlit: a short import, or the modules inline."""

import re
from collections.abc import Sequence

from divviz.web import assets

_IMPORT = re.compile(r'^import \{ (.+) \} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default function (\w+)", re.MULTILINE)


def stub(entry: str, styles: Sequence[str]) -> tuple[str | None, str]:
    """Return (css, js) of a component: an import of the served files, or all of them inline.

    The component is the default export of `entry`.
    """
    script = assets.url(entry)
    if script is None:
        return "\n".join(map(assets.text, styles)), bundle(entry)
    sheets = ", ".join(f"'{assets.url(name)}'" for name in styles)
    return None, (
        "const at = (path) => new URL(path, document.baseURI).href;\n"
        f"for (const path of [{sheets}]) {{\n"
        "  const style = document.createElement('link');\n"
        "  style.rel = 'stylesheet'; style.href = at(path);\n"
        "  const there = document.querySelector(`link[href='${style.href}']`);\n"
        "  if (!there) document.head.append(style);\n"
        "}\n"
        f"const script = import(at('{script}'));\n"
        "export default (component) => { script.then((s) => s.default(component)); };\n"
    )


def bundle(entry: str) -> str:
    """Return a script and all that it imports as one module, each in a scope of its own.

    Without a server of ours there is no address to import from.
    """
    return (
        "\n".join(_scope(name) for name in order(entry))
        + f"\nexport default {_name(entry)}.mount;\n"
    )


def order(entry: str) -> list[str]:
    """Return a script and all that it imports, each after what it imports itself."""
    found: list[str] = []
    for _, name in _IMPORT.findall(assets.text(entry)):
        found += [one for one in order(f"{name}.js") if one not in found]
    return [*found, entry]


def _scope(name: str) -> str:
    text = _IMPORT.sub(lambda m: f"const {{ {m[1]} }} = {_name(m[2])};", assets.text(name))
    names = _EXPORT.findall(text) + _DEFAULT.findall(text)
    text = _DEFAULT.sub(r"function \1", text)
    text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    return f"const {_name(name)} = (() => {{\n{text}\nreturn {{ {', '.join(names)} }};\n}})();"


def _name(file: str) -> str:
    return f"_{file.removesuffix('.js')}"
