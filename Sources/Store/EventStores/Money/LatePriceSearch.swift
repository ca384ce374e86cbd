import Columnar
import Domain
import Projections
import Segments

/// Finds what newly known prices concern: unsealed calls, and conversations with sealed ones.
///
/// A call waits for a price when it is not priced as it is read now, whatever its segment says: a correction may have
/// taken its price away.
struct LatePriceSearch {
    private let late: LatePrices
    /// Numbers of the prices that became known.
    private let numbers: Range<Int>
    /// The first time at which a call may wait for one of them.
    private let firstTime: Int64
    /// What lay over sealed calls before these prices.
    private let before: CostOverlay
    /// What lies over them with these prices.
    private let after: CostOverlay
    private let layouts: EventTableLayouts
    private let registry: SchemaRegistry
    /// What becomes of a group that cannot be read.
    private let onDamage: (any Error) throws -> Void

    /// - Parameters:
    ///   - number: of the first price that became known.
    ///   - onDamage: is told of a place that cannot be read; the search goes on without it unless it throws.
    init(
        _ late: LatePrices, from number: Int, before: CostOverlay, after: CostOverlay, layouts: EventTableLayouts,
        registry: SchemaRegistry, onDamage: @escaping (any Error) throws -> Void = { throw $0 }
    ) {
        (self.late, numbers) = (late, number..<late.count)
        firstTime = numbers.compactMap { late[$0].waitingTimes?.lowerBound }.min() ?? .max
        (self.before, self.after) = (before, after)
        self.layouts = layouts
        self.registry = registry
        self.onDamage = onDamage
    }

    /// Takes the groups of sealed calls that the prices may concern, table by table.
    private func forEachGroup(
        in sealed: SealedState, _ body: (any Morsel, EventTableLayout, EventTableLayout.MoneyPlaces) throws -> Void
    ) throws {
        for layout in layouts.tables {
            guard let money = layout.money else { continue }
            for segment in sealed.segments {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() where mayConcern(group) {
                    let morsel = segment.morsel(
                        of: group, index: index, columns: layout.columns, table: layout.name,
                        statistics: ScanStatistics())
                    // Prices of other models and times: what is known of these calls holds.
                    let read = RepricedMorsel(base: morsel, layout: layout, money: money, overlay: after)
                    if after.agrees(with: before, on: read) { continue }
                    do {
                        try body(morsel, layout, money)
                    } catch  where StoreError.isOfPlace(error) {
                        try onDamage(error)
                    }
                }
            }
        }
    }

    /// The block with the late prices applied; the same block where they concern none of its calls.
    func reprice(_ block: TailBlock) -> TailBlock {
        guard block.costs.values.contains(where: { $0.state != .priced }) else { return block }
        return block.replacing(costs: block.costs(through: after, registry))
    }

    /// Conversations of a block's calls that the prices concern.
    func conversations(in block: TailBlock) -> Set<ConversationGrouping.Key> {
        var found: Set<ConversationGrouping.Key> = []
        for (row, _) in block.waitingCalls {
            let fields = CallFields(row, registry.wellKnown, registry.wellKnownTypes)
            guard let key = ConversationGrouping.key(row, registry.wellKnown) else { continue }
            let call = LatePrices.Call(fields.names(in: row), time: fields.time)
            if !late.numbers(of: call, among: numbers).isEmpty { found.insert(key) }
        }
        return found
    }

    /// Conversations of sealed calls that the prices concern.
    /// - Complexity: reads the call groups of the prices' time and models that hold a call without some price, or one
    ///   that a correction concerns.
    func conversations(in sealed: SealedState) throws -> Set<ConversationGrouping.Key> {
        var found: Set<ConversationGrouping.Key> = []
        try forEachGroup(in: sealed) { morsel, layout, money in try search(morsel, layout, money, &found) }
        return found
    }

    /// The prices that book at least one call which waited, in the order in which they were set.
    /// - Complexity: as ``conversations(in:)``.
    func booking(in sealed: SealedState, _ blocks: [TailBlock]) throws -> [PriceEntry] {
        var booking: Set<Int> = []
        func note(_ call: LatePrices.Call, gaps: String?, hasTotal: Bool) {
            for number in late.numbers(of: call, among: numbers)
            where hasTotal || Self.mayFill(gaps, late[number].entry.tokenClass) {
                booking.insert(number)
            }
        }
        for block in blocks {
            for (row, cost) in block.waitingCalls {
                let fields = CallFields(row, registry.wellKnown, registry.wellKnownTypes)
                note(
                    LatePrices.Call(fields.names(in: row), time: fields.time), gaps: cost.gaps,
                    hasTotal: fields.usage.total != nil)
            }
        }
        try forEachGroup(in: sealed) { morsel, layout, money in
            guard booking.count < numbers.count else { return }
            let calls = try CallColumns(morsel, layout)
            let totals = try layout.index(of: "total_tokens").map { try morsel.column($0) }
            for (row, cost) in try waiting(morsel, layout, money) {
                note(calls.call(at: row), gaps: cost.gaps, hasTotal: totals?.integer(at: row) != nil)
            }
        }
        // Numbers go by position.
        return booking.sorted().map { late[$0].entry }
    }

