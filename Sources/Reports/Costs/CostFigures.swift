/// Calls, tokens and money of a group of model and embedding calls.
struct CostFigures {
    var calls: Int128 = 0
    var errors: Int128 = 0
    var priced: Int128 = 0
    var partly: Int128 = 0
    var unpriced: Int128 = 0
    /// Failed calls among the priced ones.
    var pricedErrors: Int128 = 0
    /// Calls whose upper bound nobody knows.
    var unbounded: Int128 = 0
    /// Cost of the calls that are priced whole, in pico-USD.
    var booked: Int128 = 0
    /// Cost of all classes that have a price.
    var low: Int128 = 0
    private var knownHigh: Int128 = 0
    /// In the order of ``tokenClasses``.
    var tokens = [Int128](repeating: 0, count: CostFigures.tokenClasses.count)

    /// The upper end of the range; nil where a call has none.
    var high: Int128? { unbounded == 0 ? knownHigh : nil }
    /// The upper end of the range of the calls of these that are not among the others; nil where one of them has none.
    private func highOfOthers(than part: CostFigures) -> Int128? {
        unbounded == part.unbounded ? knownHigh - part.knownHigh : nil
    }
    /// Between what shares of the cost of all calls those of a group lie: the least with all others at most, the most
    /// with them at least.
    func shares(of total: CostFigures) -> (low: ReportValue, high: ReportValue) {
        // No call has no part of the cost, whatever the others cost.
        guard calls > 0 else { return (.ratio(booked, of: total.booked), .ratio(booked, of: total.booked)) }
        let least = total.highOfOthers(than: self).map { ReportValue.ratio(low, of: low + $0) } ?? .unknown
        let most = high.map { ReportValue.ratio($0, of: $0 + total.low - low) } ?? .unknown
        return (least, most)
    }
    /// What is booked; nil where calls are not priced whole and all that is booked is the nothing of calls that failed:
    /// their 0 says nothing of what the others cost.
    var known: Int128? { calls > priced && priced == pricedErrors && booked == 0 ? nil : booked }
    /// The same as a figure: not told is not zero.
    var bookedShown: ReportValue { .amount(known) }
    /// The cost of one of so many; none where no call was told.
    func each(_ picoUSD: Int128?, per count: Int128) -> ReportValue { calls > 0 ? .cost(picoUSD, per: count) : .none }
    /// Calls whose cost is not known whole.
    var notWhollyPriced: Int128 { partly + unpriced }
    /// Input and output: the other classes are parts of these.
    var tokensTotal: Int128 { tokens[0] + tokens[1] }

    static let tokenClasses = ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"]

    /// What ``add(_:from:)`` reads, in its order.
    static let selection =
        "count(*), count(*) filter (where status = 'error'), count(*) filter (where price_state = 'priced'), "
        + "count(*) filter (where price_state = 'partly'), count(*) filter (where price_state = 'unpriced'), "
        + "count(*) filter (where cost_high_usd is null), sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd), "
        + tokenClasses.map { "sum(\($0)_tokens)" }.joined(separator: ", ")
        + ", count(*) filter (where price_state = 'priced' and status = 'error')"

    /// Takes a row in whose columns from `first` on are the ``selection``.
    mutating func add(_ row: ReportRow, from first: Int) {
        calls += row.integer(first)
        errors += row.integer(first + 1)
        priced += row.integer(first + 2)
        partly += row.integer(first + 3)
        unpriced += row.integer(first + 4)
        unbounded += row.integer(first + 5)
        booked += row.picoUSD(first + 6)
        low += row.picoUSD(first + 7)
        knownHigh += row.picoUSD(first + 8)
        for place in tokens.indices { tokens[place] += row.integer(first + 9 + place) }
        pricedErrors += row.integer(first + 9 + tokens.count)
    }
}
