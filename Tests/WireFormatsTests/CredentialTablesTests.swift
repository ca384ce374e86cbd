import Testing
import WireFormats

/// Texts as support desks meet them: those that open something, and those that look as if they did.
@Suite struct CredentialTablesTests {
    @Test(arguments: [
        "the key “sk-Zx4Q9hT2bV7mK1pL8wR3” leaks", "token **ghp_Zx4Q9hT2bV7mK1pL8wR3yN6cD5** here",
        "「xoxb-123456789012-Zx4Q9hT2bV7mK1pL8wR3」", "the key：dop_v1_4bf92f3577b34da6a3ce929d0e0e4736",
        "🔑AKIAZX4Q7HT2BV6MK3PL", "_glpat-Zx4Q9hT2bV7mK1pL8wR3_", "set to 4bf92f3577b34da6a3ce929d0e0e4736!",
        "set to 4bf92f3577b34da6a3ce929d0e0e4736.", "“4bf92f3577b34da6a3ce929d0e0e4736”",
        "to *4bf92f3577b34da6a3ce929d0e0e4736*, then", "key gh\u{200B}p_Zx4Q9hT2bV7mK1pL8wR3yN6cD5",
        "pass\u{200D}word: Winter2024x", "password:\u{200B} Winter2024y",
        "postgres:\u{200B}//bob:Hunter2z@db/x", "ｐａｓｓｗｏｒｄ： Winter2024fw", "postgres：／／bob：Hunter2fw＠db",
        "－－－－－ＢＥＧＩＮ ＰＲＩＶＡＴＥ ＫＥＹ－－－－－\nMII", "ｓｋ－Ｚｘ４Ｑ９ｈＴ２ｂＶ７ｍＫ１ｐＬ８ｗＲ３", "Bearer “abc123def456”",
        "(eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.abc)", "→eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.abc…",
        #"[{"key":"password","value":"hunter"}]"#, #"{"name":"DB_PASSWORD","value":"hunter"}"#,
        #"{"value":"x","key":"api_key","value":"hunter"}"#, #"{\"name\":\"password\",\"value\":\"hunter\"}"#,
        #"[["Authorization","hunter"],["X-Api-Key","abc"]]"#, #"["DB_PASSWORD","hunter42x"]"#,
        "name: DB_PASSWORD\n  value: hunter", "password_new=abc", "password_old: abc",
        "password-confirmation: abc", "passwordConfirmation=abc", "passwordField: abc", "secretValue=abc",
        "client_secret_value=abc", "api_key_prod=abc", "SECRET_KEY_BASE=abc", "JWT_SECRET_OLD=abc",
        "STRIPE_SECRET_LIVE=abc", "db_password_1: abc", "tokenValue: a1b2c3d4", "creds: abc", "pw: swordfish",
        "jwt=abcdef", "https://h/?pw=abc", "https://h/?jwt=abc", "JSESSIONID=abc", "https://h/a;jsessionid=abc",
        "PHPSESSID: abc", "connect.sid=abc", "azure_key=4bf92f3577b34da6a3ce929d0e0e4736",
        "Ocp-Apim-Subscription-Key: 4bf92f3577b34da6a3ce929d0e0e4736",
        "x-functions-key: 4bf92f3577b34da6a3ce929d0e0e4736", "license_key=4bf92f3577b34da6a3ce929d0e0e4736",
        "deploy_key: 4bf92f3577b34da6a3ce929d0e0e4736", "openai_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "the key 4bf92f3577b34da6a3ce929d0e0e4736", "session=4bf92f3577b34da6a3ce929d0e0e4736",
        "rubygems_4bf92f3577b34da6a3ce929d0e0e4736aabb",
        "api_key=key-4bf92f3577b34da6a3ce929d0e0e4736", "pat-na1-4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
        "see ATATT3xFfGF0Zx4Q9hT2bV7mK1pL8wR3", "Bearer abcdefghijklmno", "Basic dXNlcjpwYXNzd29yZA==",
        "Token a1b2c3d4e5", "https://h/cb?code=4x9Zk2Lm8Qw7", "https://h/p?key=a1b2c3d4e5f6",
        "https://h/p?token=abc", "Cookie: sid=abc", "Cookie:sid=abc", "cookie=sid=abc; b=c", "password=a1b2$c",
        "password: $ecret", "key pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH",
        "mongodb://u:p%40ssw0rd@c/x", "https://h/reset/4bf92f3577b34da6a3ce929d0e0e4736", "password := hunter",
        "| password | schwerto1 |", "machine h.example login bob password hunter", #"{"auth":"dXNlcjpzZWNyZXQ="}"#,
        "Basic dXNlcjpzZWNyZXQ=", "postgres://u:p/w@h", "postgres://u:p?w@h", "postgres://u:p#w@h",
        "key-4bf92f3577b34da6a3ce929d0e0e4736", "sk_4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6",
        #"["curl","-u","bob:hunter2"]"#, #"["mysql","-phunter"]"#, #"["docker","login","-u","me","-p","hunter"]"#,
        #"["--password","hunter"]"#, #"["--password", "hunter x"]"#, #"[\"--token\",\"a1b2c3d4\"]"#,
        #"{"token":{"value":"a1b2c3d4"}}"#, #"{"password":{"value":"hunter"}}"#, "password: {value: hunter}",
        #"{"field_name":"password","field_value":"hunter"}"#, #"{"headerName":"X-Api-Key","headerValue":"hunter"}"#,
        "api key: a1b2c3d4", "the api key is a1b2c3d4 now", "pass phrase: a1b2c3d4", "access token is a1b2c3d4",
        "secret key = a1b2c3d4", "CREATE USER bob IDENTIFIED BY 'hunter'", "create user bob identified by hunter2",
        "ALTER ROLE bob WITH ENCRYPTED PASSWORD 'hunter'", "GRANT ALL ON x TO bob IDENTIFIED BY 'a1b2c3d4'",
        "ALTER USER bob IDENTIFIED WITH mysql_native_password BY 'hunter'", "IDENTIFIED BY PASSWORD 'a1b2c3d4'",
        "SET PASSWORD FOR bob = PASSWORD('hunter')", #"create user bob password "two words""#,
        "4bf92f3577b34da6a3ce929d0e0e4736-us12", "to 4bf92f3577b34da6a3ce929d0e0e4736-929d0e0e-00f067aa.",
        "create user bob password 'password'", "//u:pw9@h/db", "u:pw9@h:5432/db",
        "----BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nabc",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nabc",
    ])
    func whatOpensSomethingIsWithheld(text: String) {
        #expect(CredentialText.holds(Array(text.utf8)[...]))
        let shown = CredentialText.without(text, .random)
        #expect(shown != text && shown.contains("*"), "\(shown)")
    }

