/// The cost of a call while it is added up: at least, at most, and what is missing. In pico-USD.
struct CostRange {
    private(set) var low: Int64 = 0
    /// nil where nobody knows an upper end.
    private(set) var high: Int64? = 0
    private(set) var gaps: CostGaps = []
    /// Whether anything that was used has a price.
    private(set) var isAnyPriced = false

    mutating func add(exactly cost: Int64) {
        assert(cost >= 0, "prices are not negative, nor are counts")
        low += cost
        high = high.map { $0 + cost }
        isAnyPriced = true
    }

    /// Adds the tokens of a call, or notes that it does not tell them.
    mutating func add(_ usage: TokenUsage, _ prices: ClassPrices) {
        var wholes = usage.wholes
        if usage.mustTell, wholes.input == 0 {
            // A call that went well was asked something: nobody counted.
            wholes.input = nil
            if wholes.output == 0 { wholes.output = nil }
        }
        if wholes.input == nil, wholes.output == nil {
            if let total = usage.total, total > 0 || !usage.mustTell {
                return add(total: total, prices, isInputOnly: usage.isInputOnly)
            }
            if usage.gpuDurationNanoseconds ?? 0 > 0 { return note(.gpu) }
            if usage.mustTell { note(.usage) }
            return
        }
        if usage.mustTell, wholes.input == nil { note(.input) }
        if usage.mustTell, wholes.output == nil, !usage.isInputOnly { note(.output) }
        if let longest = prices.inputTokensMax, wholes.input ?? 0 > longest { note(.length) }
        let beside = usage.billed
        var (input, output) = (CostRange(input: beside, prices), CostRange(output: beside, prices))
        if !usage.doubt.isEmpty {
            let inside = usage.billedInside
            input.widen(by: CostRange(input: inside, prices))
            output.widen(by: CostRange(output: inside, prices))
        }
        if usage.isTotalBelow, let total = usage.total {
            var counts = CostRange()
            counts.add(input)
            counts.add(output)
            return add(counts.orLess(by: total, prices, isInputOnly: usage.isInputOnly))
        }
        add(input)
        add(output)
    }

    /// These counts, of which the sender's own total says that there were fewer tokens: from what these cost at least
    /// to the counts.
    private func orLess(by total: Int64, _ prices: ClassPrices, isInputOnly: Bool) -> CostRange {
        var range = self
        let known =
            isInputOnly
            ? [prices.input] : [prices.input, prices.output, prices.cacheRead, prices.cacheWrite, prices.cacheWrite1h]
        // A class without a price may be all that there was.
        let isKnown = prices.input != nil && (isInputOnly || prices.output != nil)
        range.low = min(low, isKnown ? total * (known.compactMap { $0 }.min() ?? 0) : 0)
        assert(range.low >= 0 && range.low <= low, "fewer tokens cost no more")
        range.gaps.insert(.reading)
        return range
    }

    /// Only how many tokens there were is known, not of which class: between the cheapest and the dearest price of any.
    /// Exact only where every class has a price and all are the same: a price that comes later may be another one.
    private mutating func add(total: Int64, _ prices: ClassPrices, isInputOnly: Bool) {
        guard total > 0 else { return }
        if let longest = prices.inputTokensMax, total > longest { note(.length) }
        if isInputOnly { return add(total, prices.input, .input) }
        guard let input = prices.input, let output = prices.output else { return note(.usage) }
        let cached = [prices.cacheRead, prices.cacheWrite, prices.cacheWrite1h]
        let known = [input, output] + cached.compactMap { $0 }
        var range = CostRange()
        range.isAnyPriced = true
        (range.low, range.high) = (total * (known.min() ?? input), total * (known.max() ?? output))
        if range.low != range.high || cached.contains(nil) { range.gaps = .usage }
        add(range)
    }

    private mutating func note(_ gap: CostGaps) {
        gaps.insert(gap)
        high = nil
    }

    private mutating func add(_ part: CostRange) {
        assert(part.low >= 0 && part.low <= part.high ?? part.low, "a part lies between its ends")
        low += part.low
        if let more = part.high, let sum = high { high = sum + more } else { high = nil }
        gaps.formUnion(part.gaps)
        isAnyPriced = isAnyPriced || part.isAnyPriced
    }

    /// Both readings of a side: from the cheaper to the dearer one.
    private mutating func widen(by other: CostRange) {
        assert(other.low >= 0 && other.low <= other.high ?? other.low, "a reading lies between its ends")
        if low != other.low || high != other.high { gaps.insert(.reading) }
        low = min(low, other.low)
        if let one = high, let two = other.high { high = max(one, two) } else { high = nil }
        gaps.formUnion(other.gaps)
        isAnyPriced = isAnyPriced || other.isAnyPriced
    }

    private init(input amounts: ClassAmounts, _ prices: ClassPrices) {
        add(amounts.input, prices.input, .input)
        add(amounts.cacheWrite, prices.cacheWrite, .cacheWrite)
        add(amounts.cacheWrite1h, prices.cacheWrite1h, .cacheWrite1h)
        addCacheRead(amounts.cacheRead, prices)
    }

    private mutating func addCacheRead(_ count: Int64, _ prices: ClassPrices) {
        guard count > 0 else { return }
        if let price = prices.cacheRead { return add(exactly: count * price) }
        gaps.insert(.cacheRead)
        if let price = prices.input, let sum = high { high = sum + count * price } else { high = nil }
    }

    private init(output amounts: ClassAmounts, _ prices: ClassPrices) { add(amounts.output, prices.output, .output) }

    init() {}

    private mutating func add(_ count: Int64, _ price: Int64?, _ gap: CostGaps) {
        guard count > 0 else { return }
        if let price { add(exactly: count * price) } else { note(gap) }
    }
}
