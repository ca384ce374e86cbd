internal import Bytes

/// Finds in texts what opens something, whatever name it stands under: keys by their beginnings, what follows the name
/// of a header's scheme, values of names such as `password`, users in addresses, and runs that only chance makes.
///
/// Knows forms, not meanings: what looks like a secret is treated as one.
package enum CredentialText {
    /// How much is taken for a secret.
    package enum Suspicion: Sendable {
        /// What says so itself; what a weak name before it says as well, such as `pin:`, is part of an id.
        case identifier
        /// What says so itself.
        case certain
        /// Capitals, small letters and digits in no order as well: not for ids, which look the same.
        case mixed
        /// Hexadecimal digits as well: not for names of models, which end in digests.
        case random

        /// Whether runs count that look drawn by lot.
        var findsRuns: Bool { self == .mixed || self == .random }
    }

    /// Shorter texts hold nothing that could be told from a word.
    static let bytesMin = 8

    /// Of a name its end says what it is, and of a value its beginning; either may be as long as a text, and no more of
    /// it is looked at.
    static let edgeBytes = 64

    /// Whether something in a text opens something.
    /// - Complexity: O(bytes).
    package static func holds(_ text: ArraySlice<UInt8>, _ suspicion: Suspicion = .random) -> Bool {
        guard text.count >= bytesMin, mayHold(text, suspicion) else { return false }
        var search = CredentialSearch(text, suspicion)
        return search.next() != nil
    }

    /// The same of a value under a name, which says whether it is an id or a model. Most values are no reason to look
    /// at it.
    package static func holds(_ text: ArraySlice<UInt8>, under name: @autoclosure () -> ArraySlice<UInt8>) -> Bool {
        if CredentialValue.code.isMet(by: text), CredentialNames.value(of: name())?.isMet(by: text) ?? false {
            return true
        }
        guard holds(text, .random) else { return false }
        let suspicion = CredentialNames.suspicion(of: name())
        return suspicion == .random || holds(text, suspicion)
    }

    /// The text with a star for each part that opens something.
    /// - Complexity: O(bytes).
    package static func without(_ text: String, _ suspicion: Suspicion = .certain) -> String {
        // Most have no sign and no beginning of a key; they are not copied.
        guard
            text.utf8.contains(where: { marks[Int($0)] & 24 != 0 }) || suspicion.findsRuns
                || CredentialPrefixes.mayBeIn(text.utf8.span)
        else { return text }
        let bytes = Array(text.utf8)
        guard bytes.count >= bytesMin else { return text }
        var search = CredentialSearch(bytes[...], suspicion)
        guard var secret = search.next() else { return text }
        var (result, done): ([UInt8], Int) = ([], 0)
        while true {
            result += bytes[done..<secret.lowerBound]
            result.append(UInt8(ascii: "*"))
            done = secret.upperBound
            guard let next = search.next() else { break }
            secret = next
        }
        return String(decoding: result + bytes[done...], as: UTF8.self)
    }

    /// How many bytes are looked at while all parts of a text that open something are found; those that are looked at
    /// twice count twice.
    package static func steps(_ text: ArraySlice<UInt8>, _ suspicion: Suspicion) -> Int {
        var search = CredentialSearch(text, suspicion)
        while search.next() != nil {}
        return search.steps
    }

    /// The first part that opens something.
    package static func first(in text: ArraySlice<UInt8>, _ suspicion: Suspicion) -> Range<Int>? {
        var search = CredentialSearch(text, suspicion)
        return search.next()
    }

    /// Whether it is worth looking: most texts are a word or an id, and have no sign that parts something. One pass
    /// tells, since every text of every event is asked.
    private static func mayHold(_ text: ArraySlice<UInt8>, _ suspicion: Suspicion) -> Bool {
        let (bytes, starts) = (text.span, CredentialPrefixes.starts)
        if mayBegin(text, at: 0, starts) { return true }
        // What the text is made of, where letters and digits begin, and how many there are in a row at most.
        var (found, start, longest, isPath) = (Octet(), 0, 0, false)
        var place = 0
        while place < bytes.count {
            // The last eight bytes overlap those before.
            let last = bytes.count - Octet.count
            let octet = Octet(bytes.loadUInt64(at: min(place, last)), behind: max(0, place - last))
            found.insert(octet)
            var signs = octet.signs
            while signs != 0 {
                let index = place + signs.trailingZeroBitCount / 8
                signs &= signs - 1
                switch bytes[index] {
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): break
                case UInt8(ascii: "/"): isPath = true
                default: return true
                }
                (start, longest) = (index + 1, max(longest, index - start))
                if mayBegin(text, at: start, starts) { return true }
            }
            place += Octet.count
        }
        if isPath, holdsHook(text) { return true }
        guard suspicion.findsRuns, found.digits != 0 else { return false }
        let isMixed = found.capitals != 0 && found.small != 0
        if isPath, isMixed, bytes.count >= CredentialRun.hexadecimalBytesMin { return true }
        longest = max(longest, bytes.count - start)
        return longest >= CredentialRun.hexadecimalBytesMin || isMixed && longest >= CredentialRun.bytesMin
    }

    /// Eight bytes of a text, looked at at once: each in the highest bit of its place.
    private struct Octet {
        private(set) var digits: UInt64 = 0, capitals: UInt64 = 0, small: UInt64 = 0
        /// What is neither.
        private(set) var signs: UInt64 = 0

        static let count = 8
        private static let highest: UInt64 = 0x8080_8080_8080_8080

        init() {}

        /// - Parameter passed: How many of the bytes were looked at before; they count for nothing.
        @inline(__always)
        init(_ loaded: UInt64, behind passed: Int) {
            let bytes = loaded &>> UInt64(8 * passed)
            digits = Self.among(0x30, 0x39, bytes)
            capitals = Self.among(0x41, 0x5A, bytes)
            small = Self.among(0x61, 0x7A, bytes)
            signs = ~(digits | capitals | small) & Self.highest &>> UInt64(8 * passed)
        }

        @inline(__always)
        mutating func insert(_ other: Octet) {
            digits |= other.digits
            capitals |= other.capitals
            small |= other.small
        }

        /// Which bytes are among two and those between them, all ASCII.
        @inline(__always)
        private static func among(_ first: UInt64, _ last: UInt64, _ bytes: UInt64) -> UInt64 {
            let ones: UInt64 = 0x0101_0101_0101_0101
            // With a highest bit of its own, none borrows from the next.
            let plain = bytes | highest
            return (plain &- first &* ones) & ~(plain &- (last + 1) &* ones) & ~bytes & highest
        }
    }

    /// Whether a key or a web token begins at a place, counted from the text's beginning.
    @inline(__always)
    private static func mayBegin(_ text: ArraySlice<UInt8>, at place: Int, _ starts: CredentialStarts) -> Bool {
        guard CredentialPrefixes.mayBegin(text.span, at: place, starts) else { return false }
        let rest = text[(text.startIndex + place)...]
        return mayBeWebToken(rest) || CredentialPrefixes.begins(rest)
    }

    /// The same of what slashes part: names of agents and repositories mostly.
    private static func holdsHook(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while true {
            if isHook(rest) { return true }
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return false }
            rest = text[(slash + 1)...]
        }
    }

    /// By byte: 1 for a digit, 2 for a capital, 4 for a small letter, 16 for what parts those of a path, 32 for what
    /// parts those of a name, 8 for any other sign.
    private static let marks: [UInt8] = (0..<256).map { value in
        switch UInt8(value) {
        case 0x30...0x39: 1
        case 0x41...0x5A: 2
        case 0x61...0x7A: 4
        case UInt8(ascii: "/"): 16
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): 32
        default: 8
        }
    }
}