    @Test(arguments: [
        "weekly digest 2024-11-29 was sent", "one token order-123456 left", "Basic plan-2024-eu is active",
        "we negotiate contract-2024-001 now", "Digest ORD-12345678 is ready", "Bearer ORD-12345678 of the bond",
        "basic internationalization-support", "The bearer certificate expired", "basic authentication failed",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it",
        "commit: 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "https://github.com/a/b/commit/9fceb02d0ae598e95dc970b74767f19372d61af8",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736", "trace 4bf92f3577b34da6a3ce929d0e0e4736 failed",
        "build 9fceb02d0ae598e95dc970b74767f19372d61af8", "revision 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "git.head=9fceb02d0ae598e95dc970b74767f19372d61af8",
        "artifact: 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "deployment=9fceb02d0ae598e95dc970b74767f19372d61af8",
        "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "MacBookPro14M3Max36GB1TB in stock",
        "HTTP2Error500OnPostV3Api failed", "charge ch_3MmlLrLkdIwHu7ix0snN0B15 refunded",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa", "customer cus_Nf4rFe7UfN2V9HibAAZb",
        "call_Zx4Q9hT2bV7mK1pL8wR3yN6c failed", "toolu_01Zx4Q9hT2bV7mK1pL8wR3",
        "chatcmpl-9xZx4Q9hT2bV7mK1pL8wR3", "password=$DB_PASSWORD", "password: $DB_PASSWORD",
        "cookie: chocolate chip", "https://shop/p?key=shoes", "https://shop/p?code=SUMMER24",
        "https://crm.example/c/1?code=77812345", "password reset link2024", "the password policy changed",
        "password_policy=strict", "passwordLength=12", "secret_santa=yes please", "sk-2024-000123",
        "agent sk-support-bot-production", "order sk-10023944-7 shipped", "ref gsk_order_77812",
        "hf_inference_endpoint_eu_1", "xai-grok-2-1212-latest", "pypi-mirror-sync-worker",
        "SG.order.2024.A1.checkout", "AIzawa Takumi called", "plan lin_api_2024 is due", "hvs.2024112901",
        "fw_rule_2024_000123", "HRKU-2024-000123-000456", "key-2024-11-29-000123",
        "tracking 1Z999AA10123456784", "reservation ABCD1234EFGH5678IJKL9012",
        "order 550e8400-e29b-41d4-a716-446655440000", "Donaudampfschifffahrtsgesellschaft",
        #"{"required":["password","email"]}"#, #"{"name":"topic","value":"refund"}"#,
        #"{"name":"password","type":"string"}"#, #"[["topic","refund"],["intent","return"]]"#,
        "name: DB_HOST\n  value: db.example.org", "value: refund",
        "idempotency_key=4bf92f3577b34da6a3ce929d0e0e4736", "cache_key: 4bf92f3577b34da6a3ce929d0e0e4736",
        "partition_key=4bf92f3577b34da6a3ce929d0e0e4736", "session_id=4bf92f3577b34da6a3ce929d0e0e4736",
        "routing key x4bf2f3577b34da6a3ce929d0e0e4736", "max_tokens=100", "tokens: 1234", "“password” rules",
        "the key was sold", "key: value", "app:latest@sha256:4bf92f35", "registry:5000/img@v2:80",
        "https://shop/a:b@c", "https://shop:8080/@bob/x", "to:bob@h", "the machine of login bob password",
        "machine learning login page password reset", #"{"name":"password","value":"required"}"#,
        #"{"name":"password","value":"optional"}"#, "sk_4bf92f3577b34da6", "key-4bf92f3577b34da6a3ce",
        "SK4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736-usage",
        "4bf92f3577b34da6a3ce929d0e0e4736-0001", "4bf92f3577b34da6a3ce929d0e0e4736-929d0e0e",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736-929d0e0e-00f067aa",
        #"["--password","--user","bob"]"#, #"["--name","hunter"]"#, #"["--password","required"]"#,
        #"["-p","hunter"]"#, "--password, login and more", #"{"token":{"value":"red"}}"#, #"{"token":{"count":12}}"#,
        #"{"colour":{"value":"a1b2c3d4"}}"#, #"{"field_name":"topic","field_value":"refund"}"#,
        #"{"field_type":"password","field_value":"refund"}"#, "api key: required", "the api key is missing",
        "the private key: RSA-2048", "access key: open the door", "monkey business: a1b2c3d4",
        "customers are identified by 'customer_id'", "a user identified by email", "create user accounts by email",
        "create user accounts identified by email", "create login page with password reset", "password 'rules'",
        "we identified the cause by 'diff'", "set user role 'admin'", "create user fields: email, password, \"name\"",
        #"create user with "email", "password", "name""#,
        "auth: authorized", "password | name | role", "token: EndOfStatement", "---- BEGIN of the thread ----",
    ])
    func whatOpensNothingIsKept(text: String) {
        #expect(!CredentialText.holds(Array(text.utf8)[...]))
        #expect(CredentialText.without(text, .random) == text)
    }

