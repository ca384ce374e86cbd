import Domain
import Testing
import Transfers

@Suite struct PriceListEffectsTests {
    private static let now: Int64 = 1_785_542_400_000_000_000
    private static let heading = "provider,model,token_class,service_tier,usd_per_million_tokens,usd_per_gpu_hour,valid_from\n"

    private func effects(_ list: String, known: String) throws -> [String] {
        let known = try KnownPrices(csv: Array((Self.heading + known).utf8), name: "server")
        let changes = try PriceList(Array((Self.heading + list).utf8), name: "list").changes(to: known, now: Self.now)
        return PriceListEffects(setting: changes.prices, in: known.book).pairs.flatMap { pair in
            ["\(pair.provider) \(pair.model) \(RFC3339.render(pair.validFrom))"] + pair.lines
        }
    }

    @Test func whatIsSupersededAndWhatHasNoPriceAnyMore() throws {
        let listed = "openai,m,input,,2.50,,\nopenai,m,output,,10.00,,\nopenai,m,input,batch,1.25,,\n"
        let shown = try effects("openai,m,input,,2,,2026-09-01T00:00:00Z\n", known: listed)
        #expect(shown == [
            "openai m 2026-09-01T00:00:00Z", "input from 2026-09-01T00:00:00Z on: 2.00 instead of 2.50 (list price)",
            "input of tier batch has no price from 2026-09-01T00:00:00Z on (it was 1.25, the list price); set it too",
            "output has no price from 2026-09-01T00:00:00Z on (it was 10.00, the list price); set it too",
        ])
        let set = listed + "openai,m,input,,2.00,,2026-08-01T00:00:00Z\n"
        #expect(try effects("openai,m,input,,3,,2026-09-01T00:00:00Z\n", known: set) == [
            "openai m 2026-09-01T00:00:00Z", "input from 2026-09-01T00:00:00Z on: 3.00 instead of 2.00",
        ])
        #expect(try effects("openai,m,input,,2,,2026-08-01T00:00:00Z\n", known: set) == [], "it is known")
        #expect(try effects("vllm,m,gpu,,,2.50,2026-09-01T00:00:00Z\n", known: "vllm,m,input,,0.00,,\n") == ["vllm m 2026-09-01T00:00:00Z"])
        let all = try effects("openai,*,input,,2,,2026-09-01T00:00:00Z\n", known: listed)
        #expect(all.last == "the list prices of 1 models of openai no longer count from then on")
    }
}
