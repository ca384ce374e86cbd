import Testing
import Transfers

@Suite struct PriceListTests {
    private func lines(_ text: String) throws -> [String] {
        String(decoding: try PriceList.events(Array(text.utf8), name: "list"), as: UTF8.self).split(separator: "\n").map(String.init)
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

    @Test func jsonBecomesEvents() throws {
        let lines = try lines(
            #"{"as_of":"2026-08-01","source":"test","providers":["acme"],"models":[{"model":"m","input":"2.5","output":"10"}]}"#)
        #expect(lines.count == 2)
        #expect(lines.contains { $0.contains(#""token_class":"input","usd_per_million_tokens":"2.50""#) })
    }

    @Test func theSameListHasTheSameIds() throws {
        let text = "provider,model,token_class,usd_per_million_tokens\na,b,input,1\n"
        #expect(try lines(text) == lines(text))
        #expect(try lines(text) != lines(text + "a,b,output,1\n"))
    }

    @Test(arguments: ["", "provider,colour\na,b\n", "provider,model\na\n", "provider,model\n", "{\"as_of\":1}"])
    func mistakesAreNamed(text: String) {
        #expect(throws: ImportError.self) { try PriceList.events(Array(text.utf8), name: "list") }
    }
}
