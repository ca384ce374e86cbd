/// Names of what opens something, and of what looks like it: those of members of events and of attributes of spans.
package enum CredentialNames {
    /// Ends of names whose values are drawn by lot and open nothing.
    private static let endsOfIDs = [
        "id", "ids", "uuid", "guid", "hash", "fingerprint", "digest", "checksum", "etag", "version", "revision",
        "commit", "release", "session", "thread", "trace", "span", "cursor", "ref", "reference", "number", "key", "sha",
        "md", "sum", "request", "parent",
    ].map { Array($0.utf8) }

    /// Ends of names of models: a digest may say which one is meant, and without it the price is not known.
    private static let endsOfModels = ["model", "models", "modelname", "modelgroup"].map { Array($0.utf8) }

    /// What values under a name are suspected of.
    static func suspicion(of name: ArraySlice<UInt8>) -> CredentialText.Suspicion {
        let plain = plain(name)
        if endsOfModels.contains(where: plain.ends(with:)) { return .mixed }
        return endsOfIDs.contains(where: plain.ends(with:)) ? .certain : .random
    }

    /// Without capitals and marks, the ends of names: `api_key`, `x-api-key`, `stripeApiKey`.
    private static let ends = [
        "apikey", "password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "secretkey", "privatekey",
        "accesskey", "accountkey", "sharedaccesskey", "sharedaccesssignature", "masterkey", "signingkey",
        "encryptionkey", "credential", "credentials", "authorization", "cookie", "cookies", "accesstoken",
        "refreshtoken", "authtoken", "apitoken", "bearertoken", "sessiontoken", "idtoken", "bearer", "connectionstring",
        "privatekeyid", "amzsignature", "googsignature",
        // Of lists.
        "passwords", "apikeys", "passphrases", "secretkeys", "privatekeys", "accesskeys", "accesstokens",
        "refreshtokens",
        // In other languages; letters that ASCII has not are passed over, so some have two spellings.
        "passwort", "passwoerter", "passwrter", "kennwort", "zugangsdaten", "motdepasse", "motsdepasse", "contrasena",
        "contrasea", "contrasenas", "contraseas", "senha", "senhas", "palavrapasse", "wachtwoord",
        "wachtwoorden", "adgangskode", "passord", "losenord", "lsenord", "salasana", "heslo", "haslo", "haso",
        "jelszo", "jelsz", "sifre", "katasandi", "matkhau", "mtkhu",
    ].map { Array($0.utf8) }
    /// What ends in one of those and is another word: a review, a drawing.
    private static let endsOfOtherWords = ["resenha", "resenhas", "desenha", "desenhas"].map { Array($0.utf8) }
    /// The same in letters of which ASCII has none: in small ones, in capitals, and with a capital first.
    private static let endsInOtherLetters = [
        "пароль", "пароли", "парола", "密码", "密碼", "口令", "密钥", "密鑰", "パスワード", "暗証番号", "비밀번호", "암호",
    ].flatMap { word -> [[UInt8]] in
        let capitals = word.uppercased()
        // Most of these letters have no capitals.
        if capitals == word { return [Array(word.utf8)] }
        return [word, capitals, String(capitals.prefix(1)) + word.dropFirst()].map { Array($0.utf8) }
    }
    private static let endsOfCookies = ["cookie", "cookies"].map { Array($0.utf8) }
    /// As ends of names in the question of an address.
    private static let endsInQuery = ["key", "token", "sig", "signature", "auth", "pass", "sas", "code"].map {
        Array($0.utf8)
    }
    /// As the last word of a name, of what may open something.
    private static let words: [(word: [UInt8], value: CredentialValue)] =
        ["token", "auth", "pass", "passe", "pswd", "sig"].map { (Array($0.utf8), .made) }
        + ["pin", "otp", "totp"].map { (Array($0.utf8), .code) }

    /// What has to stand behind a name for it to be a secret; nil where a name says nothing.
    static func value(of name: ArraySlice<UInt8>) -> CredentialValue? {
        if open(name) { return isEnding(name, endsOfCookies) ? .cookies : .any }
        let name = name.suffix(CredentialText.edgeBytes)
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

    /// Whether a name says that its value opens something; of a long name its end does.
    /// - Complexity: O(1).
    package static func open(_ name: ArraySlice<UInt8>) -> Bool {
        isEnding(name, ends) && !isEnding(name, endsOfOtherWords) || isInOtherLetters(name)
    }

    private static func isInOtherLetters(_ name: ArraySlice<UInt8>) -> Bool {
        let name = name.suffix(CredentialText.edgeBytes)
        // First of all, since most names are ASCII.
        guard let last = name.lastIndex(where: { $0 >= 0x80 || isLetter($0) }), lastsOfOthers[Int(name[last])] else {
            return false
        }
        let told = name[...last]
        return endsInOtherLetters.contains { told.suffix($0.count).elementsEqual($0) }
    }

    static func openInQuery(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, endsInQuery) }

    private static func isEnding(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        // First of all, since a name may be as long as a text and have no letter.
        let name = name.suffix(CredentialText.edgeBytes)
        guard name.count >= 3, let last = name.last(where: { isLetter($0) }), lasts[Int(last | 0x20)] else {
            return false
        }
        let plain = plain(name)
        return ends.contains(where: plain.ends(with:))
    }

    private static func plain(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.suffix(CredentialText.edgeBytes).filter(isLetter).map { $0 | 0x20 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static let lastsOfWords: [Bool] = (0..<256).map { byte in words.contains { $0.word.last == UInt8(byte) } }

    private static let lastsOfOthers: [Bool] = (0..<256).map { byte in
        endsInOtherLetters.contains { $0.last == UInt8(byte) }
    }

    /// By byte: whether an end has it last.
    private static let lasts: [Bool] = (0..<256).map { byte in
        (ends + endsInQuery).contains { $0.last == UInt8(byte) }
    }
}

extension [UInt8] {
    /// Whether these are the last bytes.
    func ends(with end: [UInt8]) -> Bool { count >= end.count && suffix(end.count).elementsEqual(end) }
}
