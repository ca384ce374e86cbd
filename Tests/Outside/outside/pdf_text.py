"""The texts of a PDF as Chromium prints it: glyphs are numbers of a font, which has a table of what they are."""
import re
import unicodedata
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\[((?:<[0-9A-Fa-f]*>|[-\d. ]|\s)*)\] ?TJ|<([0-9A-Fa-f]*)> ?Tj|\bET\b")
PAIR = re.compile(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>(?: <([0-9A-Fa-f]+)>)?")


def _stream(content):
    found = STREAM.search(content)
    if not found:
        return b""
    return zlib.decompressobj().decompress(found[1]) if b"/FlateDecode" in content[:found.start()] else found[1]


def _signs(table):
    """What each glyph is, by a font's table (`ToUnicode`)."""
    signs = {}
    text = lambda code: bytes.fromhex(code.decode()).decode("utf-16-be", "replace")
    for kind, block in re.findall(rb"begin(bfchar|bfrange)(.*?)endbf", table, re.DOTALL):
        for first, second, third in PAIR.findall(block):
            if kind == b"bfchar":
                signs[int(first, 16)] = text(second)
            elif third:
                for place in range(int(second, 16) - int(first, 16) + 1):
                    signs[int(first, 16) + place] = text(b"%04X" % (int(third, 16) + place)) if len(third) == 4 else text(third)
    return signs


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def plain(told):
    """Without blanks, since what stands apart on paper need not be apart in the file; one sign may stand for two letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", told))


def text(pdf):
    """All of it, plain."""
    objects = {int(number): content for number, content in OBJECT.findall(pdf)}
    fonts = {}
    for content in objects.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", content):
            table = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(number), b""))
            if table:
                fonts[name] = _signs(_stream(objects[int(table[1])]))
    told = []
    for content in objects.values():
        if b"/FontFile" in content or b"/Subtype /Image" in content:
            continue
        drawn = _stream(content)
        if b" Tf" not in drawn:
            continue
        font = {}
        for name, several, one in SHOWN.findall(drawn):
            if name:
                font = fonts.get(name, {})
            for code in re.findall(rb"<([0-9A-Fa-f]*)>", several) + [one]:
                told += [font.get(int(code[at:at + 4], 16), "") for at in range(0, len(code) - 3, 4)]
    return plain("".join(told))
