import Plans

/// `[…]` and what may stand in it.
extension PatternParser {
    private static let wrongRange = invalid("invalid character range")
    private static let unbalanced = invalid("brackets [] not balanced")

    /// One piece of a bracket: a character, which may begin a range, or a class, which may not.
    private enum Piece {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        /// A minus between others.
        case range
    }

    /// The set after an opening bracket that was read.
    mutating func bracket() throws -> ScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || next != "]" {
            let first = try piece(isFirst: isFirst)
            isFirst = false
            switch first {
            case .range: throw Self.wrongRange
            case .set(let members):
                if seesRange { throw Self.wrongRange }
                ranges += members.ranges
                // A class named often is a class once.
                if ranges.count > 1 << 14 { ranges = ScalarSet(ranges).ranges }
            case .scalar(let low):
                var high = low
                if seesRange {
                    place += 1
                    switch try piece(isFirst: false) {
                    case .scalar(let end): high = end
                    case .range: high = "-"
                    case .set: throw Self.wrongRange
                    }
                }
                guard low.value <= high.value else { throw Self.wrongRange }
                ranges.append(low.value...high.value)
            }
        }
        place += 1
        var set = ScalarSet(ranges)
        if ignoresCase { set = set.withBothCases }
        guard isNegated else { return set }
        return (stopsAtLines ? set.union(ScalarClasses.newline) : set).complement
    }

    /// A minus that is not the last of the bracket.
    private var seesRange: Bool { next == "-" && place + 1 < scalars.count && scalars[place + 1] != "]" }

    private mutating func piece(isFirst: Bool) throws -> Piece {
        if !isFirst, seesRange {
            place += 1
            return .range
        }
        if take("[:") {
            guard let set = ScalarClasses.named(try name(endingWith: ":]"), ignoresCase: ignoresCase) else {
                throw Self.invalid("invalid character class")
            }
            return .set(set)
        }
        if take("[=") { return .set(ScalarSet(try element(endingWith: "=]"))) }
        if take("[.") { return .scalar(try element(endingWith: ".]")) }
        guard let scalar = advance() else { throw Self.unbalanced }
        guard scalar == "\\" else { return .scalar(scalar) }
        if let letter = next, "AZmMyY123456789".unicodeScalars.contains(letter) { throw Self.wrongEscape }
        switch try escape() {
        case .scalar(let scalar): return .scalar(scalar)
        case .set(let set): return .set(set)
        }
    }

    private mutating func name(endingWith end: String) throws -> String {
        var name = String.UnicodeScalarView()
        while !take(end) {
            guard let scalar = advance() else { throw Self.unbalanced }
            name.append(scalar)
        }
        return String(name)
    }

    private mutating func element(endingWith end: String) throws -> Unicode.Scalar {
        let name = try name(endingWith: end)
        guard let scalar = name.unicodeScalars.first, name.unicodeScalars.count == 1 else {
            throw Self.refused("names of collating elements", "Write the character itself, or its number as \\u0041.")
        }
        return scalar
    }
}
