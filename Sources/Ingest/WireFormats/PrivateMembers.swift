internal import Domain
internal import JSONParsing

/// Members under names that no field has which are withheld all the same: what opens something, and what says who
/// somebody is.
enum SensitiveMembers {
    /// Without capitals and marks, the ends of names: `api_key`, `x-api-key`, `stripeApiKey`.
    private static let nameEnds = [
        "apikey", "password", "passwd", "passphrase", "secret", "secrets", "secretkey", "privatekey", "accesskey",
        "credential",
        "credentials", "authorization", "cookie", "cookies", "accesstoken", "refreshtoken", "authtoken", "apitoken",
        "bearertoken",
        "sessiontoken", "idtoken", "email", "emailaddress",
    ].map { Array($0.utf8) }
    private static let nameBytesMax = 64

    /// Whether a name says it, where the value is a text.
    static func isPrivate(name: ArraySlice<UInt8>) -> Bool {
        guard name.count <= nameBytesMax else { return false }
        let plain = MisnamedFields.plain(name)
        return nameEnds.contains { plain.count >= $0.count && plain.suffix($0.count).elementsEqual($0) }
    }

    /// Whether a text says it itself.
    /// - Complexity: O(bytes).
    static func isPrivate(value: ArraySlice<UInt8>) -> Bool {
        CredentialPrefixes.begins(value) || holdsAddress(value)
    }

    /// Whether an e-mail address is in it: letters or digits on both sides of the sign, and a dot with letters behind
    /// it in one word.
    private static func holdsAddress(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while let sign = rest.firstIndex(of: UInt8(ascii: "@")) {
            let behind = rest[(sign + 1)...]
            let domain = behind.prefix {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
            rest = behind
            guard sign > text.startIndex, isLetter(text[sign - 1]) || isDigit(text[sign - 1]) else { continue }
            guard let dot = domain.firstIndex(of: UInt8(ascii: ".")), dot > domain.startIndex else { continue }
            if domain[dot...].contains(where: isLetter) { return true }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension EventAssembler {
    /// Whether a member among the attributes is withheld; what an export holds was looked at when it came.
    func isPrivate(_ tape: JSONTape, _ key: Int) -> Bool {
        guard !origin.isOfExport else { return false }
        let (name, place) = (tape.string(key), key + 1)
        if SensitiveMembers.isPrivate(value: name) { return true }
        switch tape.kind(place) {
        case .string:
            return SensitiveMembers.isPrivate(value: tape.string(place)) || SensitiveMembers.isPrivate(name: name)
                || isUser(name)
        case .integer, .unsigned, .double: return isUser(name)
        case .array:
            var child = tape.firstChild(place)
            let end = tape.end(place)
            let isNamed = SensitiveMembers.isPrivate(name: name) || isUser(name)
            while child < end {
                if tape.kind(child) == .string, isNamed || SensitiveMembers.isPrivate(value: tape.string(child)) {
                    return true
                }
                child = tape.next(child)
            }
            return false
        default: return false
        }
    }

    /// Whether a name looks like that of the user's id, which is kept as a token only.
    private func isUser(_ name: ArraySlice<UInt8>) -> Bool { misnamed.field(name)?.column == registry.wellKnown.userID }
}
