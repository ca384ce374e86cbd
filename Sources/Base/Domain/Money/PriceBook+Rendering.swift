// What `plimsoll prices list` shows, and what `plimsoll prices check` prints.

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
        /// The same of a span of time, both ends included: each that counts at some time of it.
        case within(ClosedRange<Int64>)
        /// Every price that was set, and the list prices, which count until one is set.
        case all

        /// The times at which a price has to count; nil: at any.
        fileprivate var times: ClosedRange<Int64>? {
            switch self {
            case .inForce(let time): time...time
            case .within(let times): times
            case .all: nil
            }
        }
    }

    /// The prices of a selection in canonical order, and how many that are set it leaves out.
    /// - Parameter look: called between bounded stretches of work.
    func selected(
        _ selection: Selection, includesBuiltIn: Bool, look: () throws -> Void
    ) rethrows -> (entries: [PriceEntry], replaced: Int, later: Int) {
        var (selected, set, later) = ([PriceEntry](), 0, 0)
        try forEachModel { prices in
            try look()
            let counting = prices.filter { $0.origin == .set || includesBuiltIn }
            guard let times = selection.times else {
                selected += counting
                return
            }
            set += prices.count { $0.origin == .set }
            later += prices.count { $0.origin == .set && $0.validFrom > times.upperBound }
            // Ascending by time and position within what they are for: of those that begin by the same time the last
            // one counts.
            func begin(_ entry: PriceEntry) -> Int64 { max(entry.validFrom, times.lowerBound) }
            for entry in counting where entry.validFrom <= times.upperBound && isInForce(entry, at: begin(entry)) {
                if let last = selected.last, last.isForTheSame(as: entry), begin(last) == begin(entry) {
                    selected.removeLast()
                }
                selected.append(entry)
            }
        }
        guard selection.times != nil else { return (selected, 0, 0) }
        return (selected, set - later - selected.count { $0.origin == .set }, later)
    }

    /// Findings over all models with prices, sorted by provider, model and kind.
    /// - Parameter look: called between bounded stretches of work.
    package func findings(look: () throws -> Void) rethrows -> [PriceFinding] {
        var findings: [PriceFinding] = []
        try forEachModel { prices in
            try look()
            findings += check(prices)
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
