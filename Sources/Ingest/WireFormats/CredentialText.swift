/// Finds in texts what opens something, whatever name it stands under: keys by their beginnings, what follows the name
/// of a header's scheme, values of names such as `password`, users in addresses, and runs that only chance makes.
///
/// Knows forms, not meanings: what looks like a secret is treated as one.
package enum CredentialText {
    /// How much is taken for a secret.
    package enum Suspicion: Sendable {
        /// What says so itself.
        case certain
        /// Letters and digits in no order as well: not for ids, which look the same.
        case random
    }

    /// Shorter texts hold nothing that could be told from a word.
    private static let bytesMin = 8

    /// Whether something in a text opens something.
    /// - Complexity: O(bytes).
    package static func holds(_ text: ArraySlice<UInt8>, _ suspicion: Suspicion = .random) -> Bool {
        text.count >= bytesMin && mayHold(text, suspicion) && first(in: text, suspicion) != nil
    }

    /// The same of a value under a name, which says whether it is an id. Most values are no reason to look at it.
    package static func holds(_ text: ArraySlice<UInt8>, under name: @autoclosure () -> ArraySlice<UInt8>) -> Bool {
        if CredentialValue.code.isMet(by: text), CredentialNames.value(of: name())?.isMet(by: text) ?? false {
            return true
        }
        guard holds(text, .random) else { return false }
        return holds(text, .certain) || CredentialNames.suspicion(of: name()) == .random
    }

    /// Whether it is worth looking: most texts are a word or an id, and have no sign that parts something.
    private static func mayHold(_ text: ArraySlice<UInt8>, _ suspicion: Suspicion) -> Bool {
        if CredentialPrefixes.begins(text) || text.starts(with: webTokenStart) { return true }
        let (marks, bytes) = (marks, text.span)
        var found: UInt8 = 0
        for index in bytes.indices { found |= marks[Int(bytes[index])] }
        if found & 8 != 0 || found & 16 != 0 && mayHoldInPath(text) { return true }
        guard suspicion == .random, found & 1 != 0, bytes.count >= randomBytesMin else { return false }
        let isMixed = found & 7 == 7
        if found & 16 != 0, isMixed, bytes.count >= hexadecimalBytesMin { return true }
        var (run, longest) = (0, 0)
        for index in bytes.indices {
            run = marks[Int(bytes[index])] & 7 == 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        return longest >= hexadecimalBytesMin || isMixed && longest >= randomBytesMin
    }

    /// The same of what slashes part: names of agents and repositories mostly.
    private static func mayHoldInPath(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while true {
            if CredentialPrefixes.mayBegin(rest) || rest.starts(with: webTokenStart) || isHook(rest) { return true }
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return false }
            rest = text[(slash + 1)...]
        }
    }

    /// By byte: 1 for a digit, 2 for a capital, 4 for a small letter, 8 for what parts words and parts of words, 16 for
    /// what parts those of a path.
    private static let marks: [UInt8] = (0..<256).map { value in
        switch UInt8(value) {
        case 0x30...0x39: 1
        case 0x41...0x5A: 2
        case 0x61...0x7A: 4
        case UInt8(ascii: "/"): 16
        case let byte: byte <= 0x20 || isBetweenParts(byte) || Words.isSign(byte) ? 8 : 0
        }
    }

    /// The text with a star for each part that opens something.
    package static func without(_ text: String, _ suspicion: Suspicion = .certain) -> String {
        // Most have no sign and no beginning of a key; they are not copied.
        guard
            text.utf8.contains(where: { marks[Int($0)] & 24 != 0 }) || CredentialPrefixes.mayBegin(text.utf8)
                || text.utf8.starts(with: webTokenStart) || suspicion == .random
        else { return text }
        let bytes = Array(text.utf8)
        guard bytes.count >= bytesMin, var secret = first(in: bytes[...], suspicion) else { return text }
        var (result, done): ([UInt8], Int) = ([], 0)
        while true {
            result += bytes[done..<secret.lowerBound]
            result.append(UInt8(ascii: "*"))
            done = secret.upperBound
            guard let next = first(in: bytes[done...], suspicion) else { break }
            secret = next
        }
        return String(decoding: result + bytes[done...], as: UTF8.self)
    }

    /// The first part that opens something.
    private static func first(in text: ArraySlice<UInt8>, _ suspicion: Suspicion) -> Range<Int>? {
        if let key = privateKey(in: text) { return key }
        var (words, command) = (Words(text), CredentialCommand())
        // What the word before asks of the next one.
        var isAfterScheme = false
        var asked: CredentialValue?
        while let word = words.next() {
            let bytes = text[word]
            if isScheme(bytes) {
                isAfterScheme = true
                words.pass(word)
                continue
            }
            let isNamed = if case .any? = asked { true } else { false }
            if asked?.isMet(by: bytes) ?? false || isAfterScheme && (isOpaque(bytes) || isNamed) { return word }
            // A sign between a name and its value.
            if isAssignment(bytes.first) {
                asked = words.before.flatMap { CredentialNames.value(of: text[$0]) }
                if bytes.count == 1 { continue }
                if asked?.isMet(by: bytes.dropFirst()) ?? false { return (word.lowerBound + 1)..<word.upperBound }
            }
            if let start = command.take(bytes, after: words.before.map { text[$0] }) {
                return (word.lowerBound + start)..<word.upperBound
            }
            if isAfterName(text, words, word) { return word }
            if let found = inWord(text, word, suspicion) { return found }
            (isAfterScheme, asked) = (false, nil)
            if isAssignment(bytes.last) { asked = CredentialNames.value(of: bytes.dropLast()) }
            words.pass(word)
        }
        return nil
    }

    private static func isAssignment(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") }

    /// Whether a word is the value of a name before it though no sign says so: behind an option, behind `is`, behind a
    /// header's name.
    private static func isAfterName(_ text: ArraySlice<UInt8>, _ words: Words, _ word: Range<Int>) -> Bool {
        let bytes = text[word]
        // Most words are in no need of a look at what stands before them.
        guard let before = words.before, bytes.first != UInt8(ascii: "-"),
            CredentialValue.isMade(bytes, CredentialValue.madeBytesMin) || CredentialValue.isDigits(bytes, 4...64)
        else { return false }
        let name = text[before]
        if name.first == UInt8(ascii: "-") {
            return CredentialNames.value(of: name)?.isMetInProse(by: bytes) ?? false
        }
        if isCopula(name), let earlier = words.earlier {
            return CredentialNames.value(of: text[earlier])?.isMetInProse(by: bytes) ?? false
        }
        return CredentialNames.open(name) && CredentialValue.isMade(bytes, CredentialValue.madeBytesMinBare)
            && !bytes.dropLast(2).contains(UInt8(ascii: "="))
            && text[before.upperBound..<word.lowerBound].allSatisfy { $0 <= 0x20 }
    }

    private static func isCopula(_ word: ArraySlice<UInt8>) -> Bool {
        let word = isAssignment(word.last) ? word.dropLast() : word
        return copulas.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 | 0x20 } }
    }

    private static let copulas = ["is", "was", "equals"].map { Array($0.utf8) }

    /// What blanks, quotes and brackets part.
    private struct Words {
        private let text: ArraySlice<UInt8>
        private var index: Int
        /// The last words that may be names.
        private(set) var before: Range<Int>?, earlier: Range<Int>?

        init(_ text: ArraySlice<UInt8>) { (self.text, index) = (text, text.startIndex) }

        mutating func next() -> Range<Int>? {
            while index < text.endIndex, Self.isBetween(text[index]) { index += 1 }
            let start = index
            while index < text.endIndex, !Self.isBetween(text[index]) { index += 1 }
            return start < index ? start..<index : nil
        }

        mutating func pass(_ word: Range<Int>) { (earlier, before) = (before, word) }

        private static func isBetween(_ byte: UInt8) -> Bool { byte <= 0x20 || signs[Int(byte)] }

        static func isSign(_ byte: UInt8) -> Bool { signs[Int(byte)] }

        private static let signs: [Bool] = {
            var signs = [Bool](repeating: false, count: 256)
            for byte in "\"'`,;()[]{}<>|\\".utf8 { signs[Int(byte)] = true }
            return signs
        }()
    }

    /// A block of PEM: all behind its first line, wherever it ends.
    private static func privateKey(in text: ArraySlice<UInt8>) -> Range<Int>? {
        var rest = text
        while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            rest = text[dash...]
            let behind = rest.drop { $0 == UInt8(ascii: "-") }
            let isBegun = behind.startIndex - dash >= 5 && behind.starts(with: "BEGIN ".utf8)
            if isBegun, holdsDashes(behind) { return dash..<text.endIndex }
            rest = behind
        }
        return nil
    }

    private static func holdsDashes(_ text: ArraySlice<UInt8>) -> Bool {
        var count = 0
        for byte in text {
            count = byte == UInt8(ascii: "-") ? count + 1 : 0
            if count == 5 { return true }
        }
        return false
    }

    /// Words of the header `Authorization`, before what they let in.
    private static func isScheme(_ word: ArraySlice<UInt8>) -> Bool {
        guard (5...9).contains(word.count) else { return false }
        return schemes.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 | 0x20 } }
    }

    private static let schemes = ["bearer", "basic", "digest", "negotiate", "apikey", "token"].map { Array($0.utf8) }

    /// Whether a word is made by a program: of signs that such words have, and with digits or capitals inside.
    private static func isOpaque(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 8, word.allSatisfy(isOfToken) else { return false }
        if word.count >= 20 { return true }
        var last: UInt8 = 0x41
        for byte in word {
            if (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) && (0x61...0x7A).contains(last) {
                return true
            }
            last = byte
        }
        return false
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
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
        guard word.count >= 3, word.contains(where: { $0 != UInt8(ascii: "*") }) else { return false }
        return !nothings.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 | 0x20 } }
    }

    private static let nothings = ["null", "none", "true", "false", "nil", "undefined", "redacted"].map {
        Array($0.utf8)
    }

    /// What opens something inside of one word, such as an address.
    private static func inWord(_ text: ArraySlice<UInt8>, _ word: Range<Int>, _ suspicion: Suspicion) -> Range<Int>? {
        if suspicion == .random, isRandomBase64(text[word]) { return word }
        var start = word.lowerBound
        // What stands before the part: `?` in an address makes names of what the parts are called.
        var (isQuery, isUser) = (false, false)
        var name: Range<Int>?
        while start < word.upperBound {
            // `scheme://user:word@host`: users of addresses are nobody's business.
            if isUser {
                if let at = userEnd(text, from: start, to: word.upperBound) { return start..<at }
                isUser = false
            }
            let end = text[start..<word.upperBound].firstIndex(where: isBetweenParts) ?? word.upperBound
            let part = start..<end
            if let name, isNamed(text[name], text[part], text[start..<word.upperBound], isQuery) {
                return start..<valueEnd(text, from: start, to: word.upperBound)
            }
            if CredentialPrefixes.begins(text[part]) || isWebToken(text[part])
                || suspicion == .random && (isRandom(text[part]) || isHexadecimal(text[part], after: name, in: text))
            {
                return part
            }
            guard end < word.upperBound else { return nil }
            let sign = text[end]
            if sign == UInt8(ascii: ":"), text[end..<word.upperBound].starts(with: "://".utf8) {
                isUser = true
                (name, start) = (nil, end + 3)
                continue
            }
            if sign == UInt8(ascii: "?") || sign == UInt8(ascii: "#") || sign == UInt8(ascii: "&") { isQuery = true }
            if sign == UInt8(ascii: "/"), isHook(text[part]), end + 1 < word.upperBound {
                return (end + 1)..<word.upperBound
            }
            name = sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") ? part : nil
            start = end + 1
        }
        return nil
    }

    /// Whether a name says that the part behind it is a secret, or what begins with that part.
    private static func isNamed(
        _ name: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>, _ isQuery: Bool
    ) -> Bool {
        if isQuery, isValue(part), CredentialNames.openInQuery(name) { return true }
        switch CredentialNames.value(of: name) {
        case nil: return false
        case .any: return isValue(part)
        // Signs in it part nothing; so much of it is enough to tell.
        case let value?:
            return value.isMet(by: rest.prefix(64).prefix { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "#") })
        }
    }

    /// Whether what stands behind is known to nobody but a sender: the path of a web hook.
    private static func isHook(_ part: ArraySlice<UInt8>) -> Bool {
        part.starts(with: "hooks.".utf8) || part.starts(with: "webhooks".utf8) || part.starts(with: "webhookb".utf8)
    }

    private static func isBetweenParts(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "&"),
            UInt8(ascii: "#"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    /// A value goes on behind signs that parts end at.
    private static func valueEnd(_ text: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int {
        text[start..<end].firstIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "#") } ?? end
    }

    /// Where the user of an address ends; nil where it has none.
    private static func userEnd(_ text: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int? {
        let authority = text[start..<end].prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        return authority.lastIndex(of: UInt8(ascii: "@")).flatMap { $0 > start ? $0 : nil }
    }

    /// An object's beginning in base64.
    private static let webTokenStart = Array("eyJ".utf8)

    /// A JSON Web Token: points part what was JSON before it was encoded.
    private static func isWebToken(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= 20, part.starts(with: webTokenStart) else { return false }
        return part.contains(UInt8(ascii: ".")) && part.allSatisfy(isOfToken)
    }

    /// Whether it is a key in hexadecimal digits, which look like ids and hashes: those have names that say so.
    private static func isHexadecimal(
        _ part: ArraySlice<UInt8>, after name: Range<Int>?, in text: ArraySlice<UInt8>
    ) -> Bool {
        guard part.count >= hexadecimalBytesMin, !(name.map { isDigest(text[$0]) } ?? false) else { return false }
        var (digits, small, capitals) = (0, 0, 0)
        for byte in part {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x46: capitals += 1
            case 0x61...0x66: small += 1
            default: return false
            }
        }
        return digits >= 4 && small + capitals >= 4 && (small == 0 || capitals == 0)
    }

    private static let hexadecimalBytesMin = 32

    /// Names before hashes: `sha256:…`.
    private static func isDigest(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: "sha".utf8) || name.starts(with: "md5".utf8)
    }

    /// Whether a run of letters and digits looks drawn by lot: small ones, capitals and digits in turn, and no word
    /// among them.
    private static func isRandom(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= randomBytesMin else { return false }
        var run = Run()
        for byte in part {
            if !run.take(byte) {
                if run.isRandom { return true }
                run = Run()
            }
        }
        return run.isRandom
    }

    /// As above, of what base64 made of bytes; a path has words.
    private static func isRandomBase64(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 32 else { return false }
        var run = Run()
        for byte in word where !run.take(byte) {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="): continue
            default: return false
            }
        }
        return run.isRandomBytes
    }

    private static let randomBytesMin = 20

    private struct Run {
        private var count = 0, digitRuns = 0, capitals = 0, small = 0, smallRun = 0, smallRunMax = 0
        private var wasDigit = false

        mutating func take(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39:
                if !wasDigit { digitRuns += 1 }
                (wasDigit, smallRun) = (true, 0)
            case 0x41...0x5A: (capitals, wasDigit, smallRun) = (capitals + 1, false, 0)
            case 0x61...0x7A:
                (small, wasDigit, smallRun) = (small + 1, false, smallRun + 1)
                smallRunMax = max(smallRunMax, smallRun)
            default: return false
            }
            count += 1
            return true
        }

        var isRandom: Bool {
            count >= CredentialText.randomBytesMin && digitRuns >= 2 && capitals >= 3 && small >= 3 && smallRunMax <= 6
        }

        var isRandomBytes: Bool {
            count >= 30 && digitRuns >= 1 && capitals >= 6 && small >= 6 && smallRunMax <= 4
        }
    }
}

