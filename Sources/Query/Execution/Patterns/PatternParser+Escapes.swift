import Plans

/// What follows a backslash.
extension PatternParser {
    enum Escape {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
    }

    /// The escape after a backslash that was read.
    mutating func escape() throws -> Escape {
        guard let letter = advance() else { throw Self.wrongEscape }
        if let set = Self.classes(letter) { return .set(set) }
        switch letter {
        case "a": return .scalar("\u{07}")
        case "b": return .scalar("\u{08}")
        case "B": return .scalar("\\")
        case "e": return .scalar("\u{1B}")
        case "f": return .scalar("\u{0C}")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "t": return .scalar("\t")
        case "v": return .scalar("\u{0B}")
        case "c":
            guard let character = advance() else { throw Self.wrongEscape }
            return try numbered(character.value & 0x1F)
        case "u": return try numbered(number(base: 16, digits: 4...4))
        case "U": return try numbered(number(base: 16, digits: 8...8))
        case "x": return try numbered(number(base: 16, digits: 1...255))
        case "0"..."9": return try octal(letter)
        default:
            if letter.isASCIILetter { throw Self.wrongEscape }
            return .scalar(letter)
        }
    }

    private static func classes(_ letter: Unicode.Scalar) -> ScalarSet? {
        switch letter {
        case "d": ScalarClasses.digit
        case "D": ScalarClasses.digit.complement
        case "w": ScalarClasses.word
        case "W": ScalarClasses.word.complement
        case "s": ScalarClasses.space
        case "S": ScalarClasses.space.complement
        default: nil
        }
    }

    private func numbered(_ value: UInt32) throws -> Escape {
        guard let scalar = Unicode.Scalar(value) else { throw Self.wrongEscape }
        return .scalar(scalar)
    }

    /// One digit that is not 0, and several that number a group, refer back; other digits are a character in octal.
    private mutating func octal(_ first: Unicode.Scalar) throws -> Escape {
        place -= 1
        if first != "0" {
            let start = place
            let reference = try number(base: 10, digits: 1...255)
            if place == start + 1 || reference <= groups {
                if reference > groups { throw Self.invalid("invalid backreference number") }
                throw Self.refused(
                    "back references", "Compare the parts that have to be equal by conditions of their own.")
            }
            place = start
        }
        return try numbered(number(base: 8, digits: 1...3))
    }

    private mutating func number(base: UInt32, digits: ClosedRange<Int>) throws -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let digit = next.flatMap({ Self.digit($0) }), digit < base {
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            if overflow || product > ScalarSet.last { throw Self.wrongEscape }
            value = product + digit
            count += 1
            place += 1
        }
        if count < digits.lowerBound { throw Self.wrongEscape }
        return value
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x57
        case "A"..."F": scalar.value - 0x37
        default: nil
        }
    }
}
