import Domain
import Testing
import WireFormats

/// What is said of money must be in USD, and prices name models, not patterns.
@Suite struct CurrencyTests {
    @Test(arguments: [
        #""amount_usd":"5","currency":"EUR""#, #""currency":"EUR""#, #""amount_usd":"5","Currency":"eur""#,
        #""amount_usd":"5","currency_code":"CHF""#,
        #""amount_usd":"5","billing.currency":"GBP""#, #""amount_usd":"5","invoiceCurrency":"JPY""#,
        #""amount_usd":"5","currency":978"#,
        #""amount_usd":"5","attributes":{"currency":"EUR"}"#, #""amount_eur":"5""#,
        #""amount":{"value":5,"currency":"EUR"}"#,
        #""amount_usd":"5","total_cost_gbp":4.2"#, #""amount_usd":"5","currency":"USDC""#,
        #""amount_usd":"5","items":[{"value":5,"currency":"USD"},{"value":1,"currency":"EUR"}]"#,
        #""amount_usd":"5","currency":["USD","EUR"]"#, #""amount_usd":"5","items":[[[{"price_chf":"1"}]]]"#,
    ])
    func anotherCurrencyIsRefused(data: String) {
        let answer = row(event("cost.recorded", data))
        #expect(answer.hasPrefix("refused: ") && answer.contains("USD, the only currency that is kept"), "\(answer)")
    }

    @Test(arguments: [
        #""amount_usd":"5""#, #""amount_usd":"5","currency":"USD""#, #""amount_usd":"5","currency":"usd""#,
        #""amount_usd":"5","currency":null"#,
        #""amount_usd":"5","currency":"""#, #""amount_usd":"5","amount_due":"3""#,
        #""amount_usd":"5","note":"paid in EUR""#,
        #""amount_usd":"5","items":[{"value":5,"currency":"USD"}],"tags":["EUR",3,null]"#,
        #""amount_usd":"5","currency":["usd"]"#,
    ])
    func dollarsAreTaken(data: String) {
        #expect(row(event("cost.recorded", data)).contains("amount_usd=5000000000000"))
    }

    @Test func onlyEventsAboutMoneyAreAsked() {
        #expect(
            row(event("cost.recorded", #""amount_usd":"5""#, extra: #","currency":"EUR""#)).hasPrefix(
                "refused: currency: "))
        #expect(row(event("budget.set", #""amount_usd":"5","currency":"EUR""#)).hasPrefix("refused: currency: "))
        #expect(row(event("tool.call", #""cost_usd":"5","currency":"EUR""#)).hasPrefix("refused: currency: "))
        #expect(!row(event("tool.call", #""tool":"exchange","currency":"EUR""#)).hasPrefix("refused"))
        #expect(!row(event("llm.call", #""currency":"EUR""#)).hasPrefix("refused"))
    }

    @Test(arguments: ["llm.call", "embedding.call", "usage.reported"])
    func whatSendersSayOfCostsIsInDollars(type: String) {
        let cost = #""reported_cost_usd":"0.5""#
        for currency in [#""currency":"EUR""#, #""billing":{"currency":"EUR"}"#, #""total_cost_eur":"0.5""#] {
            let answer = row(event(type, cost + "," + currency))
            #expect(
                answer.hasPrefix("refused: ") && answer.contains("USD, the only currency that is kept"), "\(answer)")
        }
        for data in [
            cost, cost + #","currency":"USD""#, #""currency":"EUR""#, #""reported_cost_usd":null,"currency":"EUR""#,
        ] {
            #expect(!row(event(type, data)).hasPrefix("refused"), "\(data)")
        }
    }

    @Test(arguments: ["llm.call", "embedding.call", "usage.reported"])
    func aNegativeCostOfASenderIsRefused(type: String) {
        for cost in [#""-3.5""#, "-3.5", "-1", #""-0.000000000001""#] {
            let answer = row(event(type, #""reported_cost_usd":"# + cost))
            #expect(answer.hasPrefix("refused: reported_cost_usd: expected a cost in USD of at least 0"), "\(answer)")
        }
        for cost in ["0", #""0""#, #""3.5""#] {
            #expect(!row(event(type, #""reported_cost_usd":"# + cost)).hasPrefix("refused"), "\(cost)")
        }
    }

    /// It would stand neither in the sum nor in the count of a report.
    @Test(arguments: [
        "", #""category":"gpu""#, #""category":"gpu","amount":"12.5""#, #""category":"gpu","amount_usd":null"#,
    ])
    func aCostWithoutAnAmountIsRefused(data: String) {
        let answer = row(event("cost.recorded", data))
        #expect(answer.hasPrefix("refused: amount_usd: expected an amount in USD as decimal text"), "\(answer)")
    }

    /// What a store took in before is the same in the store that takes over its export.
    @Test(arguments: [
        event("cost.recorded", #""category":"gpu","amount":"12.5""#),
        event("cost.recorded", #""amount_usd":"5","currency":"EUR""#),
        event("llm.call", #""reported_cost_usd":"0.5","currency":"EUR""#),
        event("llm.call", #""reported_cost_usd":"-3.5""#),
    ])
    func exportsSayWhatWasTakenIn(line: String) {
        #expect(decodeLines(line).rejectedCount == 1)
        var decoder = makeDecoder()
        let batch = decoder.decodeLines(Array(line.utf8).span, from: .export)
        #expect(batch.batch.count == 1, "\(batch.rejections)")
    }

    @Test func patternsInPricesAreRefused() {
        func price(_ provider: String, _ model: String) -> String {
            row(
                event(
                    "price.set",
                    #""provider":"\#(provider)","model":"\#(model)","token_class":"input","usd_per_million_tokens":"1""#
                ))
        }
        #expect(price("openai", "gpt-4*").contains("there are no patterns"))
        #expect(price("open*", "gpt-4o").hasPrefix("refused: provider: "))
        #expect(!price("openai", "*").hasPrefix("refused"))
        #expect(!price("openai", "gpt-4o").hasPrefix("refused"))
    }
}
