import Testing
import WireFormats

/// What looking for what opens something costs, and that one look finds what looking again and again would.
@Suite struct CredentialSearchTests {
    /// Finds upon finds, names without values, signs upon signs: each as one word or as many.
    private static let hostile = [
        "password=abc ", "&password=abc", "token=a1b2c3 ", "&token=a1b2c3d", "bot123456789:", "<a>", "value=", "==",
        "a://b@", ": ", ":", "token:", "password ", "--password hunter2 ", "pin is 4711 ", "curl -u a:b ", "mysql -p ",
        "docker login -p abc ",
        "Bearer abc123def456 ", "AIzabcdef0123456789/", "aB3dE5fG7hI9jK1lM3nO/", "aB3d/E5fG+", "hooks.", "a/hooks.b?",
        "-----BEGIN ", "-", "eyJabcdefghijklmnop/", "?key=*", "password:is:", "****", "sk-0123456789abcdef;", "a@",
        "a:%2F%2Fb", "a%3A%2F%2Fb%40", "%22password%22%3A%22abc%22", "password%3Dabc%26", "token%3D", "%25", "%2",
        "pwd=a/b",
        "<password>", "<password>x y</a>", "Cookie: a=b1; ", "\"password\":\"abc d\" ", "password: \"abc ",
        "passwords:\n- abc\n", "passwords:\n- ", "passwords:\n- abc\nx\n", "- abc\n", "\n ", "passwords: [abc, ",
        "passwords: [abc] ", "密码：abc ", "密码：", "пароль: a ", "пароль", "：",
        "密码是", "密码是 ", "密码是：", "密码是a1b2c3d", "密码是a1b2c3d，", "パスワードはNatsu2024です", "は", "비밀번호는 ",
        "비밀번호는 Yeoreum2024 ", "รหัสผ่านคือ", "mot de passe ", "mot de passe: ", "mot de passe : a ",
        "mot de passe est Soleil#2024 ", "passe:", "passe: ", " passe", "كلمة المرور: a ", "كلمة ", "пароль — ", "— ",
        "пароль - Leto2024 ", "пароль это Leto2024! ", "senha é ", "password﹕", "ｐassword: abc ", "şifre: a ", "ş",
        "κωδικός: ", "clave: a1b2c3 ", "\u{A0}", "password\u{A0}is\u{A0}Summer2024!\u{3000}", "ﾊﾟｽﾜｰﾄﾞ: a ",
        "ﾊ\u{3099}", "\u{3099}", "\u{1112}\u{1161}\u{11AB}", "\u{1161}", "ﻛﻠﻤﺔ ﺍﻟﻤﺮﻭﺭ: a ", "\u{FE76}ﻻ",
        "sk-", "eyJ-", "“sk-x”", "\u{200B}sk-", "name: password value: ", "[\"password\",\"", "[[\"a\",\"b\"],",
        "pw_new", "password_new_", "secret_base=", "Bearer abcdefghijklmno ", "4bf92f3577b34da6a3ce929d0e0e4736“",
        "ｓｋ－", "u:pw@h:80/", "//u:pw@h", "a://u:p/", "machine ", "password := ", "---- BEGIN SSH2 ",
        "\"--password\",\"", "\"--password\",\"abc d\",", "\"-p\",\"a\",", "{\"token\":{\"value\":\"",
        "token: {value: ",
        "token { ", "\"field_name\":\"password\",\"field_value\":\"", "api key ", "api key: ", "api key is a1b2c3d4 ",
        "y ", "create user ", "identified by ", "identified by 'a1b2c3d4' ", "create user a password 'b c' ",
        "by password ",
        "4bf92f3577b34da6a3ce929d0e0e4736-", "-929d0e0e", "key-4bf92f3577b34da6a3ce929d0e0e4736", "sk_",
        "secret_aB3dE5", "cio", "pat.",
    ]

    @Test(arguments: hostile)
    func eachByteCostsTheSame(unit: String) {
        for before in ["", "x ", "password", String(repeating: "1", count: 4_000) + " "] {
            for suspicion in [CredentialText.Suspicion.certain, .random] {
                let few = Array((before + String(repeating: unit, count: 64)).utf8)
                let many = Array((before + String(repeating: unit, count: 16 * 64)).utf8)
                let (least, most) = (
                    CredentialText.steps(few[...], suspicion), CredentialText.steps(many[...], suspicion)
                )
                #expect(least >= few.count)
                #expect(most <= 20 * least, "\(unit) behind \(before.prefix(9)): \(least), \(most)")
            }
        }
    }

    /// The clock says the same of what counts no steps: the end of a name is looked for in the last of it.
    @Test func longNamesAreLookedAtInTime() {
        let text = String(repeating: "1", count: 500_000) + String(repeating: " :", count: 200_000)
        // Squares would take minutes.
        let clock = ContinuousClock()
        #expect(clock.measure { _ = CredentialText.holds(Array(text.utf8)[...]) } < .seconds(20))
        let named = String(repeating: "password=abc ", count: 60_000)
        var shown = ""
        #expect(clock.measure { shown = CredentialText.without(named) } < .seconds(20))
        #expect(shown == String(repeating: "password=* ", count: 60_000))
    }

