/// Whether a text in UTF-8 is white space as Unicode has it and nothing else, or nothing at all: it names nothing.
/// - Complexity: O(bytes of white space that it begins with).
package func isWhiteSpace(_ utf8: Span<UInt8>) -> Bool {
    var place = 0
    while place < utf8.count {
        let length = whiteSpaceLength(utf8, at: place)
        guard length > 0 else { return false }
        place += length
    }
    return true
}

/// How many bytes the character of white space at a place has; 0 where none stands there.
private func whiteSpaceLength(_ utf8: Span<UInt8>, at place: Int) -> Int {
    let rest = utf8.count - place
    switch utf8[place] {
    case 0x09...0x0D, 0x20: return 1
    // U+0085, U+00A0.
    case 0xC2: return rest > 1 && (utf8[place + 1] == 0x85 || utf8[place + 1] == 0xA0) ? 2 : 0
    // U+1680, U+2000 to U+205F, U+3000.
    case 0xE1: return rest > 2 && utf8[place + 1] == 0x9A && utf8[place + 2] == 0x80 ? 3 : 0
    case 0xE2 where rest > 2:
        switch (utf8[place + 1], utf8[place + 2]) {
        case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
        default: return 0
        }
    case 0xE3: return rest > 2 && utf8[place + 1] == 0x80 && utf8[place + 2] == 0x80 ? 3 : 0
    default: return 0
    }
}
