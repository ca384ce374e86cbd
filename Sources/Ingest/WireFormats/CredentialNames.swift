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
    private static let endsInQuery = ["key", "token", "sig", "signature", "auth", "pass", "sas", "code"].map {
        Array($0.utf8)
    }
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
        isEnding(name, ends) && !isEnding(name, endsOfOtherWords) || isInOtherLetters(name, endsInOtherLetters)
    }

    private static func isInOtherLetters(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        // First of all, since most names are ASCII.
        guard let last = lastOfLetter(name), last >= 0x80 else { return false }
        let letters = CredentialLetters.folded(name, keepsOthers: true)
        return ends.contains(where: letters.ends(with:))
    }

    /// Whether a name may be the last one of a name of several words.
    /// - Complexity: O(1).
    static func mayEndWords(_ name: ArraySlice<UInt8>) -> Bool {
        lastOfLetter(name).map { $0 >= 0x80 || lastsOfNamesOfWords[Int($0 | 0x20)] } ?? false
    }

    /// Whether a text ends in a name of several words that nothing but blanks and dashes parts.
    /// - Complexity: O(1).
    static func endsInWords(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.suffix(CredentialText.edgeBytes)
        guard let last = text.lastIndex(where: CredentialLetters.mayBeOfLetter) else { return false }
        let words = text[...last]
        let sign = words.lastIndex {
            !CredentialLetters.mayBeOfLetter($0) && $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: "-")
        }
        let letters = CredentialLetters.folded(sign.map { words[($0 + 1)...] } ?? words, keepsOthers: true)
        return endsOfWords.contains(where: letters.ends(with:))
    }

    static func openInQuery(_ name: ArraySlice<UInt8>) -> Bool { isEnding(name, endsInQuery) }

    private static func isEnding(_ name: ArraySlice<UInt8>, _ ends: [[UInt8]]) -> Bool {
        // First of all, since a name may be as long as a text and have no letter.
        let name = name.suffix(CredentialText.edgeBytes)
        guard name.count >= 3, let last = lastOfLetter(name), last >= 0x80 || lasts[Int(last | 0x20)] else {
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

    private static let lastsOfWords: [Bool] = (0..<256).map { byte in words.contains { $0.word.last == UInt8(byte) } }

    private static let lastsOfNamesOfWords: [Bool] = (0..<256).map { byte in
        endsOfWords.contains { $0.last == UInt8(byte) }
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
