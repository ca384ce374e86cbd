import Testing
import WireFormats

@Suite struct CredentialTextTests {
    /// What opens something, and what is shown instead.
    @Test(arguments: [
        ("Bearer abc123def456", "Bearer *"), ("call Bearer xxxxxxxxxxxxxxxxxxxxxxxxxx now", "call Bearer * now"),
        ("Authorization: Bearer short1", "Authorization: Bearer *"), ("Basic dXNlcjpwYXNzd29yZA==", "Basic *"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "*"), ("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.abc", "*"),
        ("postgres://bot:hunter2@db:5432/x", "postgres://*@db:5432/x"),
        ("https://token@sentry.io/1", "https://*@sentry.io/1"),
        ("https://h/v1?api_key=abc", "https://h/v1?api_key=*"),
        ("https://h/v1?x=1&sig=abcdef", "https://h/v1?x=1&sig=*"),
        ("Server=a;User=b;Password=secret1;", "Server=a;User=b;Password=*;"),
        ("host=a user=b password=pw1", "host=a user=b password=*"), (#"{"password":"hunter2"}"#, #"{"password":"*"}"#),
        (#"{"password":12345}"#, #"{"password":*}"#), (#"{"a":{"api_key": "xyz"}}"#, #"{"a":{"api_key": "*"}}"#),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "*"),
        ("AKIAIOSFODNN7EXAMPLE", "*"), ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "*"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "*"), ("aB3dE5fG7hI9jK1lM3nO", "*"),
        ("x-api-key: abcdef", "x-api-key: *"),
        ("https://hooks.slack.com/services/T0000/B000/X", "https://hooks.slack.com/*"),
        ("key of 4bf92f3577b34da6a3ce929d0e0e4736", "key of *"),
        ("amqp://guest:guest@host/", "amqp://*@host/"), ("redis://:pw@h:6379", "redis://*@h:6379"),
        ("SharedAccessSignature sr=x&sig=abc%3d&se=1", "SharedAccessSignature sr=x&sig=*&se=1"),
        ("a=sk-0123456789abcdef;b=ghp_0123456789abcdefghij", "a=*;b=*"),
    ])
    func whatOpensSomethingIsFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...]))
        #expect(CredentialText.without(text, .random) == shown)
    }

    /// Names of models and tools, ids, hashes, addresses, sentences.
    @Test(arguments: [
        "gpt-4o-2024-08-06", "Meta-Llama-3.1-8B-Instruct-Turbo", "sk-SK", "claude-sonnet-4-5@20250929",
        "GetCustomerOrderHistoryV2", "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude",
        "https://api.openai.com/v1/chat", "550e8400-e29b-41d4-a716-446655440000",
        "app@sha256:4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e4736",
        "basic authentication", "Basic plan", "The bearer certificate", "POST /v1/messages", "what now?",
        "<class 'openai.RateLimitError'>", "Responses API with {gen_ai.request.model!r}", "2026-11-22T14:25:20.250Z",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV", "max_tokens=100", "password reset flow",
        "ft:gpt-3.5-turbo-0613:personal::7qTVM5AR",
        "accounts/fireworks/models/llama-v3p1-405b-instruct", "ERR_TOKEN_EXPIRED", "tokens: 123456", "", "short",
    ])
    func whatOpensNothingStays(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...]))
        #expect(CredentialText.without(text, .random) == text)
    }

    /// Names that stand before counts and sentences as well, and values that no sign parts from their names.
    @Test(arguments: [
        ("token=abc123def456", "token=*"), ("token: s3cr3tvalue", "token: *"), ("TOKEN = tk8f3kd9", "TOKEN = *"),
        ("X-Vault-Token: hvs1a2b3c4d", "X-Vault-Token: *"), ("PRIVATE-TOKEN: gl9xk2mm4", "PRIVATE-TOKEN: *"),
        ("x-auth: 7f3k9d2m", "x-auth: *"), ("pass: hunter2", "pass: *"), ("pass=p@ss!word", "pass=*"),
        ("userPass: hunter2", "userPass: *"), ("Password is hunter2", "Password is *"),
        ("the password is: hunter2.", "the password is: *"), ("my token is 'abc123def456'", "my token is '*'"),
        ("login --password hunter2 now", "login --password * now"), ("login --password 12345", "login --password *"),
        ("x --api-key abc123 -v", "x --api-key * -v"), ("x --token abc123def", "x --token *"),
        ("mysql -uroot -phunter db", "mysql -uroot -p* db"), ("/usr/bin/mysqldump -psecret", "/usr/bin/mysqldump -p*"),
        ("sshpass -p hunter ssh h", "sshpass -p * ssh h"), ("redis-cli -a hunter get x", "redis-cli -a * get x"),
        ("docker login -u me -p hunter r.io", "docker login -u me -p * r.io"),
        ("curl -u user:hunter http://h/", "curl -u * http://h/"), ("curl -uuser:hunter h", "curl -u* h"),
        ("curl --user user:hunter h", "curl --user * h"), ("otp=123456", "otp=*"), ("pin: 4711", "pin: *"),
        ("your PIN is 4711.", "your PIN is *"), ("Authorization abc123def456", "Authorization *"),
    ])
    func whatLooksTheSecretBehindAWeakNameIsFound(text: String, shown: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == shown)
    }

    /// The same names before what is counted, named or said.
    @Test(arguments: [
        "tokens: 512", "max_tokens=100", "token: 123456", "pass: 3 of 4 tests", "token limit exceeded",
        "pin: pinned version 2", "pin: 13", "pass: 98.5%", "pass: 512ms", "auth: oauth2", "auth: basic plan",
        "token: EndOfStatement", "token: unexpected", "auth: http-401-unauthorized", "token: 2026-11-22T14:25:20Z",
        "token=$API_TOKEN_2", "spin: 4711", "bypass: abc123def", "Password is required", "password is too short",
        "password is base64 encoded", "--password is required", "use --password to log in", "--pass -x1y2z3",
        "authorization failed 404", "password reset within 24h", "mysql -p prompts", "docker run -p 8080:80 x",
        "docker run -u 1000:1000 x", "curl -u http://h/", "ls -pla", "one-time pin sent", "--tokens 12345",
        "pass: true", "auth: /etc/auth/v2.conf", "step_token: version-2",
    ])
    func whatFollowsAWeakNameInTextsStays(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...], .certain))
        #expect(CredentialText.without(text) == text)
    }

    /// As members: what the text does not say, its name does.
    @Test func valuesUnderWeakNamesAreLookedAt() {
        let value = Array("hunter2".utf8)[...]
        for name in ["token", "x_auth", "dbPass"] { #expect(CredentialText.holds(value, under: Array(name.utf8)[...])) }
        for name in ["tokens", "note", "compass"] {
            #expect(!CredentialText.holds(value, under: Array(name.utf8)[...]))
        }
        for text in ["512", "unexpected", "3 of 4 tests", "gpt-4"] {
            #expect(!CredentialText.holds(Array(text.utf8)[...], under: Array("token".utf8)[...]), "\(text)")
        }
        #expect(CredentialText.holds(Array("4711".utf8)[...], under: Array("pin".utf8)[...]))
        #expect(!CredentialText.holds(Array("4711".utf8)[...], under: Array("token".utf8)[...]))
    }

    /// Names upon names without a value take as long for each byte as a few do.
    @Test func manyNamesAreLookedAtInTime() {
        let clock = ContinuousClock()
        for unit in ["token:", "pass=", "--password ", "pin is ", "mysql -p ", "curl -u ", "token:a1"] {
            let text = Array(String(repeating: unit, count: 8_000).utf8)
            // Squares would take minutes.
            #expect(clock.measure { _ = CredentialText.holds(text[...], .certain) } < .seconds(20), "\(unit)")
        }
    }

    /// Ids look drawn by lot, and are.
    @Test func idsAreSuspectedOfLess() {
        let drawn = Array("aB3dE5fG7hI9jK1lM3nO".utf8)[...]
        for name in ["id", "conversation_id", "gen_ai.response.id", "sessionId", "service.version", "file_hash"] {
            #expect(!CredentialText.holds(drawn, under: Array(name.utf8)[...]), "\(name)")
            #expect(CredentialText.holds(Array("Bearer abc123def456".utf8)[...], under: Array(name.utf8)[...]))
        }
        for name in ["note", "tool", "gen_ai.agent.name", "value"] {
            #expect(CredentialText.holds(drawn, under: Array(name.utf8)[...]), "\(name)")
        }
        #expect(CredentialText.holds(drawn, .random) && !CredentialText.holds(drawn, .certain))
    }

    /// Names of models end in digests, which are no keys there; what says itself what it is stays one.
    @Test func digestsOfModelsStay() {
        let digests = [
            "mistral@sha256:4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736",
            "llama3:8b-instruct-q4_0-4bf92f3577b34da6a3ce929d0e0e4736", "model:abcdef0123456789abcdef0123456789",
            "qwen@4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736",
        ]
        let secrets = [
            "sk-0123456789abcdefghij", "password=hunter2", "aB3dE5fG7hI9jK1lM3nO", "https://h/v1?api_key=abc",
            "gpt-4o:ghp_0123456789abcdefghij",
        ]
        let names = ["gen_ai.request.model", "response_model", "llm.model_name", "ls_model_name", "litellm.model_group"]
        for name in names.map({ Array($0.utf8)[...] }) {
            for text in digests { #expect(!CredentialText.holds(Array(text.utf8)[...], under: name), "\(text)") }
            for text in secrets { #expect(CredentialText.holds(Array(text.utf8)[...], under: name), "\(text)") }
        }
        for text in ["model:abcdef0123456789abcdef0123456789", "4bf92f3577b34da6a3ce929d0e0e4736"] {
            #expect(CredentialText.holds(Array(text.utf8)[...], under: Array("model_note".utf8)[...]))
            #expect(row(event("llm.call", #""request_model":"\#(text)","response_model":"m""#)).contains(text))
            #expect(!row(event("llm.call", #""request_model":"m","provider":"\#(text)""#)).contains(text))
        }
    }

    /// However a text is cut, looking at it ends.
    @Test func anyTextIsLookedAtToItsEnd() {
        let signs = Array("a1B:=/?&#@-. \"{};,\u{E9}BearereyJsk-password".utf8)
        var state: UInt64 = 9
        for _ in 0..<20_000 {
            let bytes = (0..<24).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return signs[Int(state >> 33) % signs.count]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(CredentialText.without(text, .random).utf8.count <= text.utf8.count + text.utf8.count)
        }
    }
}