    /// Whether a price of a class may be what a call waits for, by the names of what it lacks; nil: they were not
    /// noted.
    private static func mayFill(_ gaps: String?, _ tokenClass: TokenClass) -> Bool {
        guard let gaps else { return true }
        return tokenClass == .gpu
            || gaps.utf8.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(tokenClass.rawValue.utf8) }
    }

    /// A cost that became known, with the labels of its counter: tenant, provider, model, route.
    struct FirstCost {
        var picoUSD: Int128
        var labels: [String]
    }

    /// The calls of a sealed morsel that wait for a price, as they were read before these prices.
    private func waiting(
        _ morsel: any Morsel, _ layout: EventTableLayout, _ money: EventTableLayout.MoneyPlaces
    ) throws -> [(row: Int, cost: CallCost)] {
        let costs = try RepricedMorsel(base: morsel, layout: layout, money: money, overlay: before).costs()
        return costs.enumerated().compactMap { row, cost in
            guard let cost, cost.state != .priced else { return nil }
            return (row: row, cost: cost)
        }
    }

    /// Costs of sealed calls that came live and had none before these prices.
    /// - Complexity: as ``conversations(in:)``.
    func firstCosts(in sealed: SealedState, leads: ClockLeads) throws -> [FirstCost] {
        var found: [FirstCost] = []
        try forEachGroup(in: sealed) { morsel, layout, money in
            found += try firstCosts(of: morsel, layout, money, leads: leads)
        }
        return found
    }

    private func firstCosts(
        of base: any Morsel, _ layout: EventTableLayout, _ money: EventTableLayout.MoneyPlaces, leads: ClockLeads
    ) throws -> [FirstCost] {
        let old = RepricedMorsel(base: base, layout: layout, money: money, overlay: before)
        let new = RepricedMorsel(base: base, layout: layout, money: money, overlay: after)
        // What is priced waits for nothing.
        let booked = try old.costs()
        var costs = booked
        let waiting = booked.indices.filter { row in booked[row].map { $0.state != .priced } ?? false }
        for (row, cost) in zip(waiting, try new.computed(waiting)) { costs[row] = cost }
        after.keep(OverlaidCosts.Columns(costs, money, layout.columns, check: {}), of: new)
        let counted = try CountedCalls(base, layout, leads)
        return waiting.compactMap { row in
            guard booked[row]?.costPicoUSD == nil, let cost = costs[row]?.costPicoUSD,
                let labels = counted.labels(of: row)
            else { return nil }
            return FirstCost(picoUSD: cost, labels: labels)
        }
    }

    private func mayConcern(_ group: RowGroup) -> Bool {
        guard let state = group.summary(named: "price_state"), let time = group.summary(named: "time") else {
            return false
        }
        let priced = Scalar.text(PriceState.priced.name)
        guard state.minimum != priced || state.maximum != priced || before.mayCorrect(group),
            case .timestamptz(let last) = time.maximum
        else { return false }
        return firstTime <= last
    }

    private func search(
        _ morsel: any Morsel, _ layout: EventTableLayout, _ money: EventTableLayout.MoneyPlaces,
        _ found: inout Set<ConversationGrouping.Key>
    ) throws {
        func column(_ name: String) throws -> Vector? { try layout.index(of: name).map { try morsel.column($0) } }
        let calls = try CallColumns(morsel, layout)
        let (conversations, tenants) = (try column("conversation_id"), try column("tenant"))
        for (row, _) in try waiting(morsel, layout, money) {
            guard let conversation = conversations?.text(at: row), let tenant = tenants?.text(at: row) else { continue }
            if !late.numbers(of: calls.call(at: row), among: numbers).isEmpty {
                found.insert(.init(tenant: tenant, conversation: conversation))
            }
        }
    }
}

/// What sealed calls say of themselves that decides which prices they have.
private struct CallColumns {
    private let texts: [Vector?]
    private let times: Vector

    init(_ morsel: any Morsel, _ layout: EventTableLayout) throws {
        let names = ["provider", "request_model", "response_model", "service_tier"]
        texts = try names.map { try layout.index(of: $0).map { try morsel.column($0) } }
        times = try morsel.column(layout.time)
    }

    func call(at row: Int) -> LatePrices.Call {
        LatePrices.Call(
            provider: texts[0]?.text(at: row) ?? "", requestModel: texts[1]?.text(at: row),
            responseModel: texts[2]?.text(at: row), serviceTier: texts[3]?.text(at: row),
            time: times.integer(at: row) ?? 0)
    }
}

extension TailBlock {
    /// What its calls cost by the overlay, beside ``costs``.
    func costs(through overlay: CostOverlay, _ registry: SchemaRegistry) -> RowCosts {
        var result = costs
        for (index, row) in rows.enumerated() {
            guard let booked = costs[index] else { continue }
            let fields = CallFields(row, registry.wellKnown, registry.wellKnownTypes)
            result.replace(
                index, by: overlay.cost(of: fields, in: row, position: position(of: index), booked: booked))
        }
        return result
    }

    /// Calls that wait for a price, and what they were booked at.
    fileprivate var waitingCalls: [(row: EventRow, cost: CallCost)] {
        rows.indices.compactMap { index in
            guard let cost = costs[index], cost.state != .priced else { return nil }
            return (rows[index], cost)
        }
    }
}
