import Bytes

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
    /// Whether all, some or none of what was used has a price.
    package var state: PriceState
    /// nil unless the cost is exact.
    package var cost: Int64?
    /// At least this: what was told and has a price, by the cheaper reading.
    package var low: Int64
    /// At most this, by the dearer reading, with an unpriced cache_read at the input price; nil where nobody knows.
    package var high: Int64?
    /// The prices that were in force; those of classes without tokens too.
    package var prices: ClassPrices
    /// What keeps the cost from being exact; empty where it is.
    package var gaps: CostGaps
    /// Billed use that no class tells: the names of the call, each once, with commas between.
    package var other: String

    /// What ``other`` calls tokens that the sender's total has and no class.
    package static let untoldTokens = "untold_tokens"

    /// Books a call.
    ///
    /// GPU time that was told is the whole price where it has one; else tokens are. A call that failed and told nothing
    /// costs nothing; one that went well and told nothing costs nobody knows what. Of a total that contradicts the
    /// counts see ``TokenUsage/isTotalAbove`` and ``TokenUsage/isTotalBelow``.
    /// - Precondition: ``TokenUsage/check()`` did not throw; the prices are within ``Limits``, so that no sum leaves 64
    ///   bits.
    package init(_ usage: TokenUsage, at prices: ClassPrices) {
        var range = CostRange()
        let isByGPU = usage.gpuDurationNanoseconds != nil && prices.gpu != nil
        if let duration = usage.gpuDurationNanoseconds, let hour = prices.gpu {
            range.add(exactly: BookedCost.gpuCost(duration, picoUSDPerHour: hour))
        } else {
            range.add(usage, prices)
        }
        self.prices = prices
        (low, gaps) = (range.low, range.gaps)
        let untold = usage.isTotalAbove && !isByGPU ? "," + BookedCost.untoldTokens : ""
        other = UsageNames.list(usage.other + untold).joined(separator: ",")
        assert(range.low >= 0 && range.low <= range.high ?? range.low, "a cost lies between its ends")
        if range.gaps.isEmpty, other.isEmpty {
            (state, cost, high) = (.priced, range.low, range.low)
        } else {
            (state, cost) = (range.isAnyPriced ? .partly : .unpriced, nil)
            high = other.isEmpty ? range.high : nil
        }
    }

    /// What is missing, as the column `price_gaps` has it; nil where the cost is exact.
    package var gapNames: String? {
        state == .priced ? nil : gaps.names(inputTokensMax: prices.inputTokensMax, other: other)
    }

    /// No call costs more, in pico-USD: the most tokens, or the longest GPU time, at the dearest price.
    package static let picoUSDMax = max(
        2 * Limits.tokensMax * Limits.pricePicoUSDPerTokenMax,
        gpuCost(Limits.gpuDurationNanosecondsMax, picoUSDPerHour: Limits.pricePicoUSDPerGPUHourMax))

    /// Pico-USD of GPU time, rounded half up to a whole one.
    private static func gpuCost(_ durationNanoseconds: Int64, picoUSDPerHour: Int64) -> Int64 {
        assert(durationNanoseconds >= 0 && picoUSDPerHour >= 0, "neither time nor prices are negative")
        let hour = Int128(Nanoseconds.hour)
        return Int64((Int128(durationNanoseconds) * Int128(picoUSDPerHour) + hour / 2) / hour)
    }
}

extension PriceBook {
    /// Books one call; ``CallBooker`` does the same for many.
    package func book(
        _ usage: TokenUsage, provider: String, requestModel: String?, responseModel: String?, serviceTier: String?,
        at time: Int64
    ) -> BookedCost {
        let quote = quote(
            provider: provider, requestModel: requestModel, responseModel: responseModel, serviceTier: serviceTier,
            at: time)
        return BookedCost(usage, at: quote.prices)
    }
}
