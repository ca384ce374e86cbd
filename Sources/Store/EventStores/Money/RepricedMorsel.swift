import Columnar
import Domain
import Projections
import Synchronization

/// A morsel of model calls whose costs are read through late prices and corrections.
struct RepricedMorsel: Morsel {
    let base: any Morsel
    let layout: EventTableLayout
    let money: EventTableLayout.MoneyPlaces
    let overlay: CostOverlay
    private let known = KnownCosts()

    init(base: any Morsel, layout: EventTableLayout, money: EventTableLayout.MoneyPlaces, overlay: CostOverlay) {
        (self.base, self.layout, self.money, self.overlay) = (base, layout, money, overlay)
    }

    var rowCount: Int { base.rowCount }
    var identity: MorselIdentity? { base.identity?.read(through: [Int64(bitPattern: overlay.origin)]) }

    func column(_ index: Int) throws -> Vector {
        guard isMoney(index) else { return try base.column(index) }
        let costs = try costs()
        var builder = ColumnBuilder(type: layout.columns[index].type)
        for (row, cost) in costs.enumerated() {
            guard let cost else { continue }
            builder.padNulls(to: row)
            switch index {
            case money.cost: if let value = cost.costPicoUSD { builder.append(wide: value) }
            case money.low: builder.append(wide: cost.lowPicoUSD)
            case money.high: if let value = cost.highPicoUSD { builder.append(wide: value) }
            case money.gaps: if let gaps = cost.gaps { builder.append(text: gaps) }
            default: builder.append(text: cost.state.name)
            }
        }
        builder.padNulls(to: rowCount)
        return builder.finish()
    }

    /// What pages say of costs no longer holds.
    func summary(_ index: Int) -> ColumnSummary? { isMoney(index) ? nil : base.summary(index) }

    private func isMoney(_ index: Int) -> Bool {
        money.costs.contains(index)
    }

    /// By row; nil for one without a cost. Five columns follow from them, so they are computed once.
    func costs() throws -> [CallCost?] {
        try known.all { try costs(of: 0..<rowCount) }
    }

    /// Of the given rows, in their order; nil for one without a cost.
    func costs(of rows: some Collection<Int>) throws -> [CallCost?] {
        let names = [
            "provider", "request_model", "response_model", "service_tier", "status", "usage_doubt", "other_usage",
            "response_id", "finish_reason",
        ].map { layout.index(of: $0) }
        let counts = [
            "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
            "reasoning_tokens", "gpu_duration_ns", "total_tokens", "time_to_first_token_ns",
        ].map { layout.index(of: $0) }
        let streams = try layout.index(of: "stream").map { try base.column($0) }
        let texts = try names.map { try $0.map { try base.column($0) } }
        let integers = try counts.map { try $0.map { try base.column($0) } }
        let (times, positions) = (try base.column(layout.time), try base.column(layout.position))
        let booked = try CallCost.read(money, rows: rows) { try base.column($0) }
        return zip(rows, booked).map { row, cost in
            guard let cost else { return nil }
            func count(_ index: Int) -> Int64? { integers[index]?.integer(at: row) }
            func has(_ index: Int) -> Bool { texts[index].map { !$0.isNull(at: row) } ?? false }
            var usage = TokenUsage(
                input: count(0), output: count(1), cacheRead: count(2), cacheWrite: count(3), cacheWrite1h: count(4),
                reasoning: count(5), gpuDurationNanoseconds: count(6))
            (usage.total, usage.isInputOnly) = (count(7), money.isInputOnly)
            if has(5), let names = texts[5]?.text(at: row) { usage.doubt = UsageDoubt(names: names) }
            if has(6), let names = texts[6]?.text(at: row) { usage.other = names }
            usage.mustTell = TokenUsage.mustTell(
                isError: texts[4]?.text(at: row) == "error", isStream: streams?.boolean(at: row) ?? false,
                hasBegun: has(2) || has(7) || has(8) || count(8) != nil)
            return overlay.cost(
                of: usage, provider: texts[0]?.text(at: row) ?? "", requestModel: texts[1]?.text(at: row),
                responseModel: texts[2]?.text(at: row), serviceTier: texts[3]?.text(at: row),
                time: times.integer(at: row) ?? 0, position: positions.integer(at: row) ?? 0, booked: cost)
        }
    }
}

/// What was computed once, for as long as the morsel is there.
private final class KnownCosts: Sendable {
    private let costs = Mutex<[CallCost?]?>(nil)

    /// Whoever asks meanwhile waits: it is the same work.
    func all(_ compute: () throws -> [CallCost?]) throws -> [CallCost?] {
        try costs.withLock { known in
            if let known { return known }
            let all = try compute()
            known = all
            return all
        }
    }
}

extension CallCost {
    /// The booked costs of rows of a call table; nil for a row without one.
    static func read(
        _ money: EventTableLayout.MoneyPlaces, rows: some Sequence<Int>, column: (Int) throws -> Vector
    ) throws -> [CallCost?] {
        let (cost, low, high) = (try column(money.cost), try column(money.low), try column(money.high))
        let (state, gaps) = (try column(money.state), try column(money.gaps))
        let states = PriceState.allCases
        return rows.map { row in
            guard let name = state.text(at: row), let state = states.first(where: { $0.name == name }) else {
                return nil
            }
            return CallCost(
                costPicoUSD: cost.wide(at: row), lowPicoUSD: low.wide(at: row) ?? 0, highPicoUSD: high.wide(at: row),
                state: state,
                gaps: gaps.text(at: row))
        }
    }
}
