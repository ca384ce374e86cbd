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