    /// As members: keys that open something, whatever they are called, and those that name a thing.
    @Test(arguments: [
        "azure_key", "openai_key", "stripe_key", "subscription_key", "Ocp-Apim-Subscription-Key", "x-functions-key",
        "license_key", "deploy_key", "session_key", "webhook_key", "key", "note",
    ])
    func valuesOfKeysAreWithheld(name: String) {
        for value in ["4bf92f3577b34da6a3ce929d0e0e4736", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"] {
            #expect(CredentialText.holds(Array(value.utf8)[...], under: Array(name.utf8)[...]), "\(value)")
        }
    }

    @Test(arguments: [
        "idempotency_key", "partitionKey", "primary-key", "sort_key", "cache_key", "issue_key", "routing_key", "build",
        "deployment", "git.head", "vcs.ref.head.revision", "artifact", "revision", "digest", "image_tag",
        "container.id", "order", "traceparent", "payment_intent",
    ])
    func idsAndHashesAreKept(name: String) {
        for value in ["9fceb02d0ae598e95dc970b74767f19372d61af8", "pi_3MtwBwLkdIwHu7ix28a3tqPa", "pin:123456"] {
            #expect(!CredentialText.holds(Array(value.utf8)[...], under: Array(name.utf8)[...]), "\(value)")
        }
    }

