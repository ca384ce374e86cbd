/// Names of what opens something, and of what looks like it: those of members of events and of attributes of spans.
package enum CredentialNames {
    /// Ends of names whose values are drawn by lot and open nothing.
    private static let endsOfIDs = [
        "id", "ids", "uuid", "guid", "hash", "fingerprint", "digest", "checksum", "etag", "version", "revision",
        "commit", "release", "session", "thread", "trace", "span", "cursor", "ref", "reference", "number", "sha",
        "md", "sum", "request", "parent", "build", "deployment", "head", "artifact", "image", "imagetag", "container",
        "pod", "snapshot", "blob", "order", "invoice", "charge", "subscription", "paymentintent", "traceparent",
        "tracestate",
        // Keys that name a thing and open none.
        "idempotencykey", "partitionkey", "primarykey", "foreignkey", "sortkey", "rangekey", "cachekey", "issuekey",
        "routingkey", "rowkey", "objectkey", "recordkey", "messagekey", "eventkey", "jobkey", "lockkey", "groupkey",
        "groupingkey", "dedupkey", "deduplicationkey", "projectkey", "ticketkey", "orderkey", "itemkey", "entitykey",
        "bucketkey", "publickey", "publishablekey",
    ].map { Array($0.utf8) }
    private static let session = Array("session".utf8)

    /// Ends of names of models: a digest may say which one is meant, and without it the price is not known.
    private static let endsOfModels = ["model", "models", "modelname", "modelgroup"].map { Array($0.utf8) }

    /// What values under a name are suspected of.
    static func suspicion(of name: ArraySlice<UInt8>) -> CredentialText.Suspicion {
        let plain = plain(name)
        if endsOfModels.contains(where: plain.ends(with:)) { return .mixed }
        return endsOfIDs.contains(where: plain.ends(with:)) ? .identifier : .random
    }

    /// Whether hexadecimal digits behind a name in a text are an id or a hash. Those of a session may open it.
    static func areOfIDs(_ name: ArraySlice<UInt8>) -> Bool {
        let plain = plain(name)
        return endsOfIDs.contains(where: plain.ends(with:)) && !plain.ends(with: session)
    }

    /// Without capitals and marks, the ends of names: `api_key`, `x-api-key`, `stripeApiKey`.
    private static let ends = [
        "apikey", "password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "secretkey", "privatekey",
        "accesskey", "accountkey", "sharedaccesskey", "sharedaccesssignature", "masterkey", "signingkey",
        "encryptionkey", "credential", "credentials", "authorization", "cookie", "cookies", "accesstoken",
        "refreshtoken", "authtoken", "apitoken", "bearertoken", "sessiontoken", "idtoken", "bearer", "connectionstring",
        "privatekeyid", "amzsignature", "googsignature", "creds", "jsessionid", "phpsessid", "aspnetsessionid",
        "connectsid",
        // Of lists.
        "passwords", "apikeys", "passphrases", "secretkeys", "privatekeys", "accesskeys", "accesstokens",
        "refreshtokens",
        // In other languages, as `CredentialLetters` has them.
        "passwort", "passwoerter", "passworter", "kennwort", "zugangsdaten", "motdepasse", "motsdepasse", "contrasena",
        "contrasenas", "senha", "senhas", "palavrapasse", "wachtwoord", "wachtwoorden", "adgangskode", "passord",
        "losenord", "salasana", "heslo", "haslo", "geslo", "lozinka", "jelszo", "sifre", "katasandi", "matkhau",
    ].map { Array($0.utf8) }
    /// What ends in one of those and is another word: a review, a drawing, what is deciphered.
    private static let endsOfOtherWords = ["resenha", "resenhas", "desenha", "desenhas", "desifre"].map {
        Array($0.utf8)
    }
    /// Names of several words.
    private static let endsOfWords = [
        "mot de passe", "mots de passe", "palavra passe", "kata sandi", "mật khẩu", "κωδικός πρόσβασης", "كلمة المرور",
        "كلمة السر", "رمز المرور", "رمز عبور",
    ].map(otherLetters)
    /// Names that are written in two words as well, where they may be a matter of talk.
    private static let endsOfPhrases = [
        "api key", "secret key", "private key", "access key", "account key", "master key", "signing key",
        "encryption key", "subscription key", "license key", "session key", "auth key", "pass phrase", "pass word",
        "pass code", "connection string",
    ].map(otherLetters)
    /// The same as `ends` in letters of other scripts.
    private static let endsInOtherLetters = endsOfWords + [
        "пароль", "пароли", "парола", "лозинка", "密码", "密碼", "口令", "密钥", "密鑰", "パスワード", "パスコード", "暗証番号",
        "비밀번호", "패스워드", "암호", "סיסמה", "סיסמא", "รหัสผ่าน", "पासवर्ड",
    ].map(otherLetters)
    /// Names there that mean a code or a word as well.
    private static let wordsInOtherLetters = ["κωδικός", "parolă"].map(otherLetters)

    private static func otherLetters(_ name: String) -> [UInt8] {
        CredentialLetters.folded(Array(name.utf8)[...], keepsOthers: true)
    }

    private static let endsOfCookies = ["cookie", "cookies"].map { Array($0.utf8) }
    /// As ends of names in the question of an address.
    private static let endsInQuery = ["token", "sig", "signature", "auth", "pass", "sas"].map { Array($0.utf8) }
    /// The same of what a shop calls so, too.
    private static let weakEndsInQuery = ["key", "code"].map { Array($0.utf8) }
    /// As the last word of a name, of what opens something.
    private static let wordsThatOpen = ["pw", "jwt", "jwts"].map { Array($0.utf8) }
    /// Last words of a name that say which one of several is meant, and in what form: `password_new`, `secretValue`.
    private static let qualifiers = [
        "new", "old", "value", "values", "field", "confirmation", "confirm", "confirmed", "again", "repeat", "prod",
        "production", "staging", "stage", "dev", "development", "test", "live", "local", "base", "backup",
        "current", "previous", "next", "primary", "secondary", "default", "plain", "plaintext", "raw", "text", "string",
        "str", "env", "param", "header", "input", "encoded", "decoded", "rw", "ro", "temp", "tmp", "eu", "us",
    ].map { Array($0.utf8) }
    /// A name has no more of them.
    private static let qualifiersMax = 3

    /// As the last word of a name, of what may open something.
    private static let words: [(word: [UInt8], value: CredentialValue)] =
        ["token", "auth", "pass", "passe", "pswd", "sig", "clave", "claves", "parole", "parola"].map {
            (Array($0.utf8), .made)
        }
        + ["pin", "otp", "totp"].map { (Array($0.utf8), .code) }

    /// What has to stand behind a name for it to be a secret; nil where a name says nothing.
    static func value(of name: ArraySlice<UInt8>) -> CredentialValue? {
        if open(name) { return isEnding(name, endsOfCookies) ? .cookies : .any }
        if isInOtherLetters(name, wordsInOtherLetters) { return .made }
        return unqualified(name) { name in
            lastWord(name, lastsOfWords).flatMap { word in words.first { isSame($0.word, word) }?.value }
        }
    }

    /// The last word of a name, which begins behind a sign or with a capital behind a small letter; nil where it has
    /// none, or one with another last letter.
    private static func lastWord(_ name: ArraySlice<UInt8>, _ lasts: [Bool]) -> ArraySlice<UInt8>? {
        let name = name.suffix(CredentialText.edgeBytes)
        guard let last = name.lastIndex(where: isLetter), lasts[Int(name[last] | 0x20)] else { return nil }
        var start = last
        while start > name.startIndex, isLetter(name[start - 1]),
            name[start] & 0x20 != 0 || name[start - 1] & 0x20 == 0
        {
            start -= 1
        }
        return name[start...last]
    }

    static func isSame(_ word: [UInt8], _ other: ArraySlice<UInt8>) -> Bool {
        word.count == other.count && zip(word, other).allSatisfy { $0 == $1 | 0x20 }
    }

    /// Whether a name says that its value opens something; of a long name its end does, without words that say which
    /// one of several it is.
    /// - Complexity: O(1).
    package static func open(_ name: ArraySlice<UInt8>) -> Bool {
        unqualified(name) { openByEnd($0) ? true : nil } != nil
    }

    /// What is first found of a name, of the name without its last qualifier, and so on.
    private static func unqualified<Found>(
        _ name: ArraySlice<UInt8>, _ find: (ArraySlice<UInt8>) -> Found?
    ) -> Found? {
        var name = name.suffix(CredentialText.edgeBytes)
        for _ in 0...qualifiersMax {
            if let found = find(name) { return found }
            guard let word = lastWord(name, lastsOfQualifiers), word.startIndex > name.startIndex,
                qualifiers.contains(where: { isSame($0, word) })
            else { return nil }
            name = name[..<word.startIndex]
        }
        return nil
    }

    private static func openByEnd(_ name: ArraySlice<UInt8>) -> Bool {
        if isEnding(name, ends), !isEnding(name, endsOfOtherWords) { return true }
        if let word = lastWord(name, lastsOfWordsThatOpen), wordsThatOpen.contains(where: { isSame($0, word) }) {
            return true
        }
        return isInOtherLetters(name, endsInOtherLetters)
    }

    private static func isInOtherLetters(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        // First of all, since most names are ASCII.
        guard let last = lastOfLetter(name), last >= 0x80 else { return false }
        let letters = CredentialLetters.folded(name, keepsOthers: true)
        return ends.contains(where: letters.ends(with:))
    }

    /// Whether a member's value is the name of something, whose value stands beside it: `{"name": …, "value": …}`.
    static func isOfName(_ name: ArraySlice<UInt8>) -> Bool { namesOfNames.contain(name) }

    /// Whether a member's value is that of a name beside it.
    static func isOfValue(_ name: ArraySlice<UInt8>) -> Bool { namesOfValues.contain(name) }

    private static let things = ["field", "header", "param", "parameter", "variable", "var", "env", "setting", "attr"]
    private static let namesOfNames = MemberNames(
        ["name", "key", "header", "field", "param", "parameter", "variable"]
            + things.flatMap { [$0 + "name", $0 + "key"] },
        letter: UInt8(ascii: "k"))
    private static let namesOfValues = MemberNames(
        ["value", "values", "val", "content", "default"] + things.map { $0 + "value" }, letter: UInt8(ascii: "v"))

    /// What members are called that are half of a pair; signs may part the words of a name.
    private struct MemberNames {
        private let names: [[UInt8]]
        private let starts: CredentialStarts
        /// The one that is a letter.
        private let letter: UInt8

        /// None is longer, with its signs.
        private static let bytesMax = 16

        init(_ texts: [String], letter: UInt8) {
            names = texts.map { Array($0.utf8) }
            starts = CredentialStarts(names)
            self.letter = letter
        }

        func contain(_ name: ArraySlice<UInt8>) -> Bool {
            guard let first = name.firstIndex(where: CredentialLetters.isLetter),
                let last = name.lastIndex(where: CredentialLetters.isLetter), last - first < Self.bytesMax
            else { return false }
            if first == last { return name[first] | 0x20 == letter }
            guard starts.mayBegin(name[first] | 0x20, name[first + 1] | 0x20) else { return false }
            let letters = name[first...last].filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
            return names.contains { CredentialNames.isSame($0, letters[...]) }
        }
    }

    /// Whether a name may be the last one of a name of several words.
    /// - Complexity: O(1).
    static func mayEndWords(_ name: ArraySlice<UInt8>) -> Bool {
        lastOfLetter(name).map { $0 >= 0x80 || lastsOfNamesOfWords[Int($0 | 0x20)] } ?? false
    }

    /// Whether a text ends in a name of several words that nothing but blanks and dashes parts.
    /// - Complexity: O(1).
    static func endsInWords(_ text: ArraySlice<UInt8>) -> Bool { endsInWords(text, endsOfWords) }

    private static func endsInWords(_ text: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        let text = text.suffix(CredentialText.edgeBytes)
        guard let last = text.lastIndex(where: CredentialLetters.mayBeOfLetter) else { return false }
        let words = text[...last]
        let sign = words.lastIndex {
            !CredentialLetters.mayBeOfLetter($0) && $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: "-")
        }
        let letters = CredentialLetters.folded(sign.map { words[($0 + 1)...] } ?? words, keepsOthers: true)
        return ends.contains(where: letters.ends(with:))
    }

    /// The same of a name in two words that may be a matter of talk.
    /// - Complexity: O(1).
    static func mayEndPhrase(_ name: ArraySlice<UInt8>) -> Bool {
        lastOfLetter(name).map { lastsOfPhrases[Int($0 | 0x20)] } ?? false
    }

    /// Whether a text ends in such a name.
    /// - Complexity: O(1).
    static func endsInPhrase(_ text: ArraySlice<UInt8>) -> Bool { endsInWords(text, endsOfPhrases) }

    static func openInQuery(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, endsInQuery) }

    /// Whether a name in the question of an address says so of what looks like a secret.
    static func mayOpenInQuery(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, weakEndsInQuery) }

    private static func isEnding(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        // First of all, since a name may be as long as a text and have no letter.
        let name = name.suffix(CredentialText.edgeBytes)
        guard name.count >= 3, let last = lastOfLetter(name), last >= 0x80 || lastsOfEnds[Int(last | 0x20)] else {
            return false
        }
        let plain = plain(name)
        return ends.contains(where: plain.ends(with:))
    }

    private static func plain(_ name: ArraySlice<UInt8>) -> [UInt8] {
        CredentialLetters.folded(name, keepsOthers: false)
    }

    private static func lastOfLetter(_ name: ArraySlice<UInt8>) -> UInt8? {
        name.suffix(CredentialText.edgeBytes).last(where: CredentialLetters.mayBeOfLetter)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { CredentialLetters.isLetter(byte) }

    private static let lastsOfWords = lasts(words.map(\.word))
    private static let lastsOfWordsThatOpen = lasts(wordsThatOpen)
    private static let lastsOfQualifiers = lasts(qualifiers)

    /// By byte: whether a word has it last.
    private static func lasts(_ words: [[UInt8]]) -> [Bool] {
        (0..<256).map { byte in words.contains { $0.last == UInt8(byte) } }
    }

    private static let lastsOfNamesOfWords: [Bool] = (0..<256).map { byte in
        endsOfWords.contains { $0.last == UInt8(byte) }
    }

    private static let lastsOfPhrases = lasts(endsOfPhrases)

    private static let lastsOfEnds = lasts(ends + endsInQuery + weakEndsInQuery)
}

extension [UInt8] {
    /// Whether these are the last bytes.
    func ends(with end: [UInt8]) -> Bool { count >= end.count && suffix(end.count).elementsEqual(end) }
}