// What parts of texts look like.
extension CredentialText {
    /// Blanks, quotes and brackets.
    static func isBetweenWords(_ byte: UInt8) -> Bool { byte <= 0x20 || signs[Int(byte)] }

    private static let signs: [Bool] = {
        var signs = [Bool](repeating: false, count: 256)
        for byte in "\"'`,;()[]{}<>|\\".utf8 { signs[Int(byte)] = true }
        return signs
    }()

    /// What parts the parts of one word, such as those of an address.
    static func isBetweenParts(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "&"),
            UInt8(ascii: "#"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    /// What stands between a name and its value.
    static func isAssignment(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") }

    /// Colons and signs of equality as Chinese and Japanese texts write them, wide or small.
    static let wideSigns = ["\u{FF1A}", "\u{FE55}", "\u{FE13}", "\u{FF1D}"].map { Array($0.utf8) }

    /// What stands between a name and a value in a sentence, and right behind the name: scripts that part no words, and
    /// endings.
    static let attachedCopulas = ["是", "为", "為", "は", "が", "는", "은", "이", "가", "คือ"].map { Array($0.utf8) }

    /// By byte: whether one of those begins with it.
    static let beginsWideSign: [Bool] = (0..<256).map { byte in
        (wideSigns + attachedCopulas).contains { $0[0] == UInt8(byte) }
    }

    /// How many bytes at the beginning of a word are a sign between a name and its value; 0: none.
    static func signBytes(_ word: ArraySlice<UInt8>) -> Int {
        if isAssignment(word.first) { return 1 }
        guard let first = word.first, beginsWideSign[Int(first)] else { return 0 }
        return wideSigns.first { word.starts(with: $0) }?.count ?? 0
    }

    /// The name in a word that ends in a sign between a name and its value; nil: it does not.
    static func nameBeforeSign(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        isAssignment(word.last) ? word.dropLast() : without(wideSigns, word)
    }

    /// The name in a word that ends in what may follow a name in a sentence; nil: it does not.
    static func nameBeforeCopula(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8>? { without(attachedCopulas, word) }

    private static func without(_ ends: [[UInt8]], _ word: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let last = word.last, last >= 0x80 else { return nil }
        return ends.first { word.suffix($0.count).elementsEqual($0) }.map { word.dropLast($0.count) }
    }

    /// What stands between a name and a value in a sentence.
    static func isCopula(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count <= copulaBytesMax else { return false }
        let word = nameBeforeSign(word) ?? word
        return isDash(word) || isAmong(copulas, word)
    }

    /// The same where a dash stands for it.
    static func isDash(_ word: ArraySlice<UInt8>) -> Bool { word.count <= 3 && isAmong(dashes, word) }

    private static func isAmong(_ words: [[UInt8]], _ word: ArraySlice<UInt8>) -> Bool {
        words.contains {
            $0.count == word.count && zip($0, word).allSatisfy { $0 == ($1 < 0x80 ? $1 | 0x20 : $1) }
        }
    }

    private static let copulas = [
        "is", "was", "equals", "to", "ist", "lautet", "est", "es", "era", "é", "É", "è", "È", "je", "jest", "er", "är",
        "là", "adalah", "это", "Это", "ЭТО", "είναι", "היא", "הוא", "هي", "هو", "是", "为", "為", "คือ",
        // With the mark behind the letter.
        "e\u{301}", "E\u{301}", "e\u{300}", "E\u{300}", "a\u{308}r", "la\u{300}", "ει\u{301}ναι",
    ].map { Array($0.utf8) }
    private static let dashes = ["-", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}"].map { Array($0.utf8) }
    /// The longest copula, with a wide colon behind it.
    private static let copulaBytesMax = 16

    /// Words of the header `Authorization`, before what they let in.
    static func isScheme(_ word: ArraySlice<UInt8>) -> Bool {
        guard (5...9).contains(word.count), CredentialLetters.isLetter(word[word.startIndex]) else { return false }
        let second = word[word.startIndex + 1] | 0x20
        guard starts.mayBegin(word[word.startIndex] | 0x20, second) else { return false }
        return schemes.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 | 0x20 } }
    }

    private static let starts = CredentialStarts(schemes)
    private static let schemes = ["bearer", "basic", "digest", "negotiate", "apikey", "token"].map { Array($0.utf8) }

    /// Whether a word behind that of a scheme is made by a program and not said: of signs that tokens have, and not all
    /// of it words and numbers (`order-123456`). Marks around it are none of it.
    /// - Parameter isBearer: Whether letters alone may be one, since no other word of a scheme is so seldom said.
    static func isOpaque(_ word: ArraySlice<UInt8>, isBearer: Bool) -> Bool {
        guard word.count >= 8, let first = word.firstIndex(where: CredentialPrefixes.isLetterOrDigit),
            let last = word.lastIndex(where: CredentialPrefixes.isLetterOrDigit)
        else { return false }
        let word = word[first...last]
        guard word.allSatisfy(isOfToken) else { return false }
        if CredentialRun.drawnBytes(in: word) >= 8 || CredentialValue.isEncodedPair(word) { return true }
        return isBearer && word.count >= 12 && consonantsMax(word) >= 5
    }

    /// How many consonants follow each other in letters at most; 0 where there are other signs as well.
    private static func consonantsMax(_ word: ArraySlice<UInt8>) -> Int {
        var (count, most) = (0, 0)
        for byte in word {
            guard CredentialLetters.isLetter(byte) else { return 0 }
            count = CredentialRun.isVowel(byte) || byte | 0x20 == UInt8(ascii: "y") ? 0 : count + 1
            most = max(most, count)
        }
        return most
    }

    static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
            UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Whether what stands behind a name is there at all.
    static func isValue(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 3, word.contains(where: { $0 != UInt8(ascii: "*") }), !CredentialValue.isReference(word)
        else { return false }
        return !nothings.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 | 0x20 } }
    }

    /// Also words that schemas and forms have there.
    private static let nothings = [
        "null", "none", "true", "false", "nil", "undefined", "redacted", "required", "optional", "boolean",
    ].map { Array($0.utf8) }

    /// Whether what stands behind is known to nobody but a sender: the path of a web hook.
    static func isHook(_ part: ArraySlice<UInt8>) -> Bool {
        // Most parts begin otherwise.
        switch part.first {
        case UInt8(ascii: "h"), UInt8(ascii: "w"), UInt8(ascii: "I"): hooks.contains { part.starts(with: $0) }
        default: false
        }
    }

    private static let hooks = ["hooks.", "webhooks", "webhookb", "IncomingWebhook"].map { Array($0.utf8) }

    /// The token of a bot behind its number: `123456789:AA…`.
    static func isBotToken(_ part: ArraySlice<UInt8>, of name: ArraySlice<UInt8>) -> Bool {
        guard part.count == 35, part.starts(with: "AA".utf8), (8...13).contains(name.count) else { return false }
        let number = name.starts(with: "bot".utf8) ? name.dropFirst(3) : name
        return (8...10).contains(number.count) && number.allSatisfy { (0x30...0x39).contains($0) }
            && part.allSatisfy(isOfToken)
    }

    /// An object's beginning in base64.
    static let webTokenStart = Array("eyJ".utf8)

    /// Whether a part begins as a JSON Web Token does.
    static func mayBeWebToken(_ part: ArraySlice<UInt8>) -> Bool { part.starts(with: webTokenStart) }

    /// A JSON Web Token: points part what was JSON before it was encoded.
    static func isWebToken(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= 20, part.starts(with: webTokenStart) else { return false }
        return part.contains(UInt8(ascii: ".")) && part.allSatisfy(isOfToken)
    }
}
