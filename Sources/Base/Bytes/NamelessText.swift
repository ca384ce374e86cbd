/// Whether a text in UTF-8 names nothing: it is empty, or nobody can see it, since it is made of white space, controls
/// and characters that show nothing (``isUnseen(_:)``).
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
    if first < 0x80 { return isUnseen(UInt32(first)) ? 1 : 0 }
    let (scalar, length) = utf8Scalar(in: utf8, at: place)
    return scalar > 0 && isUnseen(scalar) ? length : 0
}
