// What `plimsoll prices list` and `plimsoll prices check` print.

/// Something about the prices that is probably not meant.
package struct PriceFinding: Hashable, Sendable {
    /// What was found.
    package enum Kind: String, Hashable, Sendable {
        /// Calls will be unpriced or partly priced: a class has no price while others of the model have one.
        case missingClass = "missing"
        /// The list price of a class no longer counts, since another class was set.
        case lostListPrice = "lost list price"
        /// Reading from the cache costs more than sending anew.
        case cacheReadAboveInput = "cache_read above input"
    }

    /// Provider of the pair.
    package var provider: String
    /// Model of the pair.
    package var model: String
    /// What was found.
    package var kind: Kind
    /// What it means and what to do, in one line.
    package var explanation: String
}

extension PriceBook {
    /// All prices with their origin, a line each, sorted; those that no longer count are left out.
    /// - Parameter includesBuiltIn: false shows only what was set.
    package func render(includesBuiltIn: Bool = true) -> String {
        var rows = [["PROVIDER", "MODEL", "CLASS", "TIER", "USD", "PER", "VALID FROM", "ORIGIN"]]
        for entry in entries where entry.origin == .set || includesBuiltIn && isInForce(entry) {
            rows.append([
                entry.provider, entry.model, entry.tokenClass.rawValue, entry.serviceTier.isEmpty ? "–" : entry.serviceTier, entry.usd,
                entry.tokenClass == .gpu ? "GPU hour" : "million tokens",
                entry.validFrom == .min ? "any time" : RFC3339.render(entry.validFrom), entry.origin == .set ? "set" : "list price",
            ])
        }
        return renderAligned(rows)
    }

    /// Findings over all models with prices, sorted by provider, model and kind.
    package func findings() -> [PriceFinding] {
        var findings: [PriceFinding] = []
        var rest = entries[...]
        while let first = rest.first {
            let pair = rest.prefix { $0.provider == first.provider && $0.model == first.model }
            rest = rest.dropFirst(pair.count)
            findings += check(Array(pair))
        }
        return findings
    }

    private func check(_ pair: [PriceEntry]) -> [PriceFinding] {
        var findings: [PriceFinding] = []
        let valid = pair.filter(isInForce)
        guard let first = valid.first else { return [] }
        let quote = PriceQuote(valid, serviceTier: "", at: .max).prices
        let note = { (kind: PriceFinding.Kind, explanation: String) in
            findings.append(PriceFinding(provider: first.provider, model: first.model, kind: kind, explanation: explanation))
        }
        let hasTokens = TokenClass.billed.contains { quote[$0] != nil }
        if hasTokens, quote.input == nil { note(.missingClass, "input has no price; calls cannot be priced") }
        for tokenClass in TokenClass.billed where quote[tokenClass] == nil {
            guard pair.contains(where: { $0.origin == .builtIn && $0.tokenClass == tokenClass && !isInForce($0) }) else { continue }
            note(.lostListPrice, "\(tokenClass.rawValue) had a list price, which counts no more since another class was set; set it too")
        }
        if let read = quote.cacheRead, let input = quote.input, read > input {
            note(.cacheReadAboveInput, "reading a token from the cache costs more than sending it")
        }
        return findings
    }

    /// The findings as text; a sentence where there is nothing to say.
    package func renderCheck() -> String {
        let findings = findings()
        let total = "\(count) prices"
        guard !findings.isEmpty else { return "\(total), nothing to complain about.\n" }
        return renderAligned([["PROVIDER", "MODEL", "FINDING", "WHAT IT MEANS"]]
            + findings.map { [$0.provider, $0.model, $0.kind.rawValue, $0.explanation] }) + "\n\(total), \(findings.count) findings.\n"
    }
}
