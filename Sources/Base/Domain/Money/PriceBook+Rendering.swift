import JSONTexts

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
    /// Which prices are shown.
    package enum Selection: Sendable {
        /// Of each provider, model, class and tier the one price that counts for calls of a time (ns since 1970 UTC).
        case inForce(at: Int64)
        /// Every price that was set, and the list prices, which count until one is set.
        case all
    }

    /// The prices with their origin, a line each, sorted, and how many more there are.
    /// - Parameter includesBuiltIn: false shows only what was set.
    package func render(_ selection: Selection, includesBuiltIn: Bool = true) -> String {
        let shown = selected(selection, includesBuiltIn: includesBuiltIn)
        var rows = [["PROVIDER", "MODEL", "CLASS", "TIER", "USD", "PER", "VALID FROM", "ORIGIN"]]
        for entry in shown {
            rows.append([
                entry.provider, entry.model, entry.tokenClass.rawValue,
                entry.serviceTier.isEmpty ? "–" : entry.serviceTier, entry.usd,
                entry.tokenClass == .gpu ? "GPU hour" : "million tokens",
                entry.validFrom == .min ? "any time" : RFC3339.render(entry.validFrom),
                entry.origin == .set ? "set" : "list price",
            ])
        }
        guard case .inForce(let time) = selection else { return renderAligned(rows) }
        let set = entries.filter { $0.origin == .set }
        let later = set.count { $0.validFrom > time }
        let replaced = set.count - later - shown.count { $0.origin == .set }
        guard later + replaced > 0 else { return renderAligned(rows) }
        return renderAligned(rows) + "\nNot shown: \(replaced) replaced, \(later) that begin later; --all shows them.\n"
    }

    /// The prices as CSV that `plimsoll prices load` takes, in the order of ``render(_:includesBuiltIn:)``.
    package func csv(_ selection: Selection, includesBuiltIn: Bool = true) -> String {
        var table = CSVWriter(lineEnd: .lf)
        table.row([
            "provider", "model", "token_class", "service_tier", "usd_per_million_tokens", "usd_per_gpu_hour",
            "valid_from",
        ])
        for entry in selected(selection, includesBuiltIn: includesBuiltIn) {
            let isHour = entry.tokenClass == .gpu
            table.row([
                entry.provider, entry.model, entry.tokenClass.rawValue, entry.serviceTier, isHour ? "" : entry.usd,
                isHour ? entry.usd : "",
                entry.validFrom == .min ? "" : RFC3339.render(entry.validFrom),
            ])
        }
        return table.text
    }

    private func selected(_ selection: Selection, includesBuiltIn: Bool) -> [PriceEntry] {
        let counting = entries.filter { $0.origin == .set || includesBuiltIn }
        guard case .inForce(let time) = selection else { return counting }
        var selected: [PriceEntry] = []
        // Ascending by time and position within what they are for: the last one counts.
        for entry in counting where entry.validFrom <= time && isInForce(entry, at: time) {
            if let last = selected.last, last.isForTheSame(as: entry) { selected.removeLast() }
            selected.append(entry)
        }
        return selected
    }

    /// Findings over all models with prices, sorted by provider, model and kind.
    package func findings() -> [PriceFinding] {
        var findings: [PriceFinding] = []
        var rest = entries[...]
        while let first = rest.first {
            let pair = rest.prefix { $0.isOfTheSameModel(as: first) }
            rest = rest.dropFirst(pair.count)
            findings += check(Array(pair))
        }
        return findings
    }

    private func check(_ pair: [PriceEntry]) -> [PriceFinding] {
        var findings: [PriceFinding] = []
        guard let first = pair.first(where: { isInForce($0, at: .max) }) else { return [] }
        let quote = quote(
            provider: first.provider, requestModel: first.model, responseModel: nil, serviceTier: nil, at: .max
        ).prices
        let note = { (kind: PriceFinding.Kind, explanation: String) in
            findings.append(
                PriceFinding(provider: first.provider, model: first.model, kind: kind, explanation: explanation))
        }
        let hasTokens = TokenClass.billed.contains { quote[$0] != nil }
        if hasTokens, quote.input == nil { note(.missingClass, "input has no price; calls cannot be priced") }
        for tokenClass in TokenClass.billed where quote[tokenClass] == nil {
            let lost = pair.contains {
                $0.origin == .builtIn && $0.tokenClass == tokenClass && !isInForce($0, at: .max)
            }
            guard lost else { continue }
            note(
                .lostListPrice,
                "\(tokenClass.rawValue) had a list price, which counts no more since another class was set; set it too")
        }
        if let read = quote.cacheRead, let input = quote.input, read > input {
            note(.cacheReadAboveInput, "reading a token from the cache costs more than sending it")
        }
        return findings
    }
}
