internal import Domain
internal import JSONParsing

/// Members under names that no field has which are withheld all the same: what opens something, what says who somebody
/// is, and what somebody said.
enum SensitiveMembers {
    /// Without capitals and marks, the ends of names: `contact_email`, `system_prompt`.
    private static let nameEnds = [
        "email", "emailaddress", "prompt", "prompts", "messages", "headers", "arguments", "transcript",
    ].map { Array($0.utf8) }
    /// Without capitals and marks, names of what was said to a model or a tool, and of what came back.
    private static let contentNames = Set(
        [
            "systeminstructions", "message", "completion", "completions", "toolcalls", "toolresult", "toolresponse",
            "requestbody", "responsebody", "chathistory", "history",
        ].map { Array($0.utf8) })

    /// Whether a name says it, where the value is a text. Of a long one its end says it.
    static func isPrivate(name: ArraySlice<UInt8>) -> Bool {
        let name = name.suffix(CredentialText.edgeBytes)
        let plain = MisnamedFields.plain(name)
        return nameEnds.contains(where: plain.ends(with:))
            || CredentialNames.open(name) || contentNames.contains(plain)
    }

    /// Whether a name says it, where the value is a number: those that are counted are no secret.
    static func isPrivateNumber(name: ArraySlice<UInt8>) -> Bool {
        name.last.map { $0 | 0x20 } != UInt8(ascii: "s") && CredentialNames.open(name)
    }

    /// Whether a text says it itself, where `name` stands before it.
    /// - Complexity: O(bytes).
    static func isPrivate(value: ArraySlice<UInt8>, under name: ArraySlice<UInt8>) -> Bool {
        CredentialText.holds(value, under: name) || EmailAddress.isIn(value)
    }

    /// Whether a name is one that somebody's address or what opens something stands in.
    static func isPrivate(key: ArraySlice<UInt8>) -> Bool {
        CredentialText.holds(key, .certain) || EmailAddress.isIn(key)
    }
}

extension EventAssembler {
    /// Whether a member among the attributes is withheld; what an export holds was looked at when it came.
    func isPrivate(_ tape: JSONTape, _ key: Int) -> Bool {
        guard !origin.isOfExport else { return false }
        let (name, place) = (tape.string(key), key + 1)
        if SensitiveMembers.isPrivate(key: name) { return true }
        switch tape.kind(place) {
        case .string:
            return SensitiveMembers.isPrivate(value: tape.string(place), under: name)
                || SensitiveMembers.isPrivate(name: name) || isUser(name)
        case .integer, .unsigned, .double: return isUser(name) || SensitiveMembers.isPrivateNumber(name: name)
        case .array:
            let isNamed = SensitiveMembers.isPrivate(name: name) || isUser(name)
            return isSecretPair(tape, place, isInList: false)
                || holdsPrivate(tape, place, isNamed: isNamed, under: name)
        case .object:
            // Its members are looked at by their own names.
            return SensitiveMembers.isPrivate(name: name)
                && holdsPrivate(tape, place, isNamed: true, under: name)
                || holdsValue(tape, place, of: name)
        default: return false
        }
    }

    /// What has to stand in an object's value for it to be a secret, where the object says what the value's name is:
    /// `{"name": "password", "value": …}`; nil where it names none.
    func askedOfPair(_ tape: JSONTape, _ keys: [Int]) -> CredentialValue? {
        guard !origin.isOfExport, (2...Self.pairMembersMax).contains(keys.count),
            keys.contains(where: { CredentialNames.isOfValue(tape.string($0)) })
        else { return nil }
        var found: CredentialValue?
        for key in keys where tape.kind(key + 1) == .string && CredentialNames.isOfName(tape.string(key)) {
            guard let asked = CredentialNames.value(of: tape.string(key + 1)) else { continue }
            if asked.isAny { return asked }
            found = asked
        }
        return found
    }

    /// Whether a member of such an object is the value, and a secret.
    func isSecretOfPair(_ tape: JSONTape, _ key: Int, _ asked: CredentialValue?) -> Bool {
        guard let asked, CredentialNames.isOfValue(tape.string(key)) else { return false }
        return switch tape.kind(key + 1) {
        case .null, .true, .false: false
        case .string: asked.isAny || asked.isMet(by: tape.string(key + 1))
        default: asked.isAny
        }
    }

    /// Whether an object has the value of the name that it stands under: `"token": {"value": "…"}`.
    private func holdsValue(_ tape: JSONTape, _ place: Int, of name: ArraySlice<UInt8>) -> Bool {
        guard let asked = CredentialNames.value(of: name) else { return false }
        var key = tape.firstChild(place)
        let end = tape.end(place)
        while key < end {
            if tape.kind(key + 1) == .string, CredentialNames.isOfValue(tape.string(key)),
                asked.isMet(by: tape.string(key + 1))
            {
                return true
            }
            key = tape.next(key + 1)
        }
        return false
    }

    /// Objects with more members are no pairs.
    private static let pairMembersMax = 12

    /// Whether a list is a pair whose first text is the name of a secret. Alone it may be a list of names, so the value
    /// has to look the part; among other lists any value is one.
    private func isSecretPair(_ tape: JSONTape, _ place: Int, isInList: Bool) -> Bool {
        let first = tape.firstChild(place)
        guard first < tape.end(place), tape.kind(first) == .string else { return false }
        let second = tape.next(first)
        guard second < tape.end(place), tape.kind(second) == .string, tape.next(second) >= tape.end(place),
            let asked = CredentialNames.value(of: tape.string(first))
        else { return false }
        return isInList ? asked.isMet(by: tape.string(second)) : asked.isMetInProse(by: tape.string(second))
    }

    /// Whether a text in a list is private, at any depth; objects among them are looked at member by member, unless the
    /// list's own name says it.
    private func holdsPrivate(
        _ tape: JSONTape, _ place: Int, isNamed: Bool, under name: ArraySlice<UInt8>
    ) -> Bool {
        var child = tape.firstChild(place)
        let end = tape.end(place)
        let isObject = tape.kind(place) == .object
        var arguments = CredentialArguments()
        while child < end {
            // Of a member the value; its key stands before it.
            let value = isObject ? child + 1 : child
            switch tape.kind(value) {
            case .string:
                if isNamed || SensitiveMembers.isPrivate(value: tape.string(value), under: name) { return true }
                if !isObject, arguments.take(tape.string(value)) { return true }
            case .array:
                if isSecretPair(tape, value, isInList: !isObject) { return true }
                if holdsPrivate(tape, value, isNamed: isNamed, under: name) { return true }
            case .object: if isNamed, holdsPrivate(tape, value, isNamed: true, under: name) { return true }
            default: break
            }
            child = tape.next(value)
        }
        return false
    }

    /// Whether a name looks like that of the user's id, which is kept as a token only.
    private func isUser(_ name: ArraySlice<UInt8>) -> Bool { misnamed.field(name)?.column == registry.wellKnown.userID }
}
