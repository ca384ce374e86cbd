import Domain
import EventStores
import JSONTexts
import Testing
import Transfers

@Suite struct PriceListEffectsTests {
    private static let now: Int64 = 1_785_542_400_000_000_000
    private static let heading =
        "provider,model,token_class,service_tier,usd_per_million_tokens,usd_per_gpu_hour,valid_from\n"

    private func effects(_ list: String, known: String) throws -> [String] {
        let known = try KnownPrices(csv: Array((Self.heading + known).utf8), name: "server")
        let changes = try PriceList(Array((Self.heading + list).utf8), name: "list").changes(to: known, now: Self.now)
        return PriceListEffects(setting: changes.prices, in: known.book).pairs.flatMap { pair in
            ["\(pair.provider) \(pair.model) \(RFC3339.render(pair.validFrom))"] + pair.lines
        }
    }

    /// The effects of a list of models, spread over providers.
    private func effects(models: Int, providers: Int) throws -> PriceListEffects {
        let rows = (0..<models).map { "p\($0 % providers),m\($0),input,,2,,2026-09-01T00:00:00Z\n" }.joined()
        let known = try KnownPrices(csv: Array((Self.heading + "x,m,input,,1,,\n").utf8), name: "server")
        let changes = try PriceList(Array((Self.heading + rows).utf8), name: "list").changes(to: known, now: Self.now)
        return PriceListEffects(setting: changes.prices, in: known.book)
    }

    @Test func callsAreLookedUpByModelAndOfLongListsByProvider() throws {
        let one = try effects(models: 1, providers: 1)
        var model = RebookingPreview.Model(name: Array("x/m0".utf8))
        (model.calls, model.before, model.after) = (2, 1_000_000_000_000, 2_000_000_000_000)
        let command = "plimsoll prices rebook --provider 'p0' --model 'm0' --from 2026-09-01T00:00:00Z"
        let sums = "2 calls stay booked at other prices: 1.00 USD; at these 2.00 USD. To book them again:"
        #expect(one.text([RebookingPreview(models: [model])]) == "\np0 m0\n  \(sums)\n  \(command)\n")
        #expect(one.text([RebookingPreview()]) == "")

        let few = try effects(models: PriceListEffects.lookupsMax, providers: 2)
        #expect(few.lookups.count == PriceListEffects.lookupsMax && few.lookups.allSatisfy { $0.model != nil })
        let many = try effects(models: PriceListEffects.lookupsMax + 1, providers: 2)
        #expect(many.lookups.map(\.provider) == ["p0", "p1"] && many.lookups.allSatisfy { $0.model == nil })
        let shown = many.text([RebookingPreview(), RebookingPreview(models: [model])])
        #expect(
            shown.hasPrefix("\np1, all models\n  2 calls stay") && shown.contains("--provider 'p1' --from 2026-09-01"))
        let tooMany = try effects(models: 30, providers: 25)
        #expect(tooMany.lookups.count == PriceListEffects.lookupsMax)
        #expect(tooMany.text([]).contains("5 more providers were not looked up"))
    }

    /// A provider that is new is taken, and where a known one may be meant that is said, once.
    @Test func aProviderMistypedIsTold() throws {
        let time = "2026-09-01T00:00:00Z"
        func shown(_ provider: String) throws -> [String] {
            try effects(
                "\(provider),a,input,,2,,\(time)\n\(provider),b,input,,2,,\(time)\n",
                known: "openai,m,input,,2.50,,\nmistral,m,input,,1,,\n")
        }
        #expect(
            try shown("opnai") == [
                "opnai a \(time)", "opnai is new; did you mean openai? These prices are for calls that name opnai",
                "opnai b \(time)",
            ])
        #expect(try shown("OpenAI")[1].hasPrefix("OpenAI is new; did you mean openai? "))
        for provider in ["openai", "acme", "xai", "openrouter"] {
            #expect(try shown(provider) == ["\(provider) a \(time)", "\(provider) b \(time)"], "\(provider)")
        }
    }

    @Test func whatIsSupersededAndWhatHasNoPriceAnyMore() throws {
        let listed = "openai,m,input,,2.50,,\nopenai,m,output,,10.00,,\nopenai,m,input,batch,1.25,,\n"
        let shown = try effects("openai,m,input,,2,,2026-09-01T00:00:00Z\n", known: listed)
        #expect(
            shown == [
                "openai m 2026-09-01T00:00:00Z",
                "input from 2026-09-01T00:00:00Z on: 2.00 instead of 2.50 (list price)",
                "input of tier batch has no price from 2026-09-01T00:00:00Z on (it was 1.25, the list price); set it too",
                "output has no price from 2026-09-01T00:00:00Z on (it was 10.00, the list price); set it too",
            ])
        let set = listed + "openai,m,input,,2.00,,2026-08-01T00:00:00Z\n"
        #expect(
            try effects("openai,m,input,,3,,2026-09-01T00:00:00Z\n", known: set) == [
                "openai m 2026-09-01T00:00:00Z", "input from 2026-09-01T00:00:00Z on: 3.00 instead of 2.00",
            ])
        #expect(try effects("openai,m,input,,2,,2026-08-01T00:00:00Z\n", known: set) == [], "it is known")
        #expect(
            try effects("vllm,m,gpu,,,2.50,2026-09-01T00:00:00Z\n", known: "vllm,m,input,,0.00,,\n") == [
                "vllm m 2026-09-01T00:00:00Z"
            ])
        let later = set + "openai,m,input,,4.00,,2026-12-01T00:00:00Z\n"
        #expect(
            try effects("openai,m,input,,3,,2026-09-01T00:00:00Z\n", known: later) == [
                "openai m 2026-09-01T00:00:00Z",
                "input from 2026-09-01T00:00:00Z until 2026-12-01T00:00:00Z: 3.00 instead of 2.00; "
                    + "then 4.00, which was set before",
            ])
        #expect(
            try effects("openai,m,output,,3,,2026-07-01T00:00:00Z\n", known: set)[1...] == [
                "output from 2026-07-01T00:00:00Z on: 3.00 instead of 10.00 (list price)",
                "input has no price from 2026-07-01T00:00:00Z until 2026-08-01T00:00:00Z "
                    + "(it was 2.50, the list price); set it too",
                "input of tier batch has no price from 2026-07-01T00:00:00Z on "
                    + "(it was 1.25, the list price); set it too",
            ])
        let both = "openai,m,input,,3,,2026-09-01T00:00:00Z\nopenai,m,input,,5,,2026-10-01T00:00:00Z\n"
        #expect(
            try effects(both, known: set)[1...] == [
                "input from 2026-09-01T00:00:00Z until 2026-10-01T00:00:00Z: 3.00 instead of 2.00",
                "input from 2026-10-01T00:00:00Z on: 5.00 instead of 2.00",
            ])
        let all = try effects("openai,*,input,,2,,2026-09-01T00:00:00Z\n", known: listed)
        #expect(all.last == "the list prices of 1 models of openai no longer count from then on")
    }
}
