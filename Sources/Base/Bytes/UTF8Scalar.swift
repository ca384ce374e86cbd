/// The scalar beyond ASCII that begins at a place of a text in UTF-8, and how many bytes it has; 0 and one byte for
/// anything else: ASCII, and what is no UTF-8, such as what is cut off, has more bytes than it needs or is half of a
/// pair.
/// - Precondition: `place` is one of the text's.
/// - Complexity: O(1).
package func utf8Scalar(in utf8: Span<UInt8>, at place: Int) -> (scalar: UInt32, length: Int) {
    let first = utf8[place]
    guard first >= 0xC2, first <= 0xF4 else { return (0, 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length <= utf8.count - place else { return (0, 1) }
    var scalar = UInt32(first) & (0x7F >> UInt32(length))
    for next in place + 1..<place + length {
        let byte = utf8[next]
        guard byte & 0xC0 == 0x80 else { return (0, 1) }
        scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    if length == 3, scalar < 0x800 || (0xD800...0xDFFF).contains(scalar) { return (0, 1) }
    if length == 4, scalar < 0x1_0000 || scalar > 0x10_FFFF { return (0, 1) }
    return (scalar, length)
}
