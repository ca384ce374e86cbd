import Plans

/// Regular expressions as constants: what the engine would refuse in them is refused where it stands in the question.
enum PatternText {
    /// What of PostgreSQL's patterns is not taken; nil where nothing of it is there.
    static func refused(in pattern: String) -> String? {
        let scalars = Array(pattern.unicodeScalars)
        if sees("***=", scalars, 0) || isLiteral(scalars) { return nil }
        var place = 0
        var groups: UInt32 = 0
        while place < scalars.count {
            switch scalars[place] {
            case "\\":
                guard place + 1 < scalars.count else { return nil }
                let letter = scalars[place + 1]
                if ["m", "M", "y", "Y"].contains(letter) { return "word boundaries (\\\(letter))" }
                let isOneDigit =
                    letter.value >= 49 && letter.value <= 57
                    && !(place + 2 < scalars.count && isDigit(scalars[place + 2]))
                if isOneDigit && letter.value - 48 <= groups { return "back references" }
                place += 2
            case "[":
                for boundary in ["[[:<:]]", "[[:>:]]"] where sees(boundary, scalars, place) {
                    return "word boundaries (\(boundary))"
                }
                place = endOfBracket(scalars, place)
            case "(" where sees("(?#", scalars, place):
                while place < scalars.count, scalars[place] != ")" { place += 1 }
            default:
                for look in ["(?=", "(?!", "(?<=", "(?<!"] where sees(look, scalars, place) {
                    return "look-around constraints (\(look))"
                }
                if scalars[place] == "(", !sees("(?", scalars, place) { groups += 1 }
                place += 1
            }
        }
        return nil
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 48 && scalar.value <= 57 }

    private static func sees(_ text: String, _ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        scalars[place...].starts(with: text.unicodeScalars)
    }

    /// `(?q)`: each character stands for itself.
    private static func isLiteral(_ scalars: [Unicode.Scalar]) -> Bool {
        guard sees("(?", scalars, 0) else { return false }
        let options = scalars.dropFirst(2).prefix { $0.properties.isAlphabetic }
        return options.contains("q") && sees(")", scalars, 2 + options.count)
    }

    /// Past `[…]`, in which nothing is refused.
    private static func endOfBracket(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        var place = start + 1
        if place < scalars.count, scalars[place] == "^" { place += 1 }
        if place < scalars.count, scalars[place] == "]" { place += 1 }
        while place < scalars.count, scalars[place] != "]" {
            if scalars[place] == "\\" {
                place += 2
            } else if scalars[place] == "[", place + 1 < scalars.count, [":", ".", "="].contains(scalars[place + 1]) {
                let mark = scalars[place + 1]
                place += 2
                while place + 1 < scalars.count, scalars[place] != mark || scalars[place + 1] != "]" { place += 1 }
                place += 2
            } else {
                place += 1
            }
        }
        return min(place + 1, scalars.count)
    }
}
