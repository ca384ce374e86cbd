import Domain
import Testing
import WireFormats

/// Texts that come again, and words of the schemas, are known without a new look: byte by byte.
@Suite struct KnownTextsTests {
    @Test func aTextThatComesAgainIsLookedAtWhereAByteIsAnother() throws {
        // Of one length, with the same eight bytes at either end.
        let (harmless, secret) = ("desk 12 answers by night on duty", "desk 12 password=Winter9 on duty")
        try #require(harmless.utf8.count == secret.utf8.count && harmless.utf8.count == 32)
        let lines = [harmless, harmless, secret, harmless, secret].map { event("llm.call", #""agent":"\#($0)""#) }
        let batch = decodeLines(lines.joined(separator: "\n"))
        let agent = try #require(registry.column(named: "agent"))
        let kept = batch.batch.map { row in row.text(of: agent).map { String(decoding: $0, as: UTF8.self) } }
        #expect(kept == [harmless, harmless, nil, harmless, nil])
        #expect(batch.withheld.map(\.column) == [agent] && batch.withheld.map(\.count) == [2])
    }

    @Test func everyPlaceOfATextCounts() throws {
        let agent = try #require(registry.column(named: "agent"))
        for count in 8...34 {
            // Neither has a form of its own, so all are kept, each as it came.
            let first = String(String(repeating: "abcdefgh ", count: 4).prefix(count - 1)) + "z"
            var texts = [first]
            for place in 0..<count {
                var bytes = Array(first.utf8)
                bytes[place] = UInt8(ascii: "w")
                texts += [String(decoding: bytes, as: UTF8.self), first]
            }
            let batch = decodeLines(texts.map { event("llm.call", #""agent":"\#($0)""#) }.joined(separator: "\n"))
            let kept = batch.batch.map { row in row.text(of: agent).map { String(decoding: $0, as: UTF8.self) } }
            #expect(kept == texts.map { Optional($0) })
        }
    }

    @Test func listedWordsAreKnownByAllTheirBytes() throws {
        let operation = try #require(registry.column(named: "operation"))
        for (word, isListed) in [
            ("chat", true), ("chats", false), ("cha", false), ("Chat", false), ("generate_content", true),
            ("generate_contend", false), ("generate", false), ("generate_content_", false), ("fetch_response", true),
            ("fetch_responses", false), ("text_completion", true), ("text_completioN", false),
        ] {
            let batch = decodeLines(event("llm.call", #""operation":"\#(word)""#))
            #expect(batch.unknownValues.map(\.column) == (isListed ? [] : [operation]), "\(word)")
            let kept = batch.batch[0].text(of: operation).map { String(decoding: $0, as: UTF8.self) }
            #expect(kept == word)
        }
    }

    /// They are kept without a look.
    @Test func noListedWordLooksLikeACredential() {
        for column in registry.columns {
            let lists = registry.types.compactMap { type in
                type.ownColumns.firstIndex(of: column.id).map { type.knownValues[$0] }
            }
            for word in column.knownValues + lists.flatMap({ $0 }) {
                #expect(!CredentialText.holds(Array(word.utf8)[...], under: Array(column.name.utf8)[...]), "\(word)")
            }
        }
    }

    /// Ids of hexadecimal digits and dashes are kept without a look.
    @Test func nothingOfHexadecimalDigitsAndDashesLooksLikeACredential() {
        let signs = Array("0123456789abcdef-".utf8)
        var state: UInt64 = 11
        func draw(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<3_000 {
            let text = (0..<(8 + draw(90))).map { _ in signs[draw(signs.count)] }
            for suspicion in [CredentialText.Suspicion.identifier, .certain] {
                #expect(!CredentialText.holds(text[...], suspicion), "\(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test func anIDThatIsOneButForASecretIsRefused() {
        for id in ["019fbaac-9f92-7679-be2b-78f4b16589a1", "4bf92f3577b34da6a3ce929d0e0e4736"] {
            #expect(decodeLines(event(id: id)).rejectedCount == 0)
            // Before it, in the middle of it and behind it.
            for place in [0, 9, id.utf8.count] {
                let text = String(decoding: Array(id.utf8.prefix(place)), as: UTF8.self) + " password=Winter9 "
                    + String(decoding: Array(id.utf8.dropFirst(place)), as: UTF8.self)
                #expect(decodeLines(event(id: text)).rejectedCount == 1, "\(text)")
            }
        }
    }

    @Test func attributesOfAnEnvelopeAreKnownByAllTheirBytes() {
        let names = [
            "specversion", "id", "source", "type", "subject", "data", "datacontenttype", "traceparent", "data_base64",
            "time",
        ]
        for name in names {
            for place in 0..<name.utf8.count {
                var bytes = Array(name.utf8)
                bytes[place] = UInt8(ascii: "q")
                let other = String(decoding: bytes, as: UTF8.self)
                // An extension is kept as what it says; an attribute of that name would be there twice, or binary data.
                let dumped = row(event("llm.call", extra: #","\#(other)":"x""#))
                #expect(dumped.contains(#"attributes={"\#(other)":"x"}"#), "\(other): \(dumped)")
            }
        }
    }
}
