internal import Bytes

// What opens something inside of one word, such as an address.
extension CredentialSearch {
    /// What parts the parts of a word. In an address a sign may be written `%3D`, and `%253D` where that address stands
    /// in another one.
    private struct Sign {
        var byte: UInt8
        /// Where it stands.
        var place: Range<Int>
        var isEncoded = false
        /// Whether it says in a sentence what the other signs say.
        var isCopula = false

        /// What may stand between a name or a value and the sign that belongs to it.
        var isQuote: Bool {
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") || byte == 0x20
        }
    }

    /// What is known of a part by what stands before it.
    private struct Before {
        /// `?` in an address makes names of what the parts are called.
        var isQuery = false
        /// Behind `://`.
        var isUser = false
        /// Whether the sign before it is encoded.
        var isEncoded = false
        /// What the sign before it makes a name of.
        var name: Range<Int>?
        /// What stands before a quote.
        var quoted: Range<Int>?
        /// Whether a copula made a name of it.
        var isSaid = false
        /// The last part that is not empty.
        var previous: Range<Int>?

        mutating func pass(_ sign: Sign, behind part: Range<Int>) {
            isEncoded = sign.isEncoded
            if !part.isEmpty { previous = part }
            if sign.isCopula {
                (name, quoted, isSaid) = (part, nil, true)
                return
            }
            switch sign.byte {
            case UInt8(ascii: "="), UInt8(ascii: ":"):
                let isNamed = isSaid && part.isEmpty && quoted == nil
                if !isNamed { name = part.isEmpty ? quoted ?? part : part }
                (quoted, isSaid) = (nil, false)
            case _ where sign.isQuote && part.isEmpty: break
            case _ where sign.isQuote: (name, quoted) = (nil, part)
            default:
                (name, quoted, isSaid) = (nil, nil, false)
                if sign.byte == UInt8(ascii: "?") || sign.byte == UInt8(ascii: "#") || sign.byte == UInt8(ascii: "&") {
                    isQuery = true
                }
            }
        }
    }

    mutating func inWord(_ word: Range<Int>) -> Range<Int>? {
        let end = word.upperBound
        if suspicion.findsRuns, base64Starts.contains(word.lowerBound) { return word }
        if let user = userWithoutScheme(word) { return user }
        var start = word.lowerBound
        var before = Before()
        while start < end {
            // `scheme://user:word@host`: users of addresses are nobody's business.
            if before.isUser {
                if let at = userEnd(from: start, to: end, before.isEncoded) { return start..<at }
                before.isUser = false
            }
            let sign = nextSign(from: start, to: end)
            let part = start..<(sign?.place.lowerBound ?? end)
            if before.isSaid {
                if let name = before.name, let valueEnd = endOfSaid(by: text[name], from: start, to: end) {
                    return start..<valueEnd
                }
            } else if let name = before.name, isNamed(name, part, wordEnd: end, before) {
                return start..<valueEnd(from: start, to: end, before.isEncoded)
            }
            if let found = opens(part, before, of: word) { return found }
            guard let sign else { return nil }
            if let host = addressStart(sign, to: end) {
                let isEncoded = host - sign.place.lowerBound > "://".utf8.count
                (before.isUser, before.isEncoded, before.name, before.quoted) = (true, isEncoded, nil, nil)
                before.previous = nil
                start = host
                continue
            }
            if sign.byte == UInt8(ascii: "/"), sign.place.upperBound < end, CredentialText.isHook(text[part]) {
                return sign.place.upperBound..<end
            }
            before.pass(sign, behind: part)
            start = sign.place.upperBound
        }
        return nil
    }

    private func sign(at place: Int, to end: Int) -> Sign? {
        let byte = text[place]
        if CredentialText.isBetweenParts(byte) { return Sign(byte: byte, place: place..<(place + 1)) }
        if CredentialText.beginsWideSign[Int(byte)] { return wideSign(at: place, to: end) }
        guard byte == UInt8(ascii: "%") else { return nil }
        var digits = place + 1
        if text[digits..<end].starts(with: "25".utf8) { digits += 2 }
        guard digits + 2 <= end, let high = hexadecimalValue(of: text[digits]),
            let low = hexadecimalValue(of: text[digits + 1])
        else { return nil }
        let decoded = high << 4 | low
        guard CredentialText.isBetweenParts(decoded) || CredentialText.isBetweenWords(decoded) else { return nil }
        return Sign(byte: decoded, place: place..<(digits + 2), isEncoded: true)
    }

