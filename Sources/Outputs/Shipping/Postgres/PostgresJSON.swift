/// What `jsonb` refuses of documents that are valid JSON: `\u0000`, surrogates without their other half, and numbers
/// that no `numeric` holds.
enum PostgresJSON {
    /// More digits of an exponent, or more digits at all, than a `numeric` may have, with room to spare: behind the
    /// point, which a negative exponent adds to, it has 16,383.
    private static let exponentDigitsMax = 4
    private static let digitsMax = 6_000

    /// The document as `jsonb` takes it: what it refuses within texts becomes U+FFFD, numbers beyond its bounds become
    /// texts.
    /// - Parameter replaced: is increased by what was replaced.
    /// - Complexity: O(bytes).
    static func acceptable(_ text: ArraySlice<UInt8>, _ replaced: inout Int) -> ArraySlice<UInt8> {
        // Mostly there is nothing that could be refused.
        guard text.contains(UInt8(ascii: "\\")) || hasLongNumber(text) || text.contains(0) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""): copyText(text, &index, &result, &replaced)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                copyNumber(text, &index, &result, &replaced)
            default:
                result.append(text[index])
                index += 1
            }
        }
        return result[...]
    }

    private static func hasLongNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var run = 0
        var (isExponent, exponent) = (false, 0)
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                run += 1
                if isExponent { exponent += 1 }
                if run > digitsMax || exponent > exponentDigitsMax { return true }
            case UInt8(ascii: "e"), UInt8(ascii: "E"): (isExponent, exponent) = (run > 0, 0)
            case UInt8(ascii: "."): break
            case UInt8(ascii: "+"), UInt8(ascii: "-"): run = isExponent ? run : 0
            default: (run, isExponent, exponent) = (0, false, 0)
            }
        }
        return false
    }

    /// From the quotation mark that opens it to the one that closes it.
    private static func copyText(
        _ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8], _ replaced: inout Int
    ) {
        result.append(text[index])
        index += 1
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                result.append(byte)
                index += 1
                return
            case UInt8(ascii: "\\"): copyEscape(text, &index, &result, &replaced)
            case 0:
                result += PostgresBinary.replacement
                replaced += 1
                index += 1
            default:
                result.append(byte)
                index += 1
            }
        }
    }

    private static func copyEscape(
        _ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8], _ replaced: inout Int
    ) {
        let length = min(2, text.endIndex - index)
        guard let unit = unit(text, index) else {
            result += text[index..<(index + length)]
            index += length
            return
        }
        switch unit {
        case 0, 0xDC00...0xDFFF: replaceEscape(&index, &result, &replaced)
        case 0xD800...0xDBFF:
            guard let low = self.unit(text, index + 6), (0xDC00...0xDFFF).contains(low) else {
                return replaceEscape(&index, &result, &replaced)
            }
            result += text[index..<(index + 12)]
            index += 12
        default:
            result += text[index..<(index + 6)]
            index += 6
        }
    }

    private static func replaceEscape(_ index: inout Int, _ result: inout [UInt8], _ replaced: inout Int) {
        result += PostgresBinary.replacement
        replaced += 1
        index += 6
    }

    /// What `\uXXXX` at a place says; nil where something else stands there.
    private static func unit(_ text: ArraySlice<UInt8>, _ start: Int) -> UInt16? {
        guard start + 6 <= text.endIndex, text[start] == UInt8(ascii: "\\"), text[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var value: UInt16 = 0
        for byte in text[(start + 2)..<(start + 6)] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func copyNumber(
        _ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8], _ replaced: inout Int
    ) {
        let end =
            text[index...].firstIndex { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
                    UInt8(ascii: "+"), UInt8(ascii: "-"):
                    false
                default: true
                }
            } ?? text.endIndex
        let number = text[index..<end]
        index = end
        if hasLongNumber(number) {
            result.append(UInt8(ascii: "\""))
            result += number
            result.append(UInt8(ascii: "\""))
            replaced += 1
        } else {
            result += number
        }
    }
}
