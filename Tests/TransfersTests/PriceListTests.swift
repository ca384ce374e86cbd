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

    /// Two names that differ in bytes which are no text would be one model.
    @Test func whatIsNoTextIsNoList() {
        for text in ["provider,model,token_class,usd_per_million_tokens\nacme,", #"[{"provider":"acme","model":""#] {
            #expect(throws: ImportError.self) { try PriceList(Array(text.utf8) + [0xFF], name: "list") }
        }
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
        let edited =
            "provider,model,token_class,usd_per_million_tokens,valid_from\na,b,input,2,2001-01-01T00:00:00Z\na,b,output,3,\n"
        #expect(try lines(edited, known: known).count == 1)
        let future = try self.known("a,b,output,,3.00,,2001-02-01T00:00:00Z\na,b,output,,4.00,,2199-01-01T00:00:00Z\n")
        #expect(try lines("provider,model,token_class,usd_per_million_tokens\na,b,output,3\n", known: future) == [])
        #expect(
            try lines("provider,model,token_class,usd_per_million_tokens\na,b,output,4\n", known: future).count == 1)
    }

    @Test func aPriceMayReturnToWhatItWas() throws {
        let text = "provider,model,token_class,usd_per_million_tokens,valid_from\na,b,input,1,2001-01-01T00:00:00Z\n"
        let rows = ["a,b,input,,1.00,,2001-01-01T00:00:00Z\n", "a,b,input,,2.00,,2001-01-01T00:00:00Z\n"]
        let (first, again) = (try lines(text), try lines(text, known: try known(rows[0] + rows[1])))
        #expect(first.count == 1 && again.count == 1 && first != again, "else it would count as sent before")
    }

    /// A list is loaded as a whole or not at all, so all that is wrong with it is told at once.
    @Test func everyRowThatIsNoPriceIsTold() throws {
        let header = "provider,model,token_class,usd_per_million_tokens,usd_per_gpu_hour,valid_from\n"
        let wrong = [
            "a,b,colour,1,,", "a,b,input,cheap,,", "a,b,input,,,", "a,b,input,1,2,", "a,b,gpu,1,,", "a,b,input,-1,,",
            "a,b,input,1,,soon",
            "a*,b,input,1,,", ",b,input,1,,",
        ]
        let rows = wrong.map { "\($0)\na,b,output,1,,\n" }.joined()
        let refusals = try PriceList(Array((header + rows).utf8), name: "list").refusals
        #expect(refusals.map(\.place) == wrong.indices.map { "line \(2 * $0 + 2)" })
        #expect(refusals.allSatisfy { !$0.reason.isEmpty })
        #expect(refusals.first?.reason.contains("token_class") == true)

        // What stands there, not how long it is.
        #expect(refusals[1].reason.contains("usd_per_million_tokens") && refusals[1].reason.contains(#"found "cheap""#))
        #expect(refusals[6].reason.contains("valid_from") && refusals[6].reason.contains(#"found "soon""#))

        // Also beyond what answers of a server list.
        let many = String(repeating: "a,b,colour,1,,\n", count: 150)
        #expect(try PriceList(Array((header + many).utf8), name: "list").refusals.count == 150)
        let right = "a,b,input,1,,2026-08-01T00:00:00Z\na,b,input,1,,\nv,*,gpu,,2.50,\n"
        #expect(try PriceList(Array((header + right).utf8), name: "list").refusals == [])
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

    /// What a first price books is told in calls and money.
    @Test func whatWaitedForAPriceIsCounted() throws {
        func counted(_ row: String) -> UnpricedCalls? {
            UnpricedCalls(csv: Array("count,count,coalesce,coalesce\r\n\(row)\r\n".utf8))
        }
        let before = try #require(counted("6,2,0.001200000000,17"))
        #expect(before.again.contains("where position <= 17"))
        #expect(before.text(after: before) == "")
        let later = try #require(counted("4,3,0.003700000000,17"))
        #expect(
            before.text(after: later)
                == "2 calls that waited for a price are booked whole now; all together 0.0025 USD more; 1 still lack one"
                + "; 3 lack usage, which no price makes up for\n")
        let last = try #require(counted("0,0,0.003700000000,17"))
        #expect(
            later.text(after: last)
                == "4 calls that waited for a price are booked whole now; all together 0.00 USD more\n")
        #expect(counted("3,4,0.1,17") == nil)
        #expect(counted("3,0,none,17") == nil && UnpricedCalls(csv: []) == nil)
    }

    /// As spreadsheets of countries with a decimal comma write them.
    @Test func separatorsAreNamed() throws {
        func reason(_ text: String) -> String {
            do throws(ImportError) {
                _ = try PriceList(Array(text.utf8), name: "list")
                return ""
            } catch {
                return error.description
            }
        }
        #expect(reason("provider;model;token_class\na;b;input\n").contains("separated by `;`"))
        #expect(reason("provider\tmodel\na\tb\n").contains("separated by tabs"))
        let comma = reason("provider,model,token_class,usd_per_million_tokens\na,b,input,1,00\n")
        #expect(
            comma.contains("5 fields, expected 4") && comma.contains("input | 1 | 00")
                && comma.contains("decimals have a point"))
        let quoted = "provider,model,token_class,usd_per_million_tokens\na,b,input,\"1,00\"\n"
        #expect(
            try PriceList(Array(quoted.utf8), name: "list").refusals.first?.reason.contains(#"found "1,00""#) == true)
    }

    @Test(arguments: [
        "", "provider,colour\na,b\n", "provider,model\na\n", "provider,model\n", "{\"as_of\":1}", "[", "[]", "[1]",
        "[{\"colour\":\"a\"}]",
        "[{\"provider\":\"a\",\"usd_per_million_tokens\":2.5}]",
    ])
    func mistakesAreNamed(text: String) {
        #expect(throws: ImportError.self) { try PriceList(Array(text.utf8), name: "list") }
    }
}