/// Names of what opens something, and of what looks like it.
enum CredentialNames {
    /// Ends of names whose values are drawn by lot and open nothing.
    private static let endsOfIDs = [
        "id", "ids", "uuid", "guid", "hash", "fingerprint", "digest", "checksum", "etag", "version", "revision",
        "commit", "release", "session", "thread", "trace", "span", "cursor", "ref", "reference", "number", "key", "sha",
        "md", "sum", "request", "parent",
    ].map { Array($0.utf8) }

    /// What values under a name are suspected of.
    static func suspicion(of name: ArraySlice<UInt8>) -> CredentialText.Suspicion {
        let plain = plain(name)
        return endsOfIDs.contains(where: plain.ends(with:)) ? .certain : .random
    }

    /// Without capitals and marks, the ends of names: `api_key`, `x-api-key`, `stripeApiKey`.
    private static let ends = [
        "apikey", "password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "secretkey", "privatekey",
        "accesskey", "accountkey", "sharedaccesskey", "sharedaccesssignature", "masterkey", "signingkey",
        "encryptionkey", "credential", "credentials", "authorization", "cookie", "cookies", "accesstoken",
        "refreshtoken", "authtoken", "apitoken", "bearertoken", "sessiontoken", "idtoken", "bearer", "connectionstring",
    ].map { Array($0.utf8) }
    /// As ends of names in the question of an address.
    private static let endsInQuery = ["key", "token", "sig", "signature", "auth", "pass", "sas", "code"].map {
        Array($0.utf8)
    }
    private static let bytesMax = 64

