/// White space as Unicode has it (PropList.txt), by what it does.
package enum WhiteSpace: Sendable {
    /// It stands between words.
    case blank
    /// It ends a line.
    case lineEnd

    /// nil for a scalar that is none.
    package init?(_ scalar: UInt32) {
        switch scalar {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: self = .lineEnd
        case 0x09, 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: self = .blank
        default: return nil
        }
    }
}

/// The scalar of two or three bytes of UTF-8 that begins at a place, and how many these are; 0 and one byte for
/// anything else: ASCII, what is cut off, has four bytes or more than it needs.
/// - Precondition: `place` is one of the text's.
package func shortScalar(in utf8: Span<UInt8>, at place: Int) -> (scalar: UInt32, length: Int) {
    let first = utf8[place]
    guard (0xC2..<0xF0).contains(first) else { return (0, 1) }
    let length = first < 0xE0 ? 2 : 3
    guard length <= utf8.count - place else { return (0, 1) }
    var scalar = UInt32(first & (length == 2 ? 0x1F : 0x0F))
    for next in place + 1..<place + length {
        guard utf8[next] & 0xC0 == 0x80 else { return (0, 1) }
        scalar = scalar << 6 | UInt32(utf8[next] & 0x3F)
    }
    return length == 3 && scalar < 0x800 ? (0, 1) : (scalar, length)
}
