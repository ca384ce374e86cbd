package import Domain

/// What a model call was booked at, as sums need it.
package struct CallCost: Hashable, Sendable {
    /// nil unless it is exact.
    package var costPicoUSD: Int128?
    /// At least this.
    package var lowPicoUSD: Int128
    /// At most this; nil where nobody knows an upper end.
    package var highPicoUSD: Int128?
    /// Whether all, some or none of what was used is priced.
    package var state: PriceState
    /// What is missing, by names with commas between; nil where nothing is, and for calls that were booked before it
    /// was noted.
    package var gaps: String?

    package init(costPicoUSD: Int128?, lowPicoUSD: Int128, highPicoUSD: Int128?, state: PriceState, gaps: String? = nil)
    {
        self.costPicoUSD = costPicoUSD
        self.lowPicoUSD = lowPicoUSD
        self.highPicoUSD = highPicoUSD
        self.state = state
        self.gaps = gaps
    }
}

extension CallCost {
    /// Whether nothing but the names of what is missing differs: calls booked before these were noted have none.
    package func isSameAmount(as other: CallCost) -> Bool {
        costPicoUSD == other.costPicoUSD && lowPicoUSD == other.lowPicoUSD && highPicoUSD == other.highPicoUSD
            && state == other.state
    }
}

/// Adds up calls: exact while all are priced, a range as soon as one is not.
struct CostSum: Sendable {
    /// Booked cost of the priced classes, pico-USD.
    private(set) var low: Int128 = 0
    /// Upper bound, pico-USD; nil where nobody knows one.
    private(set) var high: Int128? = 0
    /// Calls added.
    private(set) var calls = 0
    /// Calls whose cost is exact.
    private(set) var pricedCalls = 0
    /// Calls of which nothing is priced.
    private(set) var unpricedCalls = 0

    /// No call yet.
    init() {}

    /// Adds one call.
    mutating func add(_ cost: CallCost) {
        calls += 1
        if cost.state == .priced { pricedCalls += 1 }
        if cost.state == .unpriced { unpricedCalls += 1 }
        assert(pricedCalls + unpricedCalls <= calls, "a call is priced, unpriced or in between")
        low += cost.lowPicoUSD
        if let more = cost.highPicoUSD, let sum = high { high = sum + more } else { high = nil }
    }

    /// nil unless every call is priced; no call at all costs nothing, which is exact.
    var exact: Int128? { pricedCalls == calls ? low : nil }
    /// Whether all, some or none of the calls are priced.
    var state: PriceState {
        if pricedCalls == calls { return .priced }
        return unpricedCalls == calls ? .unpriced : .partly
    }
}