    /// As the last word of a name, of what may open something.
    private static let words: [(word: [UInt8], value: CredentialValue)] =
        ["token", "auth", "pass", "pswd"].map { (Array($0.utf8), .made) }
        + ["pin", "otp", "totp"].map { (Array($0.utf8), .code) }

    /// What has to stand behind a name for it to be a secret; nil where a name says nothing.
    static func value(of name: ArraySlice<UInt8>) -> CredentialValue? {
        if open(name) { return .any }
        let name = name.suffix(bytesMax)
        guard let last = name.lastIndex(where: isLetter), lastsOfWords[Int(name[last] | 0x20)] else { return nil }
        // Before a capital behind a small letter another word ends.
        var start = last
        while start > name.startIndex, isLetter(name[start - 1]),
            name[start] & 0x20 != 0 || name[start - 1] & 0x20 == 0
        {
            start -= 1
        }
        let word = name[start...last]
        return words.first { $0.word.count == word.count && zip($0.word, word).allSatisfy { $0 == $1 | 0x20 } }?.value
    }

    /// Whether a name says that its value opens something.
    static func open(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, ends) }

    static func openInQuery(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, endsInQuery) }

    private static func isEnding(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        guard name.count >= 3, let last = name.last(where: { isLetter($0) }), lasts[Int(last | 0x20)] else {
            return false
        }
        let plain = plain(name)
        return ends.contains(where: plain.ends(with:))
    }

    private static func plain(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.suffix(bytesMax).filter(isLetter).map { $0 | 0x20 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static let lastsOfWords: [Bool] = (0..<256).map { byte in words.contains { $0.word.last == UInt8(byte) } }

    /// By byte: whether an end has it last.
    private static let lasts: [Bool] = (0..<256).map { byte in
        (ends + endsInQuery).contains { $0.last == UInt8(byte) }
    }
}

extension [UInt8] {
    /// Whether these are the last bytes.
    func ends(with end: [UInt8]) -> Bool { count >= end.count && suffix(end.count).elementsEqual(end) }
}
