/// What a name asks of the value behind it, for the value to be a secret. `password` says it all; `token`, `pass` or
/// `pin` stand before counts and sentences as well, so the value has to look the part.
enum CredentialValue {
    /// Whatever is there.
    case any
    /// That, and the pairs that follow it on a line.
    case cookies
    /// What no word, number or phrase looks like.
    case made
    /// That, or digits as long as a code that a person types.
    case code

    /// What a word looks like, to be told from a name of a step or a standard.
    static let madeBytesMin = 6
    /// The same where nothing parts name and value but a blank.
    static let madeBytesMinBare = 8
    /// Codes of persons are not shorter.
    private static let codeDigits = 4...10

    /// Whether the name says it all.
    var isAny: Bool {
        switch self {
        case .any, .cookies: true
        case .made, .code: false
        }
    }

    func isMet(by value: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .any: CredentialText.isValue(value)
        // A cookie has a name of its own; where it has none, what stands there is no word.
        case .cookies: value.count >= 3 && value.dropLast().contains(UInt8(ascii: "=")) || Self.isMade(value, 6)
        case .made: Self.isMade(value, Self.madeBytesMin) || Self.isEncodedPair(value)
        case .code:
            Self.isDigits(value, Self.codeDigits) || Self.isMade(value, Self.madeBytesMin) || Self.isEncodedPair(value)
        }
    }

    /// The same behind an option or the word `is`, where a sentence may go on.
    func isMetInProse(by value: ArraySlice<UInt8>) -> Bool {
        guard isAny else { return isMet(by: value) }
        return Self.isDigits(value, 5...CredentialText.edgeBytes) || Self.isMade(value, Self.madeBytesMin)
    }

    static func isDigits(_ value: ArraySlice<UInt8>, _ counts: ClosedRange<Int>) -> Bool {
        let value = withoutEnd(value)
        return counts.contains(value.count) && value.allSatisfy(isDigit)
    }

    /// Whether it is neither a word nor a number, a measure, a time, a path or a phrase.
    static func isMade(_ value: ArraySlice<UInt8>, _ least: Int) -> Bool {
        let value = withoutEnd(value).prefix(CredentialText.edgeBytes)
        guard value.count >= least, let first = value.first else { return false }
        var signs = Signs()
        for byte in value where !signs.take(byte) { return false }
        guard signs.letters > 0 else { return false }
        if signs.digits == 0 { return signs.isDrawnByLot || least < madeBytesMinBare && signs.inner > 0 }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: ".") || first == UInt8(ascii: "~") { return false }
        // Where a sign says what it is, one that no phrase has makes it none.
        let isNoPhrase = least < madeBytesMinBare && signs.inner > 0 || !isPhrase(value)
        return isNoPhrase && !isReference(value) && !isMeasure(value) && !isStandard(value)
    }

    /// Whether a value is a user and a password with a colon between, in base64; words have no such bytes.
    static func isEncodedPair(_ value: ArraySlice<UInt8>) -> Bool {
        let digits = value.prefix(CredentialText.edgeBytes).prefix { $0 != UInt8(ascii: "=") }
        guard digits.count >= 8, digits.count % 4 != 1, value.count - digits.count <= 2 || digits.count >= 63 else {
            return false
        }
        var (bits, count, colon, bytes): (UInt32, Int, Int?, Int) = (0, 0, nil, 0)
        for digit in digits {
            guard let six = base64Value(of: digit) else { return false }
            (bits, count) = (bits << 6 | six, count + 6)
            guard count >= 8 else { continue }
            count -= 8
            let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
            guard (0x21...0x7E).contains(byte) else { return false }
            if byte == UInt8(ascii: ":"), colon == nil { colon = bytes }
            bytes += 1
        }
        return colon.map { $0 > 0 && $0 < bytes - 1 } ?? false
    }

    private static func base64Value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit - 0x41)
        case 0x61...0x7A: UInt32(digit - 0x61 + 26)
        case 0x30...0x39: UInt32(digit - 0x30 + 52)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// Ends of sentences belong to no value.
    private static func withoutEnd(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = value.last else { return value }
        switch last {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ":"): return value.dropLast()
        default: return value
        }
    }

    /// Counts what a value is made of.
    private struct Signs {
        var digits = 0, letters = 0, capitals = 0, inner = 0
        private var count = 0, separators = 0, smallRun = 0, smallRunMax = 0

        /// - Returns: false for what parts words, and is in no value.
        mutating func take(_ byte: UInt8) -> Bool {
            count += 1
            switch byte {
            case 0x61...0x7A:
                (letters, smallRun) = (letters + 1, smallRun + 1)
                smallRunMax = max(smallRunMax, smallRun)
                return true
            case 0x41...0x5A: (letters, capitals) = (letters + 1, capitals + 1)
            case 0x30...0x39: digits += 1
            case 0...0x20: return false
            case 0x80...: (letters, separators) = (letters + 1, separators + 1)
            case UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "^"), UInt8(ascii: "&"),
                UInt8(ascii: "#"):
                (inner, separators) = (count > 1 ? inner + 1 : inner, separators + 1)
            default: separators += 1
            }
            smallRun = 0
            return true
        }

        /// Letters alone: in no order, or more than a word has.
        var isDrawnByLot: Bool {
            guard separators == 0 else { return false }
            return count >= 24 || count >= 8 && capitals >= 2 && letters > capitals + 1 && smallRunMax <= 3
        }
    }

    /// A variable's name in the place of its value.
    static func isReference(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.first == UInt8(ascii: "$") || value.first == UInt8(ascii: "%") else { return false }
        return value.allSatisfy {
            (0x41...0x5A).contains($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "$")
                || $0 == UInt8(ascii: "%")
        }
    }

    /// A number with a unit, or a day, with or without a time.
    private static func isMeasure(_ value: ArraySlice<UInt8>) -> Bool {
        let behind = value.drop { isDigit($0) || $0 == UInt8(ascii: ".") }
        let digits = behind.startIndex - value.startIndex
        guard digits > 0 else { return false }
        if digits == 4, behind.first == UInt8(ascii: "-") { return behind.dropFirst().prefix(2).allSatisfy(isDigit) }
        return behind.count <= 3
    }

    private static func isStandard(_ value: ArraySlice<UInt8>) -> Bool {
        standards.contains { $0.count == value.count && zip($0, value).allSatisfy { $0 == $1 | 0x20 } }
    }

    /// Words with digits in them that say how, not what.
    private static let standards = [
        "base64", "base32", "base58", "sha256", "sha384", "sha512", "oauth2", "argon2", "argon2i", "argon2id", "pbkdf2",
        "ed25519", "aes128", "aes256", "rsa2048", "rsa4096", "pkcs12", "base64url", "oauth2.0", "ntlmv2", "kerberos5",
    ].map { Array($0.utf8) }

    /// Words and short numbers with marks between them: `http-401-unauthorized`, `version-2`.
    private static func isPhrase(_ value: ArraySlice<UInt8>) -> Bool {
        var (rest, parts) = (value, 0)
        while true {
            rest = rest.drop { !isOfPart($0) }
            let part = rest.prefix(while: isOfPart)
            if part.isEmpty { return parts > 1 }
            let digits = part.drop { !isDigit($0) }
            guard digits.count <= (digits.count == part.count ? 4 : 2), digits.allSatisfy(isDigit) else { return false }
            (rest, parts) = (rest[part.endIndex...], parts + 1)
        }
    }

    private static func isOfPart(_ byte: UInt8) -> Bool { CredentialPrefixes.isLetterOrDigit(byte) || byte >= 0x80 }

    /// Words and numbers of any length with hyphens between them: `ORD-12345678`. What a scheme lets in is not so made.
    static func isNumbered(_ value: ArraySlice<UInt8>) -> Bool {
        let parts = withoutEnd(value).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count > 1 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && (part.allSatisfy(isDigit) || part.allSatisfy(CredentialLetters.isLetter))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
