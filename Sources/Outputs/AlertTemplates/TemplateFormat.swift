import Bytes
import PromQLText

/// `printf` as Go has it, for texts, numbers and flags.
struct TemplateFormat {
    private struct Verb {
        var isLeft = false
        var hasPlus = false
        var hasSharp = false
        var hasSpace = false
        var hasZeros = false
        var width = 0
        var precision: Int?
        var letter: UInt8 = 0
    }

    private var format: ArraySlice<UInt8>
    private var arguments: ArraySlice<TemplateValue>
    private let run: TemplateRun

    /// - Throws: where more digits or blanks are asked for than may be.
    static func written(
        _ format: [UInt8], _ arguments: [TemplateValue], _ run: TemplateRun
    ) throws(TemplateError) -> [UInt8] {
        var reader = TemplateFormat(format: format[...], arguments: arguments[...], run: run)
        return try reader.written()
    }

    private mutating func written() throws(TemplateError) -> [UInt8] {
        var result: [UInt8] = []
        while let byte = format.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let verb = try verb() else {
                result += "%!(NOVERB)".utf8
                break
            }
            if verb.letter == UInt8(ascii: "%") {
                result.append(byte)
                continue
            }
            guard let argument = arguments.popFirst() else {
                result += Array("%!".utf8) + [verb.letter] + Array("(MISSING)".utf8)
                continue
            }
            result += padded(written(argument, verb), verb)
            try run.check(result.count)
        }
        if !arguments.isEmpty {
            result += "%!(EXTRA ".utf8
            for (index, argument) in arguments.enumerated() {
                result += ((index > 0 ? ", " : "") + argument.typeName + "=").utf8
                result += argument.shown
                try run.check(result.count)
            }
            result += ")".utf8
        }
        return result
    }

    private mutating func verb() throws(TemplateError) -> Verb? {
        var verb = Verb()
        flags: while let byte = format.first {
            switch byte {
            case UInt8(ascii: "-"): verb.isLeft = true
            case UInt8(ascii: "+"): verb.hasPlus = true
            case UInt8(ascii: "#"): verb.hasSharp = true
            case UInt8(ascii: " "): verb.hasSpace = true
            case UInt8(ascii: "0"): verb.hasZeros = true
            default: break flags
            }
            format = format.dropFirst()
        }
        verb.width = try count() ?? 0
        if verb.width < 0 { (verb.width, verb.isLeft) = (-verb.width, true) }
        if format.first == UInt8(ascii: ".") {
            format = format.dropFirst()
            verb.precision = max(try count() ?? 0, 0)
        }
        guard let letter = format.popFirst() else { return nil }
        verb.letter = letter
        return verb
    }

    /// Digits, or a star for the next argument.
    private mutating func count() throws(TemplateError) -> Int? {
        var count: Int?
        if format.first == UInt8(ascii: "*") {
            format = format.dropFirst()
            if case .integer(let value)? = arguments.popFirst() { count = Int(value) }
        } else {
            let digits = format.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            format = format.dropFirst(digits.count)
            if digits.isEmpty { return nil }
            count = Int(String(decoding: digits, as: UTF8.self)) ?? .max
        }
        if let count, !(-TemplateLimits.digitsMax...TemplateLimits.digitsMax).contains(count) {
            throw run.error("a format asks for more than \(TemplateLimits.digitsMax) places")
        }
        return count
    }

    private func padded(_ bytes: [UInt8], _ verb: Verb) -> [UInt8] {
        let length = String(decoding: bytes, as: UTF8.self).unicodeScalars.count
        guard length < verb.width else { return bytes }
        let count = verb.width - length
        if verb.isLeft { return bytes + [UInt8](repeating: 0x20, count: count) }
        guard verb.hasZeros, !bytes.contains(UInt8(ascii: "N")), !bytes.contains(UInt8(ascii: "I")) else {
            return [UInt8](repeating: 0x20, count: count) + bytes
        }
        let sign = bytes.prefix { [UInt8(ascii: "+"), UInt8(ascii: "-"), 0x20].contains($0) }
        return Array(sign) + [UInt8](repeating: UInt8(ascii: "0"), count: count) + bytes.dropFirst(sign.count)
    }

    private func written(_ value: TemplateValue, _ verb: Verb) -> [UInt8] {
        let letter = Unicode.Scalar(verb.letter)
        switch value {
        case .float(let float):
            switch letter {
            case "v": return signed(float, TemplateValue.shown(float.magnitude), verb)
            case "e", "E", "f", "F", "g", "G": return signed(float, digits(float, verb), verb)
            default: return wrong(value, verb)
            }
        case .integer(let integer): return written(integer, verb) ?? wrong(value, verb)
        case .text(let text):
            switch letter {
            case "s", "v": return cut(text.bytes, verb)
            case "q": return Array(QuotedText.quoted(cut(text.bytes, verb)).utf8)
            case "x": return Array(hexadecimal(cut(text.bytes, verb)).utf8)
            case "X": return Array(hexadecimal(cut(text.bytes, verb)).uppercased().utf8)
            default: return wrong(value, verb)
            }
        case .flag: return letter == "t" || letter == "v" ? value.shown : wrong(value, verb)
        case .absent, .nothing: return letter == "v" ? Array("<nil>".utf8) : wrong(value, verb)
        default: return letter == "v" || letter == "s" ? value.shown : wrong(value, verb)
        }
    }

    private func cut(_ bytes: [UInt8], _ verb: Verb) -> [UInt8] {
        guard let precision = verb.precision else { return bytes }
        var result = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(precision) {
            result.unicodeScalars.append(scalar)
        }
        return Array(result.utf8)
    }

    /// The digits without a sign.
    private func digits(_ float: Double, _ verb: Verb) -> String {
        guard float.isFinite else { return float.isNaN ? "NaN" : "Inf" }
        let lower = verb.letter | 0x20
        let isCapital = verb.letter != lower && lower != UInt8(ascii: "f")
        let text: String
        if lower == UInt8(ascii: "g"), verb.precision == nil {
            text = TemplateValue.shown(float.magnitude)
        } else {
            text = ExactDecimal.written(float, verb: lower, precision: verb.precision ?? 6)
        }
        return isCapital ? text.uppercased() : text
    }

    private func signed(_ float: Double, _ digits: String, _ verb: Verb) -> [UInt8] {
        // The magnitude of an infinity has a sign of its own.
        let digits = digits.hasPrefix("+") ? String(digits.dropFirst()) : digits
        if float.isNaN { return Array((verb.hasPlus ? "+NaN" : "NaN").utf8) }
        if float.sign == .minus { return Array(("-" + digits).utf8) }
        let isInfinite = float.isInfinite && !verb.hasSpace
        return Array(((verb.hasPlus || isInfinite ? "+" : verb.hasSpace ? " " : "") + digits).utf8)
    }

    private func written(_ integer: Int64, _ verb: Verb) -> [UInt8]? {
        let radix: Int
        switch Unicode.Scalar(verb.letter) {
        case "d", "v": radix = 10
        case "x", "X": radix = 16
        case "o": radix = 8
        case "b": radix = 2
        case "c": return Array(String(Unicode.Scalar(UInt32(truncatingIfNeeded: integer)) ?? "\u{FFFD}").utf8)
        default: return nil
        }
        var digits = String(integer.magnitude, radix: radix, uppercase: verb.letter == UInt8(ascii: "X"))
        if let precision = verb.precision, digits.utf8.count < precision {
            digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
        }
        if verb.hasSharp, radix == 16 { digits = (verb.letter == UInt8(ascii: "X") ? "0X" : "0x") + digits }
        let sign = integer < 0 ? "-" : verb.hasPlus ? "+" : verb.hasSpace ? " " : ""
        return Array((sign + digits).utf8)
    }

    /// What Go writes where verb and value do not fit.
    private func wrong(_ value: TemplateValue, _ verb: Verb) -> [UInt8] {
        if case .absent = value { return Array("%!".utf8) + [verb.letter] + Array("(<nil>)".utf8) }
        if case .nothing = value { return Array("%!".utf8) + [verb.letter] + Array("(<nil>)".utf8) }
        return Array("%!".utf8) + [verb.letter] + Array("(\(value.typeName)=".utf8) + value.shown + Array(")".utf8)
    }
}
