import Domain
import Testing
import Transfers

@Suite struct PriceListTests {
    private static let now: Int64 = 1_000_000_000_000_000_000
    private static let unknown = KnownPrices(PriceBook())

    private func lines(_ text: String, known: KnownPrices = unknown, now: Int64 = now) throws -> [String] {
        let changes = try PriceList(Array(text.utf8), name: "list").changes(to: known, now: now)
        return String(decoding: changes.events, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func known(_ rows: String) throws -> KnownPrices {
        let csv = "provider,model,token_class,service_tier,usd_per_million_tokens,usd_per_gpu_hour,valid_from\n" + rows
        return try KnownPrices(csv: Array(csv.utf8), name: "server")
    }

    @Test func csvBecomesEvents() throws {
        let lines = try lines(
            """
            provider,model,token_class,usd_per_million_tokens,valid_from
            acme,"large, fast",input,0.0375,2026-08-01T00:00:00Z
            acme,"large, fast",output,0.15,

            """)
        #expect(lines.count == 2)
        #expect(lines[0].contains(#""type":"price.set""#))
        #expect(lines[0].contains(#""model":"large, fast","token_class":"input","usd_per_million_tokens":"0.0375""#))
        #expect(lines[0].contains(#""valid_from":"2026-08-01T00:00:00Z""#))
        #expect(!lines[1].contains("valid_from"))
    }

    @Test(arguments: [
        #"{"as_of":"2026-08-01","source":"test","providers":["acme"],"models":[{"model":"m","input":"2.50","output":"10"}]}"#,
        #" [{"provider":"acme","model":"m","token_class":"input","usd_per_million_tokens":"2.50"},"#
            + #"{"provider":"acme","model":"m","token_class":"output","usd_per_million_tokens":"10","service_tier":null}]"#,
    ])
    func jsonBecomesEvents(text: String) throws {
        let lines = try lines(text)
        #expect(lines.count == 2)
        #expect(lines.contains { $0.contains(#""token_class":"input","usd_per_million_tokens":"2.50""#) })
    }

    @Test func theSameChangeHasTheSameIds() throws {
        let text = "provider,model,token_class,usd_per_million_tokens\na,b,input,1\n"
        #expect(try lines(text) == lines(text))
        #expect(try lines(text + "a,b,output,1\n").first == lines(text).first)
    }

    @Test func onlyWhatChangesSomethingIsAdded() throws {
        let list = """
            provider,model,token_class,service_tier,usd_per_million_tokens,valid_from
            a,b,input,,1,2001-01-01T00:00:00Z
            a,b,input,standard,1.0,2001-01-01T00:00:00Z
            a,b,output,,3,

            """
        let changes = try PriceList(Array(list.utf8), name: "list").changes(to: Self.unknown, now: Self.now)
        #expect(changes.knownCount == 1 && changes.places == ["line 2", "line 4"])
        let known = try known("a,b,input,,1.00,,2001-01-01T00:00:00Z\na,b,output,,3.00,,2001-02-01T00:00:00Z\n")
        #expect(try lines(list, known: known) == [])
        // The price from a time on, and the price from now on, are compared with what counts then.
        let edited = "provider,model,token_class,usd_per_million_tokens,valid_from\na,b,input,2,2001-01-01T00:00:00Z\na,b,output,3,\n"
        #expect(try lines(edited, known: known).count == 1)
        let future = try self.known("a,b,output,,3.00,,2001-02-01T00:00:00Z\na,b,output,,4.00,,2199-01-01T00:00:00Z\n")
        #expect(try lines("provider,model,token_class,usd_per_million_tokens\na,b,output,3\n", known: future) == [])
        #expect(try lines("provider,model,token_class,usd_per_million_tokens\na,b,output,4\n", known: future).count == 1)
    }

    @Test func aPriceMayReturnToWhatItWas() throws {
        let text = "provider,model,token_class,usd_per_million_tokens,valid_from\na,b,input,1,2001-01-01T00:00:00Z\n"
        let rows = ["a,b,input,,1.00,,2001-01-01T00:00:00Z\n", "a,b,input,,2.00,,2001-01-01T00:00:00Z\n"]
        let (first, again) = (try lines(text), try lines(text, known: try known(rows[0] + rows[1])))
        #expect(first.count == 1 && again.count == 1 && first != again, "else it would count as sent before")
    }

    @Test func rowsThatTheStoreWillRefuseAreSent() throws {
        #expect(try lines("provider,model,token_class,usd_per_million_tokens\na,b,colour,1\na,b,input,cheap\n").count == 2)
    }

    @Test func linesAreThoseOfTheFile() throws {
        let text = "provider,model,token_class,usd_per_million_tokens\n\n\"a\n\",b,input,1\na,b,input,1\n"
        let changes = try PriceList(Array(text.utf8), name: "list").changes(to: Self.unknown, now: Self.now)
        #expect(changes.places == ["line 3", "line 5"])
        var summary = ImportSummary()
        summary.rejections = [.init(source: "list", line: 2, id: nil, error: "no")]
        summary.place(in: changes)
        #expect(summary.rejectionLines == "\n  list line 5: no")
    }

    @Test(arguments: [
        "", "provider,colour\na,b\n", "provider,model\na\n", "provider,model\n", "{\"as_of\":1}", "[", "[]", "[1]", "[{\"colour\":\"a\"}]",
        "[{\"provider\":\"a\",\"usd_per_million_tokens\":2.5}]",
    ])
    func mistakesAreNamed(text: String) {
        #expect(throws: ImportError.self) { try PriceList(Array(text.utf8), name: "list") }
    }
}
