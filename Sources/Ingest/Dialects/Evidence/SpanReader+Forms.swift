import JSONParsing
import WireFormats

// What values look like, and how much of them there is.
extension SpanReader {
    /// A word, or words in a list; the list may be a text, as JSON or as Python prints it.
    static func areWords(_ value: OTLPValue) -> Bool {
        switch value {
        case .text(let bytes):
            func isBeside(_ byte: UInt8) -> Bool { byte == 0x20 || "[]\"'".utf8.contains(byte) }
            return bytes.split(separator: UInt8(ascii: ",")).allSatisfy { part in
                let word = part.drop(while: isBeside)
                let end = word.lastIndex { !isBeside($0) }.map { $0 + 1 } ?? word.startIndex
                return isWord(word[..<end])
            }
        case .array(let elements):
            return elements.allSatisfy { if case .text(let bytes) = $0 { isWord(unquoted(bytes)) } else { false } }
        case .empty, .boolean, .integer, .double, .bytes, .map: return true
        }
    }

    /// Whether it is made of what words in programs are made of.
    static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= Bounds.nameBytes
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"): true
                default: false
                }
            }
    }

    /// A text that is a number.
    static func number(_ text: ArraySlice<UInt8>) -> SpanValue? {
        guard text.count <= 32 else { return nil }
        let value = SpanValue.text(String(decoding: text, as: UTF8.self))
        return value.number.flatMap { $0.isFinite ? value : nil }
    }

    /// Whether what should be the kind of an error is what was said of it: a kind has one word, but for Python's way to
    /// print a class, and is no list of texts.
    static func isSentence(_ value: OTLPValue) -> Bool {
        if case .array = value { return textCount(value) > 0 }
        guard case .text(let bytes) = value else { return false }
        if bytes.starts(with: "<class '".utf8) { return bytes.count(where: { $0 == 0x20 }) > 1 }
        if bytes.contains(where: { $0 <= 0x20 || $0 >= 0x80 }) { return true }
        let text = String(decoding: bytes, as: UTF8.self)
        return NameRedaction.without(text) != text
    }

    /// A number, or a text of digits and what stands between them in numbers and times.
    static func isMeasure(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double: return true
        case .text(let bytes):
            return bytes.count <= 40 && unquoted(bytes).allSatisfy { byte in
                switch byte {
                case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                    UInt8(ascii: "T"), UInt8(ascii: "Z"), UInt8(ascii: "E"), UInt8(ascii: "e"), 0x20:
                    true
                default: false
                }
            }
        case .empty, .boolean, .bytes, .array, .map: return false
        }
    }

    static func text(_ value: OTLPValue) -> String? {
        guard case .text(let bytes) = value else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A number, yes or no, a word that settings are chosen from, or a few of these words.
    static func isPlain(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double, .boolean: true
        case .text(let bytes): number(bytes) != nil || AllowedValues.contain(unquoted(bytes))
        case .array(let elements):
            elements.allSatisfy { if case .text(let bytes) = $0 { AllowedValues.contain(bytes) } else { false } }
        case .empty, .bytes, .map: false
        }
    }

    static func isOfResponse(_ name: String) -> Bool {
        name.hasPrefix("gen_ai.response.") || name.hasPrefix("ai.response.")
    }

    static func isNumberOrJSON(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double, .map: true
        case .text(let bytes): bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[")
        default: false
        }
    }

    /// Whether a member's name looks like one that a program has: letters, and few digits.
    static func isName(_ text: String) -> Bool {
        var digits = 0
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
            case UInt8(ascii: ".") where place > 0, UInt8(ascii: "-") where place > 0: break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where place > 0: digits += 1
            default: return false
            }
        }
        return !text.isEmpty && text.utf8.count <= 64 && digits <= 3
    }

    /// Nil for nothing.
    static func typeName(_ kind: JSONKind) -> String? {
        switch kind {
        case .string: "string"
        case .integer, .unsigned: "int"
        case .double: "double"
        case .true, .false: "bool"
        case .array: "array"
        case .object: "map"
        case .null: nil
        }
    }

    /// Without JSON's own quotes, which some senders put around a text.
    static func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        return text.count > 2 && text.first == quote && text.last == quote ? text.dropFirst().dropLast() : text
    }

    static func spanValue(_ value: OTLPValue) -> SpanValue? {
        switch value {
        case .empty, .bytes, .map: return nil
        case .text(let bytes):
            return bytes.count <= Bounds.textBytes ? .text(String(decoding: bytes, as: UTF8.self)) : nil
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .double(let value): return value.isFinite ? .double(value) : nil
        case .array(let values):
            guard values.count <= Bounds.listElements else { return nil }
            let kept = values.compactMap { element -> SpanValue? in
                if case .array = element { return nil }
                return spanValue(element)
            }
            return kept.count == values.count ? .list(kept) : nil
        }
    }

    static func textCount(_ value: OTLPValue) -> Int64 {
        switch value {
        case .text, .bytes: 1
        case .array(let values): values.reduce(0) { $0 + textCount($1) }
        case .map(let pairs): pairs.reduce(0) { $0 + textCount($1.value) }
        default: 0
        }
    }

    /// Texts and numbers.
    static func valueCount(_ value: OTLPValue) -> Int64 {
        switch value {
        case .text, .bytes, .integer, .double: 1
        case .array(let values): values.reduce(0) { $0 + valueCount($1) }
        case .map(let pairs): pairs.reduce(0) { $0 + valueCount($1.value) }
        case .empty, .boolean: 0
        }
    }

    static func typeName(_ value: OTLPValue) -> String {
        switch value {
        case .empty: "empty"
        case .text: "string"
        case .boolean: "bool"
        case .integer: "int"
        case .double: "double"
        case .bytes: "bytes"
        case .array: "array"
        case .map: "map"
        }
    }

    static func cut(_ text: String, _ bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.startIndex
        var count = 0
        for index in text.unicodeScalars.indices {
            count += UTF8.width(text.unicodeScalars[index])
            if count > bytesMax { break }
            end = text.unicodeScalars.index(after: index)
        }
        return String(text[..<end])
    }
}
