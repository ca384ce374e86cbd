import Testing
import WireFormats

/// Names and sentences of many languages, in any case and script, and what is said there of passwords and gives none.
@Suite struct CredentialLanguagesTests {
    /// Capitals and marks make no other name of it, nor does the form in which a mark is written.
    @Test(arguments: [
        "sifre", "şifre", "Şifre", "ŞİFRE", "s\u{327}ifre", "wifi_şifre", "ПАРОЛИ", "ПАРОЛА", "Пароли", "парола2",
        "LÖSENORD", "lo\u{308}senord", "HASŁO", "hasło", "CONTRASEÑA", "JELSZÓ", "PASSWÖRTER", "Mật khẩu", "MẬT KHẨU",
        "Mot de passe", "MOTS DE PASSE", "geslo", "LOZINKA", "Лозинка", "ＰＡＳＳＷＯＲＤ", "ｐassword", "“password”",
        "«пароль»", "ΚΩΔΙΚΌΣ ΠΡΌΣΒΑΣΗΣ", "كلمة المرور", "رمز عبور", "סיסמה", "รหัสผ่าน", "पासवर्ड",
        "패스워드", "パスワード", "κωδικ\u{1F79}ς πρόσβασης", "口\u{F9A8}",
    ])
    func namesAreFoundInAnyCase(name: String) { #expect(CredentialNames.open(Array(name.utf8)[...])) }

    @Test(arguments: [
        "clave", "parole", "parola", "parolă", "κωδικός", "deşifre", "şifreleme", "reseñas", "chiffre", "passe", "ö",
        "", "密码错误", "\u{E5}", "пароль_count",
    ])
    func otherNamesAreNot(name: String) { #expect(!CredentialNames.open(Array(name.utf8)[...])) }

    /// Names that mean a key, a word or a code as well.
    @Test(arguments: ["clave", "dbClave", "parole", "Parola", "parolă", "κωδικός", "ΚΩΔΙΚΟΣ"])
    func valuesUnderNamesOfManyMeaningsAreLookedAt(name: String) {
        let name = Array(name.utf8)[...]
        #expect(CredentialText.holds(Array("Verano2024".utf8)[...], under: name))
        for text in ["sol", "512", "ES-2024-B", "denied"] {
            #expect(!CredentialText.holds(Array(text.utf8)[...], under: name), "\(text)")
        }
    }

    @Test(arguments: [
        ("şifre: Yaz2024!", "şifre: *"), ("mot de passe: Soleil#2024", "mot de passe: *"),
        ("mot de passe : soleil", "mot de passe : *"), ("MOT DE PASSE: soleil", "MOT DE PASSE: *"),
        ("mot de passe:soleil", "mot de passe:*"), ("mot de passe\u{A0}: soleil", "mot de passe\u{A0}: *"),
        ("**mot de passe**: soleil", "**mot de passe**: *"),
        (#""mot de passe": "soleil d'or""#, #""mot de passe": "*""#), ("kata sandi: Panas2024", "kata sandi: *"),
        ("mật khẩu: muahe2024", "mật khẩu: *"), ("palavra passe: verao", "palavra passe: *"),
        ("كلمة المرور: sayf", "كلمة المرور: *"), ("رمز عبور: tabestan", "رمز عبور: *"), ("סיסמה: kaitz", "סיסמה: *"),
        ("รหัสผ่าน: ron", "รหัสผ่าน: *"), ("पासवर्ड: garmi", "पासवर्ड: *"), ("패스워드: abc", "패스워드: *"),
        ("geslo: poletje", "geslo: *"), ("lozinka: ljeto", "lozinka: *"), ("clave: Verano2024", "clave: *"),
        ("κωδικός: Kalokairi2024", "κωδικός: *"), ("parolă: Vara2024", "parolă: *"),
        ("ｐassword: abc", "ｐassword: *"), ("password﹕abc", "password﹕*"), ("password＝abc", "password＝*"),
        ("密码 ： abc", "密码 ： *"), ("密码 ：abc", "密码 ：*"),
    ])
    func namesBeforeSignsAreFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == shown)
    }

    @Test(arguments: [
        ("heslo je Leto2024!", "heslo je *"), ("senha é Verao2024!", "senha é *"), ("SENHA É Verao2024!", "SENHA É *"),
        ("пароль это Leto2024!", "пароль это *"), ("la password è Estate2024!", "la password è *"),
        ("Passwort lautet Sommer2024!", "Passwort lautet *"), ("Passwort lautet: Sommer2024!", "Passwort lautet: *"),
        ("mot de passe est Soleil#2024", "mot de passe est *"), ("la clave es Verano2024", "la clave es *"),
        ("كلمة المرور هي Sayf2024", "كلمة المرور هي *"), ("password is Summer#2024", "password is *"),
        ("password – Summer2024!", "password – *"), ("пароль — Лето2024", "пароль — *"),
        ("пароль - Leto2024", "пароль - *"), ("mot de passe - Soleil2024", "mot de passe - *"),
        ("密码是Xiatian2024", "密码是*"), ("密码是Xiatian2024，请勿外传", "密码是*，请勿外传"),
        ("密码是 Xiatian2024", "密码是 *"), ("密码 是 Xiatian2024", "密码 是 *"), ("密码是123456吗", "密码是*吗"),
        ("密码是：Xiatian2024", "密码是：*"), ("密码是: Xiatian2024", "密码是: *"), ("密码为Xia#Tian2024", "密码为*"),
        ("密码是:Xiatian2024", "密码是:*"),
        ("パスワードはNatsu2024です", "パスワードは*です"), ("비밀번호는 Yeoreum2024", "비밀번호는 *"),
        ("비밀번호는 Yeoreum2024입니다", "비밀번호는 *입니다"), ("비밀번호:가나다라", "비밀번호:*"),
        ("รหัสผ่านคือSongkran2024", "รหัสผ่านคือ*"),
    ])
    func sentencesThatSayAPasswordAreFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == shown)
    }

    @Test(arguments: [
        "le mot de passe a été changé", "le mot de passe est requis", "your password is required",
        "the password - as always - must be long", "parole officer: Smith", "parole: en l'air", "clave: sol",
        "clave: ES-2024-B", "un mot. De passe: abc", "κωδικός: 500", "deşifre: abc", "heslo je povinné",
        "пароль — это важно", "PASS - TestUser2Login ok", "Reset passwords\n- ticket4711 closed",
        "password - see ticket-4711", "密码是至少8位", "密码是Base64编码", "密码是错误的", "订单是Xiatian2024", "パスワードは8文字以上",
        "비밀번호는 10자리입니다", "비밀번호가 변경되었습니다", "주문은 Yeoreum2024", "kata kunci: panas",
    ])
    func whatIsSaidOfPasswordsStays(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == text)
    }

    /// Half-width kana, kana and Hangul in parts, letters of Arabic and Hebrew for print, wide ones, and other blanks.
    private static let forms = [
        "ﾊﾟｽﾜｰﾄﾞ", "ハ\u{309A}スワート\u{3099}", "ハ゜スワート゛", "ﾊ\u{309A}スワート\u{3099}", "ﾊﾟｽｺｰﾄﾞ",
        "ハ\u{309A}スコート\u{3099}",
        "\u{1107}\u{1175}\u{1106}\u{1175}\u{11AF}\u{1107}\u{1165}\u{11AB}\u{1112}\u{1169}",
        "비미\u{11AF}버\u{11AB}호", "\u{110B}\u{1161}\u{11B7}\u{1112}\u{1169}",
        "ﻛﻠﻤﺔ ﺍﻟﻤﺮﻭﺭ", "ﺭﻣﺰ ﻋﺒﻮﺭ", "ﺭﻣﺰ ﺍﻟﻤﺮﻭﺭ", "\u{FEDB}\u{FE77}\u{FEE0}\u{FEE4}\u{FE94} ﺍﻟﺴﺮ",
        "סיס\u{FB3E}ה", "\u{FB41}יסמה",
        "ｐａｓｓｗｏｒｄ", "mot\u{A0}de\u{202F}passe", "пароль\u{A0}",
    ]

    /// By bytes: what stays is in the form that it had.
    private static func expect(_ text: String, shows shown: String) {
        let found = CredentialText.without(text)
        #expect(found.utf8.elementsEqual(shown.utf8), "\(found), not \(shown)")
    }

    @Test(arguments: forms) func namesAreFoundInAnyForm(name: String) {
        #expect(CredentialNames.open(Array(name.utf8)[...]))
        for text in ["\(name): ", "x \(name) = ", "\(name):"] {
            #expect(CredentialText.holds(Array((text + "abc2024").utf8)[...], .certain))
            Self.expect(text + "abc2024, x", shows: text + "*, x")
        }
    }

    /// Whatever blank parts the words, and however the copula is written; what stays is as it was.
    @Test(arguments: [
        "password\u{A0}is\u{A0}", "password\u{202F}is\u{202F}", "password\u{2009}is\u{2009}",
        "password\u{3000}is\u{3000}", "password\u{1680}is\u{205F}\u{2000}", "password ｉｓ ", "pin\u{A0}is\u{A0}",
        "\u{3000}пароль\u{A0}—\u{2003}", "senha e\u{301} ", "ﻛﻠﻤﺔ ﺍﻟﻤﺮﻭﺭ ﻫﻲ ", "ハ\u{309A}スワート\u{3099}は",
        "ハ\u{309A}スワート\u{3099}か\u{3099}", "\u{110B}\u{1161}\u{11B7}\u{1112}\u{1169}\u{1102}\u{1173}\u{11AB} ",
        "mot\u{A0}de\u{A0}passe\u{A0}: ", "--password\u{A0}", "Bearer\u{A0}",
    ])
    func sentencesAreFoundInAnyForm(text: String) {
        let value = text.hasPrefix("pin") ? "471122" : "Natsu2024xyz"
        #expect(CredentialText.holds(Array((text + value).utf8)[...], .certain))
        Self.expect(text + value, shows: text + "*")
        Self.expect("ﾎﾃﾙ\u{2003}" + text + value + "\u{A0}ﾃﾞｽ", shows: "ﾎﾃﾙ\u{2003}" + text + "*\u{A0}ﾃﾞｽ")
    }

    /// The same words without a secret, and other words of the same parts.
    @Test(arguments: [
        "ﾊﾟｽﾜｰﾄﾞ ｦ ﾜｽﾚﾏｼﾀ", "ﾊｽﾜｰﾄ: abc2024", "your\u{A0}password\u{A0}is\u{A0}required", "10\u{202F}000\u{A0}€",
        "\u{1107}\u{1175}\u{1106}\u{1175}\u{11AF}: abc2024", "ﻛﻠﻤﺔ: abc2024", "密码\u{3000}错误",
    ])
    func otherWordsInTheseFormsStay(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...], .certain))
        Self.expect(text, shows: text)
    }
}
