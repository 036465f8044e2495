"""A small reader of the PDF files that Chromium prints: their pages, sizes and text."""

import re
import unicodedata
import zlib
from dataclasses import dataclass

# Fonts give a radical and the character that looks like it one glyph; NFKC parts only some of them.
RADICALS = str.maketrans("⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬", "西见角贝车长门青页风飞食马鱼鸟黄齐")


@dataclass(frozen=True)
class Sheet:
    """A printed page: its size in points, and its text in the order of drawing, without blanks."""

    width: float
    height: float
    text: str


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a PDF 1.4 as Skia writes it: plain objects, subset fonts with ToUnicode maps."""
    found = re.findall(rb"(\d+) 0 obj\s(.*?)\sendobj", pdf, re.DOTALL)
    objects = {int(number): body for number, body in found}
    return [
        _sheet(body, objects)
        for body in objects.values()
        if re.search(rb"/Type /Page\b", body.split(b"stream")[0])
    ]


def _sheet(body: bytes, objects: dict[int, bytes]) -> Sheet:
    box = re.search(rb"/MediaBox \[([-\d. ]+)\]", body)
    contents = re.search(rb"/Contents (\d+) 0 R", body)
    assert box and contents
    left, bottom, right, top = map(float, box[1].split())
    return Sheet(right - left, top - bottom, _text(objects[int(contents[1])], body, objects))


def _text(content: bytes, owner: bytes, objects: dict[int, bytes]) -> str:
    """What a content stream writes, and what the forms that it draws write."""
    resources = re.search(rb"/Resources (\d+) 0 R", owner)
    named = objects[int(resources[1])] if resources else owner.split(b"stream")[0]
    fonts = {name: int(ref) for name, ref in re.findall(rb"/(F\d+) (\d+) 0 R", named)}
    forms = {name: int(ref) for name, ref in re.findall(rb"/(X\d+) (\d+) 0 R", named)}
    letters: dict[int, str] = {}
    out = []
    step = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|/(X\d+) Do")
    for font, shown, form in step.findall(_stream(content)):
        if font:
            letters = _letters(objects[fonts[font]], objects)
        elif shown:
            codes = (int(shown[i : i + 4], 16) for i in range(0, len(shown), 4))
            out.append("".join(letters.get(code, "") for code in codes))
        elif b"/Form" in objects[forms[form]].split(b"stream")[0]:
            out.append(_text(objects[forms[form]], objects[forms[form]], objects))
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", "".join(out)).translate(RADICALS))


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """The letters of a font by their codes, as its ToUnicode map says (ISO 32000-1, 9.10.3)."""
    ref = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if ref is None:
        return {}
    found: dict[int, str] = {}
    mapped = _stream(objects[int(ref[1])])
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", mapped, re.DOTALL):
        for code, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", mapped, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for i in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + i] = chr(int(text, 16) + i)
    return found


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream")
    data = rest.lstrip(b"\r\n").rpartition(b"endstream")[0]
    return zlib.decompressobj().decompress(data) if b"/FlateDecode" in head else data