    /// What an id begins with is no name of what follows; what says by itself that it opens something is no id.
    @Test(arguments: [
        "pin:123456", "pass:2024a1b2", "token:abc12345", "auth:user77x1", "otp:123456-a", "password-reset:abc123",
        "Bearer-77", "https://crm.example/c/1?code=77812345",
    ])
    func namespacesOfIDsAreKept(id: String) {
        #expect(!CredentialText.holds(Array(id.utf8)[...], under: Array("conversation_id".utf8)[...]))
        for secret in ["password:abc", "https://u:p@h/x", "Bearer abc123def456", "sk-Zx4Q9hT2bV7mK1pL8wR3"] {
            #expect(CredentialText.holds(Array(secret.utf8)[...], under: Array("conversation_id".utf8)[...]))
        }
    }

    @Test(arguments: [
        "password_new", "password_old", "passwordConfirmation", "passwordField", "secretValue", "client_secret_value",
        "api_key_prod", "SECRET_KEY_BASE", "JWT_SECRET_OLD", "STRIPE_SECRET_LIVE", "creds", "pw", "db.pw", "jwt",
        "userJwt", "JSESSIONID", "PHPSESSID", "connect.sid",
    ])
    func namesAreReadByTheirWords(name: String) { #expect(CredentialNames.open(Array(name.utf8)[...])) }

    @Test(arguments: [
        "password_policy", "passwordLength", "secret_santa", "value", "new_value", "session_id", "sessionId", "spw",
        "new", "test", "key_value", "password_count", "secretary", "newField", "PASSWORDNEW_COUNT",
    ])
    func otherWordsAreNone(name: String) { #expect(!CredentialNames.open(Array(name.utf8)[...])) }

    /// A name and its value as two members, or as two texts of a list.
    @Test(arguments: [
        #""headers_in":[{"name":"X-Api-Key","value":"hunter"}]"#, #""form":[{"key":"password","value":"hunter"}]"#,
        #""env":{"a":[{"value":"hunter","name":"DB_PASSWORD"}]}"#, #""pairs":[["Authorization","hunter"],["a","b"]]"#,
        #""env":["DB_PASSWORD","hunter42x"]"#, #""name":"password","value":"hunter""#,
        #""note":"[{\"key\":\"api_key\",\"value\":\"hunter\"}]""#,
        #""form":[{"field_name":"password","field_value":"hunter"}]"#, #""x":{"name":"token","value":"hunter42x"}"#,
        #""token":{"type":"bearer","value":"hunter42x"}"#, #""argv":["curl","-u","bob:hunter42x"]"#,
        #""argv":["mysql","-uroot","-phunter"]"#, #""argv":[["login","--password","hunter"]]"#,
    ])
    func pairsAreWithheld(data: String) {
        let kept = row(event("llm.call", data + #","colour":"red""#))
        #expect(!kept.contains("hunter") && kept.contains("red"), "\(kept)")
    }

    @Test(arguments: [
        #""form":[{"key":"topic","value":"refund"}]"#, #""fields":["password","refund"]"#,
        #""fields":[{"name":"password","type":"refund"}]"#, #""pairs":[["topic","refund"]]"#,
        #""name":"refund","value":"password""#, #""form":[{"field_name":"topic","field_value":"refund"}]"#,
        #""x":{"name":"token","value":"refund"}"#, #""token":{"type":"bearer","value":"refund"}"#,
        #""argv":["--password","--reason","refund"]"#, #""argv":["ls","-p","refund"]"#,
        #""argv":["password","reset","refund"]"#,
    ])
    func otherPairsAreKept(data: String) { #expect(row(event("llm.call", data)).contains("refund")) }

    /// What a sender loses of a known field is said.
    @Test(arguments: [
        "agent", "team", "cost_centre", "region", "service_name", "experiment", "variant", "prompt_name", "message_id",
        "request_model",
    ])
    func fieldsThatLookLikeCredentialsAreToldAsWithheld(field: String) {
        let batch = decodeLines(event("llm.call", #""\#(field)":"sk-Zx4Q9hT2bV7mK1pL8wR3""#))
        #expect(batch.batch.count == 1 && batch.warningCount == 1)
        let warning = batch.warnings.first?.warning ?? ""
        #expect(warning.contains("\(field): withheld, since it looks like a credential"), "\(warning)")
        #expect(!warning.contains("Zx4Q") && !warning.contains("\(field): missing"))
    }
}
