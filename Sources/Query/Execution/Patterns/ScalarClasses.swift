/// The named classes of PostgreSQL's patterns over UTF-8, with the members that the C library's locale C.UTF-8 gives
/// them. Those that Unicode decides are computed when first asked for.
enum ScalarClasses {
    static let digit = ScalarSet([0x30...0x39])
    static let newline = ScalarSet("\n")
    static let word = alnum.union(ScalarSet("_"))
    static let all = ScalarSet([0...ScalarSet.last])

    /// Letters, and the digits of other scripts.
    static let alpha = collect { isAlphabetic($0) }
    static let alnum = alpha.union(digit)
    /// White space that may break a line.
    static let space = collect { isSpace($0) }

    /// nil for a name that is none.
    static func named(_ name: String, ignoresCase: Bool) -> ScalarSet? {
        switch name {
        case "alpha": alpha
        case "alnum": alnum
        case "digit": digit
        case "word": word
        case "space": space
        case "upper": ignoresCase ? alpha : upper
        case "lower": ignoresCase ? alpha : lower
        case "punct": punct
        case "graph": punct.union(alnum)
        case "print": punct.union(alnum).union(collect { isSpace($0) && !isControl($0) && !isLineEnd($0) })
        case "ascii": ScalarSet([0...0x7F])
        case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
        case "cntrl": ScalarSet([0...0x1F, 0x7F...0x9F])
        case "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        default: nil
        }
    }

    private static let upper = collect {
        $0.properties.isUppercase || $0.properties.generalCategory == .titlecaseLetter
    }
    private static let lower = collect { $0.properties.isLowercase }
    /// What is shown and is no letter, digit or white space.
    private static let punct = collect { scalar in
        !isAlphabetic(scalar) && !isSpace(scalar) && !isControl(scalar) && !digit.contains(scalar.value)
            && ![.unassigned, .surrogate].contains(scalar.properties.generalCategory)
    }

    private static func isAlphabetic(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x41...0x5A).contains(scalar.value & ~0x20) }
        return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20: true
        // These forbid a break.
        case 0x85, 0xA0, 0x2007, 0x202F: false
        default: [.spaceSeparator, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x2028 || scalar.value == 0x2029 }

    private static func collect(_ isMember: (Unicode.Scalar) -> Bool) -> ScalarSet {
        var ranges: [ClosedRange<UInt32>] = []
        var start: UInt32?
        for value in UInt32(0)...ScalarSet.last + 1 {
            if let scalar = Unicode.Scalar(value), isMember(scalar) {
                if start == nil { start = value }
            } else if let first = start {
                ranges.append(first...(value - 1))
                start = nil
            }
        }
        return ScalarSet(ranges)
    }
}
