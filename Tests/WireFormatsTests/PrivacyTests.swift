import Domain
import Hashing
import Testing
import WireFormats

@Suite struct PrivacyTests {
    static let canary = "CANARY-7f3a"

    /// Events in which a planted value must not survive: rows, rejections and dead letters.
    static let planted = [
        event("llm.call", #""user_id":"CANARY-7f3a""#), event("llm.call", #""user_id":["CANARY-7f3a"]"#),
        event("message.received", #""content":"CANARY-7f3a""#),
        event("message.received", #""content":{"a":"CANARY-7f3a"}"#),
        // A classed name is withheld wherever it stands.
        event("llm.call", #""content":"CANARY-7f3a""#), event("llm.call", #""x":{"y":[{"comment":"CANARY-7f3a"}]}"#),
        event("llm.call", #""attributes":{"content":"CANARY-7f3a","user_id":"CANARY-7f3a"}"#),
        event(extra: #","content":"CANARY-7f3a""#),
        // Wrong fields are told by kind and size.
        event("llm.call", #""status":"CANARY-7f3a""#), event("llm.call", #""input_tokens":"CANARY-7f3a""#),
        event("llm.call", #""stream":"CANARY-7f3a""#), event("llm.call", #""reported_cost_usd":"CANARY-7f3a""#),
        event("price.set", #""valid_from":"CANARY-7f3a""#), event(extra: #","time":"CANARY-7f3a""#),
        event(extra: #","datacontenttype":"CANARY-7f3a""#),
        // Dead letters keep names, kinds and sizes.
        event("no.such", #""user_id":"CANARY-7f3a","note":"CANARY-7f3a","deep":{"a":"CANARY-7f3a"}"#),
        event("no.such", extra: #","ext":"CANARY-7f3a""#),
    ]

    @Test(arguments: planted) func plantedValuesNeverAppear(text: String) {
        let batch = decodeLines(text)
        #expect(batch.eventCount == 1)
        #expect(!String(decoding: batch.batch.bytes, as: UTF8.self).contains(Self.canary))
        #expect(!account(batch).contains(Self.canary), "\(account(batch))")
    }

    /// However long a name is, its end says what stands under it.
    @Test(arguments: ["password", "apiKey", "email", "system_prompt", "messages"], [#""hidden""#, #"["hidden"]"#])
    func longNamesSayWhatTheyEndIn(end: String, value: String) {
        for prefix in ["", "my_", String(repeating: "very_long_", count: 12)] {
            let text = row(event("llm.call", "\"\(prefix)\(end)\":\(value)"))
            #expect(text.hasPrefix("llm.call") && !text.contains("hidden"), "\(text)")
        }
        let name = String(repeating: "very_long_", count: 12) + "password"
        #expect(!row(event("llm.call", "\"\(name)\":12345")).contains("12345"))
        #expect(row(event("llm.call", "\"\(name)_note\":\"kept\"")).contains("kept"))
    }

    /// The one list, of members and of attributes.
    @Test(arguments: ["pwd", "connection_string", "signingKey", "id_token", "api.key", "x-api-key"])
    func namesOfSecretsOpenSomething(end: String) {
        for prefix in ["", "db.", String(repeating: "long_", count: 14)] {
            #expect(CredentialNames.open(Array((prefix + end).utf8)[...]), "\(prefix + end)")
            #expect(!CredentialNames.open(Array((prefix + end + "_count").utf8)[...]), "\(prefix + end)")
        }
    }

    /// An address is one in a member's value, in its name and in the name of a span.
    @Test(arguments: [
        ("write to <bob@example.com>", true), ("mail=bob%40example.com", true), ("a@@@b.c", true), ("a_@b.c", true),
        ("(@b.c)", false), ("pkg@1.2.0", false), ("m@v1.2", false), ("me@home! See x.y", false), ("/@b.c", false),
    ])
    func addressesAreFound(text: String, isOne: Bool) { #expect(EmailAddress.isIn(Array(text.utf8)[...]) == isOne) }

    @Test func withheldValuesAreCounted() {
        let batch = decodeLines(
            [event("message.received", #""content":"a""#), event("llm.call", #""x":{"content":"b","comment":"c"}"#)]
                .joined(separator: "\n"))
        let counts = batch.withheld.map { "\(registry.columns[Int($0.column)].name) \($0.count)" }.sorted()
        #expect(counts == ["comment 1", "content 2"])
        #expect(
            dump(batch.batch).split(separator: "\n").last
                == "llm.call id='e1' source='s' tenant='default' attributes={\"x\":{}}")
    }

    @Test func deadLettersKeepTheShape() throws {
        let letter = try #require(
            decodeLines(
                event(
                    "no.such", #""b":"12345","a":{"x":1,"y":2},"n":7,"l":[1],"z":null,"t":true"#, extra: #","ext":"e""#)
            )
            .deadLetters.first)
        #expect(letter.id == "e1" && letter.source == "s" && letter.time == nil)
        #expect(
            letter.fields == """
                {"a":{"size":2,"type":"object"},"b":{"size":5,"type":"string"},"ext":{"size":1,"type":"string"},\
                "l":{"size":1,"type":"array"},"n":{"size":0,"type":"number"},"t":{"size":0,"type":"boolean"},"z":{"size":0,"type":"null"}}
                """)
    }

    @Test func tokensAreKeyedAndStable() {
        let token = userToken(key: testKey, id: Array("u01603".utf8).span)
        #expect(token.utf8.count == UserTokeniser.tokenBytes && token.hasPrefix("u_"))
        #expect(token != userToken(key: [1], id: Array("u01603".utf8).span))
        #expect(row(event("llm.call", #""user_id":"u01603""#)).hasSuffix("user_id='\(token)'"))
        // More ids than the table has places, twice: what is forgotten comes out the same.
        var tokeniser = UserTokeniser(key: testKey)
        for index in (0..<20_000).map({ $0 % 10_000 }) {
            var output: [UInt8] = []
            tokeniser.append(Array("user-\(index)".utf8).span, to: &output)
            let expected = userToken(key: testKey, id: Array("user-\(index)".utf8).span)
            if index % 97 == 0 { #expect(String(decoding: output, as: UTF8.self) == expected) }
        }
        var again: [UInt8] = []
        tokeniser.append(Array(token.utf8).span, to: &again)
        #expect(again == Array(token.utf8))
    }
}
