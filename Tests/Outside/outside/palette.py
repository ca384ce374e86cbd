"""A picture of a page with at most 256 colours, which are nearly all that it has: a quarter of the size."""
import struct
import zlib
from collections import Counter

SIGN = b"\x89PNG\r\n\x1a\n"


def _chunks(png):
    place = len(SIGN)
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place:place + 8])
        yield kind, png[place + 8:place + 8 + length]
        place += 12 + length


def _lines(png):
    """Width, and the pixels of each line as numbers of three bytes."""
    head, packed = None, b""
    for kind, content in _chunks(png):
        head = struct.unpack(">IIBBBBB", content) if kind == b"IHDR" else head
        packed += content if kind == b"IDAT" else b""
    width, height, depth, colours, *_ = head
    if depth != 8 or colours not in (2, 6):
        raise ValueError(f"a picture of {depth} bits and kind {colours}")
    size = 3 if colours == 2 else 4
    data, stride, before, lines = zlib.decompress(packed), width * size, bytearray(width * size), []
    for number in range(height):
        place = number * (stride + 1)
        line = _unfiltered(data[place], bytearray(data[place + 1:place + 1 + stride]), before, size)
        lines.append([line[at] << 16 | line[at + 1] << 8 | line[at + 2] for at in range(0, stride, size)])
        before = line
    return width, lines


def _unfiltered(kind, line, above, size):
    """PNG, section 9: each byte is a difference to bytes before and above."""
    if kind == 2:
        return bytearray((one + up) & 255 for one, up in zip(line, above))
    if kind == 0:
        return line
    for at in range(len(line)):
        left = line[at - size] if at >= size else 0
        up, corner = above[at], above[at - size] if at >= size else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            first, second, third = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if first <= second and first <= third else up if second <= third else corner
        line[at] = (line[at] + guess) & 255
    return line


def packed(png):
    """The same picture; colours beyond the 256 that are most frequent become the nearest of these."""
    width, lines = _lines(png)
    counts = Counter(colour for line in lines for colour in line)
    colours = [colour for colour, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:256]]
    parts = [(colour >> 16, colour >> 8 & 255, colour & 255) for colour in colours]
    places = {colour: place for place, colour in enumerate(colours)}
    for colour in counts:
        if colour not in places:
            r, g, b = colour >> 16, colour >> 8 & 255, colour & 255
            places[colour] = min(range(len(parts)), key=lambda place: 3 * (parts[place][0] - r) ** 2 + 6 * (parts[place][1] - g) ** 2 + (parts[place][2] - b) ** 2)
    data = b"".join(b"\0" + bytes(places[colour] for colour in line) for line in lines)
    chunk = lambda kind, content: struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (SIGN + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(lines), 8, 3, 0, 0, 0))
            + chunk(b"PLTE", b"".join(bytes(part) for part in parts)) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))
