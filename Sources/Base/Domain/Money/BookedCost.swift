/// Whether all, some or none of a call's classes with tokens have a price.
package enum PriceState: UInt8, Hashable, Sendable, CaseIterable {
    case priced = 0, partly = 1, unpriced = 2

    /// As SQL shows it.
    package var name: String {
        switch self {
        case .priced: "priced"
        case .partly: "partly"
        case .unpriced: "unpriced"
        }
    }
}

/// What a call costs at given prices, in pico-USD: exact products of integers, but for GPU time, which is rounded once.
package struct BookedCost: Hashable, Sendable {
    /// Whether all, some or none of the classes with tokens have a price.
    package var state: PriceState
    /// nil unless every class with tokens has a price.
    package var cost: Int64?
    /// The classes that have a price.
    package var low: Int64
    /// The same with an unpriced cache_read at the input price; nil where another class has no price.
    package var high: Int64?
    /// The prices that were in force; those of classes without tokens too.
    package var prices: ClassPrices

    /// Books a call.
    ///
    /// GPU time prices a call that states no token counts, and one none of whose classes with tokens has a price, if there is a price per
    /// GPU hour. A call that states no use at all has no class to price: it costs nothing, as a call that failed before the model did.
    /// - Precondition: ``TokenUsage/check()`` did not throw; the prices are within ``Limits``, so that no sum leaves 64 bits.
    package init(_ usage: TokenUsage, at prices: ClassPrices) {
        let tokens = usage.billed
        self.prices = prices
        var sum: Int64 = 0
        var isAnyPriced = false
        var isOtherUnpriced = false
        let isReadUnpriced = tokens.cacheRead > 0 && prices.cacheRead == nil
        @inline(__always) func add(_ count: Int64, _ price: Int64?, _ isUnpriced: inout Bool) {
            guard count > 0 else { return }
            guard let price else {
                isUnpriced = true
                return
            }
            sum += count * price
            isAnyPriced = true
        }
        add(tokens.input, prices.input, &isOtherUnpriced)
        add(tokens.output, prices.output, &isOtherUnpriced)
        add(tokens.cacheWrite, prices.cacheWrite, &isOtherUnpriced)
        add(tokens.cacheWrite1h, prices.cacheWrite1h, &isOtherUnpriced)
        if let price = prices.cacheRead, tokens.cacheRead > 0 {
            sum += tokens.cacheRead * price
            isAnyPriced = true
        }
        low = sum
        let isUnpriced = isOtherUnpriced || isReadUnpriced
        if !usage.hasTokenCounts || isUnpriced && !isAnyPriced, let duration = usage.gpuDurationNanoseconds, let hour = prices.gpu {
            low = BookedCost.gpuCost(duration, picoUSDPerHour: hour)
            (state, cost, high) = (.priced, low, low)
        } else if !usage.hasTokenCounts, usage.gpuDurationNanoseconds ?? 0 > 0 {
            (state, cost, high) = (.unpriced, nil, nil)
        } else {
            state = isUnpriced ? (isAnyPriced ? .partly : .unpriced) : .priced
            cost = isUnpriced ? nil : sum
            if isOtherUnpriced {
                high = nil
            } else if isReadUnpriced {
                high = prices.input.map { sum + tokens.cacheRead * $0 }
            } else {
                high = sum
            }
        }
    }

    /// Pico-USD of GPU time, rounded half up to a whole one.
    private static func gpuCost(_ durationNanoseconds: Int64, picoUSDPerHour: Int64) -> Int64 {
        let hour: Int128 = 3_600_000_000_000
        return Int64((Int128(durationNanoseconds) * Int128(picoUSDPerHour) + hour / 2) / hour)
    }

    /// The call with prices that became known later: classes that had a price keep it. nil where nothing changes.
    package func rebooked(_ usage: TokenUsage, with later: ClassPrices) -> BookedCost? {
        guard state != .priced else { return nil }
        let again = BookedCost(usage, at: prices.filled(from: later))
        return again.state == state && again.low == low && again.high == high ? nil : again
    }
}

extension PriceBook {
    /// Books one call; ``CallBooker`` does the same for many.
    package func book(
        _ usage: TokenUsage, provider: String, requestModel: String?, responseModel: String?, serviceTier: String?, at time: Int64
    ) -> BookedCost {
        let quote = quote(
            provider: provider, requestModel: requestModel, responseModel: responseModel, serviceTier: serviceTier, at: time)
        return BookedCost(usage, at: quote.prices)
    }
}
