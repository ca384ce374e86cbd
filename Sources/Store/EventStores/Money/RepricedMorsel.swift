import Columnar
import Domain
import Projections

/// A morsel of model calls whose costs are read through late prices and corrections.
struct RepricedMorsel: Morsel {
    let base: any Morsel
    let layout: EventTableLayout
    let money: EventTableLayout.MoneyPlaces
    let overlay: CostOverlay
    /// Throws when the costs are no longer wanted: of a group they are much work, and others may be at it.
    var check: ScanRequest.Check = {}

    /// After so many calls whoever computes looks whether the costs are still wanted.
    private static let rowsPerLook = 1_024

    var rowCount: Int { base.rowCount }
    /// Another one only where a price or a correction has come that may concern one of the calls.
    var identity: MorselIdentity? { overlay.identity(of: self) }

    func column(_ index: Int) throws -> Vector {
        try isMoney(index) ? columns()[index] : base.column(index)
    }

    func keys(_ index: Int) throws -> Vector {
        try isMoney(index) ? column(index) : base.keys(index)
    }

    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        try isMoney(index) ? columns()[index].gather(rows) : base.column(index, rows: rows)
    }

    func keys(_ index: Int, rows: [UInt32]) throws -> Vector {
        try isMoney(index) ? column(index, rows: rows) : base.keys(index, rows: rows)
    }

    func texts(_ index: Int) throws -> Vector? { try isMoney(index) ? nil : base.texts(index) }

    func present(_ index: Int) throws -> PresentValues? { try isMoney(index) ? nil : base.present(index) }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        try isMoney(index) ? nil : base.rows(index, ofTexts: texts)
    }

    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? {
        try isMoney(index) ? nil : base.rows(index, withText: text)
    }

    func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]? {
        try isMoney(index) ? nil : base.rows(index, first: count, descending: descending)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        try isMoney(index) ? nil : base.rows(index, within: times)
    }

    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        try isMoney(index) ? nil : base.runs(index, in: buckets)
    }

    /// What pages say of costs no longer holds.
    func summary(_ index: Int) -> ColumnSummary? { isMoney(index) ? nil : base.summary(index) }

    private func isMoney(_ index: Int) -> Bool {
        money.costs.contains(index)
    }

    /// Whether a call may be here that a correction concerns, by what pages say.
    func mayHoldCalls(of rebooking: Rebooking) -> Bool {
        guard
            rebooking.mayConcern(
                time: base.summary(layout.time), position: base.summary(layout.position))
        else { return false }
        guard let provider = layout.index(of: "provider").flatMap({ base.summary($0) }) else { return true }
        return !ColumnPredicate.Comparison.equal(.text(rebooking.provider)).isRefuted(by: provider, rowCount: rowCount)
    }

    /// By row; nil for one without a cost. Waits for nobody who computes the same: the writer asks, and would stand
    /// behind a question.
    func costs() throws -> [CallCost?] {
        if let columns = overlay.knownColumns(of: self) {
            return try CallCost.read(money, rows: 0..<rowCount) { columns[$0] }
        }
        let costs = try computed(0..<rowCount)
        overlay.keep(try OverlaidCosts.Columns(costs, money, layout.columns, check: check), of: self)
        return costs
    }

    /// Five columns follow from the costs, and many questions ask for them: they are computed once.
    private func columns() throws -> OverlaidCosts.Columns {
        try overlay.columns(of: self) { try computed(0..<rowCount) }
    }

    /// Of the given rows, in their order; nil for one without a cost.
    func costs(of rows: [Int]) throws -> [CallCost?] {
        guard let columns = overlay.knownColumns(of: self) else { return try computed(rows) }
        return try CallCost.read(money, rows: rows) { columns[$0] }
    }

    /// The same, computed anew.
    func computed(_ rows: some Collection<Int>) throws -> [CallCost?] {
        guard !rows.isEmpty else { return [] }
        let names = [
            "status", "response_model", "usage_doubt", "other_usage", "response_id", "finish_reason",
        ].map { layout.index(of: $0) }
        let counts = [
            "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
            "reasoning_tokens", "gpu_duration_ns", "total_tokens", "time_to_first_token_ns",
        ].map { layout.index(of: $0) }
        let streams = try layout.index(of: "stream").map { try base.column($0) }
        let texts = try names.map { try $0.map { try base.column($0) } }
        let integers = try counts.map { try $0.map { try base.column($0) } }
        func usage(_ row: Int) -> TokenUsage {
            func count(_ index: Int) -> Int64? { integers[index]?.integer(at: row) }
            func has(_ index: Int) -> Bool { texts[index].map { !$0.isNull(at: row) } ?? false }
            var usage = TokenUsage(
                input: count(0), output: count(1), cacheRead: count(2), cacheWrite: count(3), cacheWrite1h: count(4),
                reasoning: count(5), gpuDurationNanoseconds: count(6))
            (usage.total, usage.isInputOnly) = (count(7), money.isInputOnly)
            if has(2), let names = texts[2]?.text(at: row) { usage.doubt = UsageDoubt(names: names) }
            if has(3), let names = texts[3]?.text(at: row) { usage.other = names }
            usage.mustTell = TokenUsage.mustTell(
                isError: texts[0]?.text(at: row) == "error", isStream: streams?.boolean(at: row) ?? false,
                hasBegun: has(1) || has(4) || has(5) || count(8) != nil)
            return usage
        }
        let booked = try CallCost.read(money, rows: rows) { try base.column($0) }
        var pricing = CallPricing(
            overlay, try CallPricing.Columns(base, layout), rebookings: overlay.rebookings(of: self))
        return try zip(rows, booked).enumerated().map { place, call in
            if place % Self.rowsPerLook == 0 { try check() }
            return call.1.map { pricing.cost(of: call.0, booked: $0) { usage(call.0) } }
        }
    }
}
