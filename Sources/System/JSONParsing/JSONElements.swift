/// Finds the elements of an array in a text that the parser refused as a whole.
///
/// It asks for less than the parser: whatever stands between quotes is a text, numbers may have any size, levels any
/// depth. But brackets, commas, colons and quotes must be where JSON wants them, or nobody can say where one element
/// ends and the next begins.
package enum JSONElements {
    /// Whether the text is an array whose elements can be told apart, with white space around it.
    /// - Complexity: O(length); a bit of memory a level.
    package static func areSound(_ text: Span<UInt8>) -> Bool {
        var index = 0
        skipSpace(text, &index)
        guard at(text, index) == UInt8(ascii: "["), skipValue(text, &index) else { return false }
        skipSpace(text, &index)
        return index == text.count
    }

    /// The next element of a text for which ``areSound(_:)`` is true; nil after the last.
    /// - Parameter place: 0 for the first; moves behind the element.
    package static func next(_ text: Span<UInt8>, _ place: inout Int) -> Range<Int>? {
        skipSpace(text, &place)
        guard let before = at(text, place), before == UInt8(ascii: "[") || before == UInt8(ascii: ",") else {
            return nil
        }
        place += 1
        skipSpace(text, &place)
        let start = place
        guard at(text, start) != UInt8(ascii: "]"), skipValue(text, &place) else { return nil }
        return start..<place
    }

    private static func at(_ text: Span<UInt8>, _ index: Int) -> UInt8? { index < text.count ? text[index] : nil }

    private static func skipSpace(_ text: Span<UInt8>, _ index: inout Int) {
        while let byte = at(text, index), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    /// Steps over one value with all that it holds; false where its bounds cannot be told.
    private static func skipValue(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        var levels = OpenLevels()
        while true {
            skipSpace(text, &index)
            switch at(text, index) {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = text[index] == UInt8(ascii: "{")
                index += 1
                skipSpace(text, &index)
                if at(text, index) == close(isObject) {
                    index += 1
                } else {
                    levels.open(isObject: isObject)
                    if isObject, !skipKey(text, &index) { return false }
                    continue
                }
            case UInt8(ascii: "\""): guard skipString(text, &index) else { return false }
            default: guard skipWord(text, &index) else { return false }
            }
            // After a value: a comma goes on in the innermost level, a bracket ends it.
            var isWhole = true
            while let isObject = levels.last {
                skipSpace(text, &index)
                if at(text, index) == UInt8(ascii: ",") {
                    index += 1
                    if isObject, !skipKey(text, &index) { return false }
                    isWhole = false
                    break
                }
                guard at(text, index) == close(isObject) else { return false }
                index += 1
                levels.close()
            }
            if isWhole { return true }
        }
    }

    private static func close(_ isObject: Bool) -> UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

    /// Steps over a key and the colon after it.
    private static func skipKey(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        skipSpace(text, &index)
        guard at(text, index) == UInt8(ascii: "\""), skipString(text, &index) else { return false }
        skipSpace(text, &index)
        guard at(text, index) == UInt8(ascii: ":") else { return false }
        index += 1
        return true
    }

    /// Steps over a text whose opening quote stands at the index.
    private static func skipString(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        index += 1
        while let byte = at(text, index) {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return true
            // Whatever is escaped is part of the text.
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return false
    }

    /// Steps over a number or a word such as `true`.
    private static func skipWord(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        let start = index
        while let byte = at(text, index) {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                index += 1
            default: return index > start
            }
        }
        return index > start
    }
}

/// For each open level, whether it is an object: a bit each, since a body of nothing but brackets has as many levels as
/// bytes.
private struct OpenLevels {
    private var words: [UInt64] = []
    private var count = 0

    /// Whether the innermost level is an object; nil where none is open.
    var last: Bool? { count == 0 ? nil : words[(count - 1) >> 6] & 1 << UInt64((count - 1) & 63) != 0 }

    mutating func open(isObject: Bool) {
        if count >> 6 == words.count { words.append(0) }
        let bit: UInt64 = 1 << UInt64(count & 63)
        if isObject { words[count >> 6] |= bit } else { words[count >> 6] &= ~bit }
        count += 1
    }

    mutating func close() { count -= 1 }
}
