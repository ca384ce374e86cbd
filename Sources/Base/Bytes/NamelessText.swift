/// Whether a text in UTF-8 names nothing: it is empty, or nobody can see it, since it is made of white space, controls
/// and characters that show nothing.
/// - Complexity: O(bytes of such characters that it begins with).
package func namesNothing(_ utf8: Span<UInt8>) -> Bool {
    var place = 0
    while place < utf8.count {
        let length = unseenLength(utf8, at: place)
        guard length > 0 else { return false }
        place += length
    }
    return true
}

/// How many bytes the character at a place has that nobody sees; 0 where none such stands there.
private func unseenLength(_ utf8: Span<UInt8>, at place: Int) -> Int {
    let first = utf8[place]
    if first < 0x80 { return first <= 0x20 || first == 0x7F ? 1 : 0 }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard first >= 0xC2, first <= 0xF4, utf8.count - place >= length else { return 0 }
    var scalar = UInt32(first) & (0x7F >> UInt32(length))
    for step in 1..<length {
        let byte = utf8[place + step]
        guard byte & 0xC0 == 0x80 else { return 0 }
        scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    return isUnseen(scalar) ? length : 0
}

/// Beyond ASCII.
private func isUnseen(_ scalar: UInt32) -> Bool {
    if WhiteSpace(scalar) != nil { return true }
    return switch scalar {
    // Controls.
    case 0x80...0x9F: true
    // Marks that steer what stands around them, joiners, fillers, selectors and tags: Unicode's default ignorables.
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E,
        0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFF8, 0x1_BCA0...0x1_BCA3,
        0x1_D173...0x1_D17A, 0xE_0000...0xE_0FFF:
        true
    // Braille without a dot.
    case 0x2800: true
    default: false
    }
}