    private func wideSign(at place: Int, to end: Int) -> Sign? {
        let rest = text[place..<end]
        let bytes = CredentialText.signBytes(rest)
        if bytes > 0 { return Sign(byte: UInt8(ascii: ":"), place: place..<(place + bytes)) }
        guard let copula = CredentialText.attachedCopulas.first(where: { rest.starts(with: $0) }) else { return nil }
        return Sign(byte: 0, place: place..<(place + copula.count), isCopula: true)
    }

    private func nextSign(from start: Int, to end: Int) -> Sign? {
        for place in start..<end {
            // Behind a copula or a sign, the same letters are part of a value.
            if let sign = sign(at: place, to: end), !sign.isCopula || place > start { return sign }
        }
        return nil
    }

    /// Where what `://` begins starts, if the sign begins that.
    private func addressStart(_ colon: Sign, to end: Int) -> Int? {
        guard colon.byte == UInt8(ascii: ":") else { return nil }
        var place = colon.place.upperBound
        for _ in 0..<2 {
            guard place < end, let slash = sign(at: place, to: end), slash.byte == UInt8(ascii: "/") else { return nil }
            place = slash.place.upperBound
        }
        return place
    }

    /// What of a part says itself what it is.
    private mutating func opens(_ part: Range<Int>, _ before: Before, of word: Range<Int>) -> Range<Int>? {
        let bytes = look(text[part])
        if let key = key(in: part, of: word) { return Self.ended(key, in: part) }
        if let name = before.name, CredentialText.isBotToken(bytes, of: text[name]) { return part }
        guard suspicion.findsRuns else { return nil }
        if CredentialRun.isRandom(bytes), !CredentialRun.isIssuedID(bytes) { return part }
        guard suspicion == .random, let found = CredentialRun.hexadecimal(in: bytes) else { return nil }
        return isOfID(before, isFirst: part.lowerBound == word.lowerBound) ? nil : Self.ended(found, in: part)
    }

    /// A find with the rest of its part, but for marks behind it: a part is looked at as a whole, and a rest that is
    /// left is looked at once more.
    private static func ended(_ found: Range<Int>, in part: Range<Int>) -> Range<Int> {
        part.upperBound - found.upperBound <= marksMax ? found : found.lowerBound..<part.upperBound
    }

    private static let marksMax = 16

    private mutating func key(in part: Range<Int>, of word: Range<Int>) -> Range<Int>? {
        var looked = 0
        defer { count(looked) }
        let rest = text[part.lowerBound..<word.upperBound]
        return CredentialPrefixes.first(
            in: rest, to: part.upperBound, isID: suspicion == .identifier, looked: &looked)
    }

    /// Whether what stands before hexadecimal digits says that they are a hash or an id: `sha256:…`, `trace_id=…`,
    /// `commit …`.
    private mutating func isOfID(_ before: Before, isFirst: Bool) -> Bool {
        if let name = before.name, CredentialRun.isDigest(text[name]) { return true }
        guard let name = before.name ?? before.previous ?? (isFirst ? lastWord : nil) else { return false }
        return CredentialNames.areOfIDs(look(text[name].suffix(CredentialText.edgeBytes)))
    }

