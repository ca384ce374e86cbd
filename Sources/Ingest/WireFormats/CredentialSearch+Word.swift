// What opens something inside of one word, such as an address.
extension CredentialSearch {
    mutating func inWord(_ word: Range<Int>) -> Range<Int>? {
        if suspicion != .certain, base64Starts.contains(word.lowerBound) { return word }
        var start = word.lowerBound
        // What stands before the part: `?` in an address makes names of what the parts are called.
        var (isQuery, isUser) = (false, false)
        var name: Range<Int>?
        while start < word.upperBound {
            // `scheme://user:word@host`: users of addresses are nobody's business.
            if isUser {
                if let at = userEnd(from: start, to: word.upperBound) { return start..<at }
                isUser = false
            }
            let end = text[start..<word.upperBound].firstIndex(where: CredentialText.isBetweenParts) ?? word.upperBound
            let part = start..<end
            if let name, isNamed(name, part, wordEnd: word.upperBound, isQuery) {
                return start..<valueEnd(from: start, to: word.upperBound)
            }
            if opens(part, after: name) { return part }
            guard end < word.upperBound else { return nil }
            let sign = text[end]
            if sign == UInt8(ascii: ":"), text[end..<word.upperBound].starts(with: "://".utf8) {
                isUser = true
                (name, start) = (nil, end + 3)
                continue
            }
            if sign == UInt8(ascii: "?") || sign == UInt8(ascii: "#") || sign == UInt8(ascii: "&") { isQuery = true }
            if sign == UInt8(ascii: "/"), CredentialText.isHook(text[part]), end + 1 < word.upperBound {
                return (end + 1)..<word.upperBound
            }
            name = CredentialText.isAssignment(sign) ? part : nil
            start = end + 1
        }
        return nil
    }

    /// Whether a part says itself what it is.
    private mutating func opens(_ part: Range<Int>, after name: Range<Int>?) -> Bool {
        let bytes = look(text[part])
        if CredentialPrefixes.begins(bytes) || CredentialText.isWebToken(bytes) { return true }
        guard suspicion != .certain else { return false }
        if CredentialRun.isRandom(bytes) { return true }
        guard suspicion == .random, CredentialRun.isHexadecimal(bytes) else { return false }
        return !(name.map { CredentialRun.isDigest(text[$0]) } ?? false)
    }

    /// Whether a name says that the part behind it is a secret, or what begins with that part.
    private mutating func isNamed(_ name: Range<Int>, _ part: Range<Int>, wordEnd: Int, _ isQuery: Bool) -> Bool {
        let bytes = look(text[name].suffix(CredentialNames.bytesMax))
        if isQuery, CredentialText.isValue(look(text[part])), CredentialNames.openInQuery(bytes) { return true }
        switch CredentialNames.value(of: bytes) {
        case nil: return false
        case .any: return CredentialText.isValue(look(text[part]))
        // Signs in it part nothing; so much of it is enough to tell.
        case let value?:
            let end = valueEnd(from: part.lowerBound, to: min(wordEnd, part.lowerBound + 64))
            return value.isMet(by: text[part.lowerBound..<end])
        }
    }

    /// A value goes on behind signs that parts end at.
    private mutating func valueEnd(from start: Int, to end: Int) -> Int {
        look(text[start..<end].prefix { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "#") }).endIndex
    }

    /// Where the user of an address ends; nil where it has none.
    private mutating func userEnd(from start: Int, to end: Int) -> Int? {
        let authority = text[start..<end].prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        return look(authority).lastIndex(of: UInt8(ascii: "@")).flatMap { $0 > start ? $0 : nil }
    }
}