    /// Finds one after the other, by what looking once more from behind each would find.
    private static func again(_ text: String, _ suspicion: CredentialText.Suspicion) -> String {
        let bytes = Array(text.utf8)
        var (result, done): ([UInt8], Int) = ([], 0)
        while let found = CredentialText.first(in: bytes[done...], suspicion) {
            result += bytes[done..<found.lowerBound] + [UInt8(ascii: "*")]
            done = found.upperBound
        }
        return String(decoding: result + bytes[done...], as: UTF8.self)
    }

    @Test func oneLookFindsWhatManyFind() {
        let pieces = [
            "password", "token", "x", "Authorization", "Bearer", "is", "hunter2", "abc123def456", "a/b", "user", "host",
            "sk-0123456789abcdefghij", "aB3dE5fG7hI9jK1lM3nO", "4bf92f3577b34da6a3ce929d0e0e4736",
            "AKIAIOSFODNN7EXAMPLE", "=", ":", " ", "&", "?", "@", "/", "://", "#", "\"", ",", ";", "\n", "--", "-u",
            "curl", "mysql", "-p", "%3D", "%22", "%3A%2F%2F", "%40", "<password>", "</", "cookie:", "'", "a=b;",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "hooks.", "****", "null", "\u{E9}", "[", "]", "\n- ",
            "密码", "：", "passwords:", "-----BEGIN ", "-----", "是", "비밀번호는 ", "mot de passe", "です", " — ", " é ",
            "\u{A0}", "\u{3000}is\u{2009}", "ﾊﾟｽﾜｰﾄﾞ", "か\u{3099}", "\u{1111}\u{1162}", "\u{11AB}", "ﻻ",
            "{", "value", "field_name", "field_value", "\",\"", "--password", "create user ", " identified by ",
            "api key",
        ]
        var state: UInt64 = 3
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var finds = 0
        for _ in 0..<20_000 {
            let text = (0..<(2 + draw(14))).map { _ in pieces[draw(pieces.count)] }.joined()
            for suspicion in [CredentialText.Suspicion.certain, .random] {
                let shown = CredentialText.without(text, suspicion)
                // Shorter texts are not looked at.
                if text.utf8.count >= 8 { #expect(shown == Self.again(text, suspicion), "\(text)") }
                let isHeld = CredentialText.holds(Array(text.utf8)[...], suspicion)
                #expect(isHeld == (shown != text) || text.contains("*"), "\(text)")
                finds += isHeld ? 1 : 0
            }
        }
        // Both are met.
        #expect(finds > 4_000 && finds < 39_000, "\(finds)")
    }

    /// Most texts are told by a quick look: it passes over none in which the whole look finds something, and takes none
    /// in which that finds nothing.
    @Test func theQuickLookSaysWhatTheWholeOneDoes() {
        let words = [
            "sk", "pat", "e2b", "dapi", "eyJ", "eyJ0eXAiOiJKV1QifQ.eyJzdWIi", "hooks.", "webhooks", "order", "Pay", "7",
            "2024", "aB3dE5fG7hI9jK1lM3nO", "4bf92f3577b34da6", "a3ce929d0e0e4736", "ae", "Q", "customer", "wJalrXUtnF",
        ]
        let signs = ["", "-", "_", ".", "/", "-", "/", ":", " "]
        var state: UInt64 = 5
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var finds = 0
        for _ in 0..<10_000 {
            // A slice, as texts of events are.
            var text = Array("ab".utf8)
            for _ in 0...draw(5) {
                let keys = CredentialPrefixesTests.keys
                let piece = draw(8) == 0 ? keys[draw(keys.count)] : words[draw(words.count)]
                text += piece.utf8.prefix(draw(3) == 0 ? draw(piece.utf8.count) : piece.utf8.count)
                text += signs[draw(signs.count)].utf8
            }
            let slice = text[2...]
            guard slice.count >= 8 else { continue }
            for suspicion in [CredentialText.Suspicion.identifier, .certain, .mixed, .random] {
                let isHeld = CredentialText.holds(slice, suspicion)
                #expect(
                    isHeld == (CredentialText.first(in: slice, suspicion) != nil),
                    "\(String(decoding: slice, as: UTF8.self)), \(suspicion)")
                finds += isHeld ? 1 : 0
            }
            let mayBeIn = CredentialPrefixes.mayBeIn(slice.span)
            #expect(mayBeIn || !CredentialPrefixes.begins(slice))
        }
        // Both are met.
        #expect(finds > 8_000 && finds < 32_000, "\(finds)")
    }

    /// Several finds in a text and in a word, and what stands before a private key.
    @Test(arguments: [
        ("password=abc password=def x", "password=* password=* x"),
        ("a&password=abc&pwd=def&x=1", "a&password=*&pwd=*&x=1"), ("a://b@c://d@e", "a://*@c://*@e"),
        ("password: abc, token: a1b2c3 and sk-0123456789abcdef", "password: *, token: * and *"),
        ("password=abc -----BEGIN KEY-----\nabc", "password=* *"), ("-----BEGIN a -----BEGIN b", "*"),
        ("-----BEGIN a password=abc", "-----BEGIN a password=*"),
        ("Bearer abc123def456 is abc123def456", "Bearer * is abc123def456"),
    ])
    func allIsFound(text: String, shown: String) { #expect(CredentialText.without(text) == shown) }
}