    /// Whether a name says that the part behind it is a secret, or what begins with that part.
    private mutating func isNamed(_ name: Range<Int>, _ part: Range<Int>, wordEnd: Int, _ before: Before) -> Bool {
        let bytes = look(text[name].suffix(CredentialText.edgeBytes))
        if before.isQuery, CredentialText.isValue(look(text[part])), CredentialNames.openInQuery(bytes) { return true }
        // What shops call so as well is looked at.
        if before.isQuery, CredentialNames.mayOpenInQuery(bytes),
            CredentialRun.drawnBytes(in: look(text[part].prefix(64))) >= 8
        {
            return true
        }
        guard let value = value(of: text[name]) else { return false }
        if case .any = value, part.isEmpty || part.count > 2 { return CredentialText.isValue(look(text[part])) }
        // Signs in it part nothing; so much of it is enough to tell.
        let told = min(wordEnd, part.lowerBound + 64)
        let end = valueEnd(from: part.lowerBound, to: told, before.isEncoded)
        return value.isMet(by: text[part.lowerBound..<end])
    }

    /// A value goes on behind signs that parts end at; where its name ended in an encoded one, so does it.
    private mutating func valueEnd(from start: Int, to end: Int, _ isEncoded: Bool) -> Int {
        var place = start
        while place < end, text[place] != UInt8(ascii: "&"), text[place] != UInt8(ascii: "#") {
            if isEncoded, let sign = sign(at: place, to: end), sign.isEncoded, Self.endsValue(sign.byte) { break }
            place += 1
        }
        return look(text[start..<place]).endIndex
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "#"): true
        case 0x20: false
        default: CredentialText.isBetweenWords(byte)
        }
    }

    /// Where the user of an address ends; nil where it has none.
    private mutating func userEnd(from start: Int, to end: Int, _ isEncoded: Bool) -> Int? {
        var (place, at): (Int, Int?) = (start, nil)
        while place < end {
            guard let sign = sign(at: place, to: end), isEncoded || !sign.isEncoded else {
                place += 1
                continue
            }
            switch sign.byte {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
                if at == nil { at = lateUserEnd(from: start, sign: place, to: end) }
                return userEnd(at, from: start, looked: place)
            case UInt8(ascii: "@"): at = place
            default: break
            }
            place = sign.place.upperBound
        }
        return userEnd(at, from: start, looked: place)
    }

    /// The same where a password has a sign that ends a host: behind a user's colon stands more than a port.
    private mutating func lateUserEnd(from start: Int, sign place: Int, to end: Int) -> Int? {
        guard let colon = text[start..<place].firstIndex(of: UInt8(ascii: ":")), colon > start,
            !text[(colon + 1)..<place].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return look(text[place..<min(end, place + CredentialText.edgeBytes)]).firstIndex(of: UInt8(ascii: "@"))
    }

    /// The user of an address that has no scheme: `//user:word@host`, or with a port, `user:word@host:5432`.
    private mutating func userWithoutScheme(_ word: Range<Int>) -> Range<Int>? {
        let bytes = text[word.lowerBound..<min(word.upperBound, word.lowerBound + Self.userMax)]
        let isMarked = bytes.starts(with: "//".utf8)
        let user = bytes.dropFirst(isMarked ? 2 : 0)
        let at = look(user.prefix { $0 != UInt8(ascii: "@") }).endIndex
        guard at < user.endIndex, let colon = user[..<at].firstIndex(of: UInt8(ascii: ":")), colon > user.startIndex,
            at - colon > 2, !user[..<at].contains(UInt8(ascii: "/"))
        else { return nil }
        let behind = text[(at + 1)..<word.upperBound].prefix(Self.userMax).drop(while: Self.isOfHost)
        return isMarked || Self.beginsWithPort(behind) ? user.startIndex..<at : nil
    }

    /// A user, a password and a host are no longer.
    private static let userMax = 64

    private static func isOfHost(_ byte: UInt8) -> Bool {
        CredentialPrefixes.isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func beginsWithPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: ":") else { return false }
        let behind = text.dropFirst().drop { (0x30...0x39).contains($0) }
        let digits = behind.startIndex - text.startIndex - 1
        return (2...5).contains(digits) && (behind.first.map { !CredentialPrefixes.isLetterOrDigit($0) } ?? true)
    }

    private mutating func userEnd(_ at: Int?, from start: Int, looked place: Int) -> Int? {
        _ = look(text[start..<place])
        return at.flatMap { $0 > start ? $0 : nil }
    }
}
