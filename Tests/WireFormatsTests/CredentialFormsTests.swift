import Testing
import WireFormats

/// Spellings in which secrets are met, and their neighbours that open nothing.
@Suite struct CredentialFormsTests {
    private static let bot = "AA" + String(repeating: "aB3_-", count: 6) + "xyz"

    private static let opening = [
        ("123456789:\(bot)", "123456789:*"),
        ("https://api.telegram.org/bot123456789:\(bot)/getMe", "https://api.telegram.org/bot123456789:*/getMe"),
        ("https://discord.com/api/webhooks/123/abc-def", "https://discord.com/api/webhooks/*"),
        (
            "https://outlook.office.com/webhook/a@b/IncomingWebhook/c",
            "https://outlook.office.com/webhook/a@b/IncomingWebhook/*"
        ),
        ("https://x.webhook.office.com/webhookb2/a/b", "https://x.webhook.office.com/webhookb2/*"),
        ("Authorization: Token abc", "Authorization: Token *"), ("X-Amz-Signature=4bf9", "X-Amz-Signature=*"),
        (
            "https://h/x?X-Amz-Credential=AKIA&X-Amz-Signature=4bf92f&a=1",
            "https://h/x?X-Amz-Credential=*&X-Amz-Signature=*&a=1"
        ),
        ("AWS_SECRET_ACCESS_KEY=abc/def", "AWS_SECRET_ACCESS_KEY=*"), ("pwd=a/bcdefgh", "pwd=*"),
        (#""private_key_id": "4bf92f35""#, #""private_key_id": "*""#), ("sv=2020&sig=abcdef", "sv=2020&sig=*"),
        ("sig=a1b2c3d4", "sig=*"), ("AccountName=x;AccountKey=abc0==;E=y", "AccountName=x;AccountKey=*;E=y"),
        ("<password>x y z</password>", "<password>*</password>"),
        ("a <ns:apiKey>abc</ns:apiKey>", "a <ns:apiKey>*</ns:apiKey>"),
        ("<w:Password Type=\"Text\">x y z</w:Password>", "<w:Password Type=\"Text\">*</w:Password>"),
        ("zip -P s3cr3tpw a.zip", "zip -P * a.zip"), ("set password to hunter22", "set password to *"),
        ("<token>a1b2c3d4</token>", "<token>*</token>"), (#"got "api_key": "xyz""#, #"got "api_key": "*""#),
        (#"{\"api_key\":\"xyz\"}"#, #"{\"api_key\":\"*\"}"#), ("password is 'hunter22'", "password is '*'"),
        (#"{"password": "correct horse battery"}"#, #"{"password": "*"}"#), ("pwd:hunter22", "pwd:*"),
        (#"{\"password\": \"correct horse\"}"#, #"{\"password\": \"*\"}"#),
        ("password='abc d' x", "password='*' x"), ("Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: *"),
        ("curl -H 'Cookie: a=b1; c=d2' http://h", "curl -H 'Cookie: *' http://h"),
        ("Cookie: a=b1; c=d2\nX: y", "Cookie: *\nX: y"), ("sk-ant-api03-0123456789ab", "*"),
        ("sk-proj-0123456789abcdef", "*"),
        ("glpat-0123456789abcdefghij", "*"), ("glrt-0123456789abcdefghij", "*"), ("xoxe-1-0123456789abcdefgh", "*"),
        ("npm_0123456789abcdefghijABCDEFGHIJ012345", "*"), ("SG.abcdefghijklmnop.0123456789abcdefghijABC", "*"),
        ("pypi-AgEIcHlwaS5vcmc0123456789", "*"), ("sk_live_0123456789abcdefghij", "*"),
        (#"{"private_key": "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"}"#, #"{"private_key": "*"#),
        ("postgres://user:pw@host", "postgres://*@host"), ("password%3Dhunter22", "password%3D*"),
        ("password%253Dhunter22", "password%253D*"), ("%22api_key%22%3A%22xyz%22%7D", "%22api_key%22%3A%22*%22%7D"),
        ("https://h/cb?next=%2Fx%3Ftoken%3Da1b2c3d4%26b%3D1", "https://h/cb?next=%2Fx%3Ftoken%3D*%26b%3D1"),
        ("postgres%3A%2F%2Fbot%3Ahunter2%40db%2Fx", "postgres%3A%2F%2F*%40db%2Fx"),
        ("key%20sk-0123456789abcdef0", "key%20*"), ("np\u{E0041}m_0123456789abcdefghijABCDEFGHIJ012345", "*"),
        ("np\u{180B}m_0123456789abcdefghijABCDEFGHIJ012345", "*"),
    ]

    /// Names in other languages, and lists below a name.
    @Test(arguments: [
        ("passwort: abc", "passwort: *"), ("DB_KENNWORT=abc", "DB_KENNWORT=*"), ("mot_de_passe=abc", "mot_de_passe=*"),
        ("mot de passe: hunter22", "mot de passe: *"), ("contraseña: abc", "contraseña: *"),
        ("contrasen\u{303}a: abc", "contrasen\u{303}a: *"), ("CONTRASENA=abc", "CONTRASENA=*"),
        ("senha: abc", "senha: *"),
        ("Passwort ist hunter22", "Passwort ist *"), ("hasło: abc", "hasło: *"), ("Пароль: abc", "Пароль: *"),
        ("пароль=abc", "пароль=*"), ("ПАРОЛЬ=abc", "ПАРОЛЬ=*"), ("ПАРОЛИ: abc", "ПАРОЛИ: *"),
        ("Пароли: abc", "Пароли: *"), ("ПАРОЛА=abc", "ПАРОЛА=*"), ("Парола: abc", "Парола: *"),
        ("密码: abc123", "密码: *"), ("密码：abc123", "密码：*"), ("密码： abc123", "密码： *"),
        (#"{"パスワード":"abc"}"#, #"{"パスワード":"*"}"#), ("비밀번호: abc", "비밀번호: *"),
        ("passwords:\n  - abc\n  - def ghi\nuser: x", "passwords:\n  - *\nuser: x"),
        ("passwords:\n- \"abc d\"\n- \"def\"\n", "passwords:\n- \"*\"\n"), ("secret:\n\t- abc", "secret:\n\t- *"),
        ("passwörter: x\npasswords: [abc, def]", "passwörter: x\npasswords: [*]"),
        (#"{"passwords": ["abc", "def"], "a": "b"}"#, #"{"passwords": ["*"], "a": "b"}"#),
        (#"{\"passwords\": [\"abc\", \"def\"]}"#, #"{\"passwords\": [\"*\"]}"#),
    ])
    func namesOfOtherLanguagesAndListsAreFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == shown)
    }

    @Test(arguments: opening)
    func spellingsOfSecretsAreFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...], .certain) == (shown != text))
        #expect(CredentialText.without(text) == shown)
    }

    @Test(arguments: [
        "123456789:12345678901234567890123456789012345", "12:\(bot)", "123456789:\(bot)x", "https://h/webhook/orders",
        "X-Amz-Date=20261129", "public_key_id: 4bf92f35", "sig: base plan", "config=a1b2c3d4", "the design sig=none",
        "<password></password>", "login <user> <password> [options]", "<token>12</token>", "<name>abcdef</name>",
        "zip -r a.zip b", "set the password to whatever", "<password type=\"x\"/> a", "<user name=\"a\">abc</user>",
        "<password>abc", "<password>null</password>", "password:/etc/x", "100%25 done",
        "50% of 3 tokens", "name%3Dvalue", "https://h/a%2Fb%3Fc%3Dd", "time%3A12%3A30", "password%3D", "password%3",
        "https%3A%2F%2Fexample.com%2Fusers", "max_tokens%3D100", "cookie consent; a=b", "glrt-short", "bakery: a; b=c",
        "resenha: muito boa", "the passwords\n - were changed", "password rules:\n - be long", "impasse: abc123def",
        "密码错误 请重试", "password:\n- x\n- y", "passwords: []", "时间：2026-11-22",
    ])
    func theirNeighboursStay(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == text)
    }
}
