import Bytes
import Columnar
import Domain
import EventLogs
import Platform
import Projections
import Segments

extension Writer {
    /// Books calls again at the prices now in force, as a record that is durable when this returns. Counters of cost
    /// stay as they are; those of calls without an exact cost follow. Where no call costs anything else, nothing is
    /// recorded.
    func rebook(provider: String, model: String?, times: Range<Int64>) throws -> Rebooking {
        try checkUsable()
        settleIfDone()
        if let horizon = sealed.costHorizon, times.lowerBound < horizon {
            throw StoreError.correctionTooOld(horizon: horizon)
        }
        var rebooking = Rebooking(
            provider: provider, model: model, times: times, lastPosition: ledger.position,
            list: ledger.prices.book.listNumber)
        let after = overlay.adding(rebooking)
        let effect = try RebookingEffect(rebooking, before: overlay, after: after, writer: self)
        guard let correction = Int64(exactly: effect.correctionPicoUSD),
            let counted = Int64(exactly: effect.countedPicoUSD)
        else { throw StoreError.correctionTooLarge }
        (rebooking.calls, rebooking.correctionPicoUSD, rebooking.countedPicoUSD) = (effect.calls, correction, counted)
        guard rebooking.calls > 0 else { return rebooking }
        let prices = ledger.prices.book.candidates(provider: provider, requestModel: model, responseModel: nil).lists
            .flatMap { $0 }
        try observeClock()
        _ = try noteDurably(.event(type: Rebooking.recordType, data: rebooking.data(prices: prices)))
        apply(rebooking, effect, after)
        // What is kept is what the record tells.
        rebooking.change = effect.change
        return rebooking
    }

    /// Lays a correction over what was read back.
    func replay(_ rebooking: Rebooking, onDamage: OnDamage) throws {
        let after = overlay.adding(rebooking)
        let effect = try RebookingEffect(rebooking, before: overlay, after: after, writer: self, onDamage: onDamage)
        apply(rebooking, effect, after)
    }

    private func apply(_ rebooking: Rebooking, _ effect: RebookingEffect, _ overlay: CostOverlay) {
        ledger.prices.add(rebooking)
        take(overlay)
        for (labels, calls) in effect.countedCalls { counters.countCorrection(calls, .labels(labels)) }
        // As of late prices: calls of a seal under way go to their segment at the old cost, and their conversations are
        // folded again once it is published. Whoever sends does not wait for it.
        for block in tail.frozenReadBlocks {
            dirty.formUnion(effect.unsealed[block.firstPosition] ?? [])
        }
        tail.replace { block in
            guard let repriced = effect.repriced[block.firstPosition] else { return block }
            countCorrection(from: block, to: repriced)
            return repriced
        }
        dirty.formUnion(effect.conversations)
    }
}

/// What a correction changes.
private struct RebookingEffect {
    private(set) var calls: Int64 = 0
    private(set) var correctionPicoUSD: Int128 = 0
    /// The part of it that is of calls which came live: the counters of cost have no others.
    private(set) var countedPicoUSD: Int128 = 0
    private(set) var change = RebookingChange()
    /// Of sealed calls whose cost changes.
    private(set) var conversations: Set<ConversationGrouping.Key> = []
    /// Conversations of unsealed calls whose cost changes, by the first position of their block.
    private(set) var unsealed: [Int64: Set<ConversationGrouping.Key>] = [:]
    /// Unsealed blocks with calls whose cost changes, by their first position.
    private(set) var repriced: [Int64: TailBlock] = [:]
    /// What counters tell of sealed calls that came live, by the labels that they are counted under.
    private var counted: [[ByteText]: CorrectedCalls] = [:]
    private let leads: ClockLeads

    /// - Parameter onDamage: is told of a place that cannot be read; the rest goes on without it unless it throws.
    /// - Complexity: O(calls in groups of the time range).
    init(
        _ rebooking: Rebooking, before: CostOverlay, after: CostOverlay, writer: Writer,
        onDamage: Writer.OnDamage = { throw $0 }
    ) throws {
        leads = writer.ledger.leads
        for layout in writer.layouts.tables {
            guard let money = layout.money else { continue }
            for segment in writer.sealed.segments {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated()
                where rebooking.mayConcern(group) {
                    let base = segment.morsel(
                        of: group, index: index, columns: layout.columns, table: layout.name,
                        statistics: ScanStatistics())
                    do {
                        let old = RepricedMorsel(base: base, layout: layout, money: money, overlay: before)
                        let new = RepricedMorsel(base: base, layout: layout, money: money, overlay: after)
                        try compare(old, new, rebooking)
                    } catch  where StoreError.isOfPlace(error) {
                        try onDamage(error)
                    }
                }
            }
        }
        for block in writer.tail.readBlocks { compare(block, after, writer.registry) }
    }

    /// So small a part of a group's calls is computed alone, before and after, where nobody asked for all of them yet:
    /// a start would compute what a store costs for a few calls. Of more, whoever asks next finds all of them.
    private static let fewShare = 8

    /// Only rows that the correction concerns may cost something else, and only of these costs are looked at.
    private mutating func compare(
        _ old: RepricedMorsel, _ new: RepricedMorsel, _ rebooking: Rebooking
    ) throws {
        let (base, layout) = (old.base, old.layout)
        let rows = try rebooking.rows(of: base, layout)
        guard !rows.isEmpty else {
            if let known = old.overlay.knownColumns(of: old) { new.overlay.keep(known, of: new) }
            return
        }
        let knowsAll = rows.count > base.rowCount / Self.fewShare || old.overlay.knownColumns(of: old) != nil
        var before = knowsAll ? try old.costs() : [CallCost?](repeating: nil, count: base.rowCount)
        if !knowsAll { for (row, cost) in zip(rows, try old.computed(rows)) { before[row] = cost } }
        var after = before
        for (row, cost) in zip(rows, try new.computed(rows)) { after[row] = cost }
        if knowsAll {
            new.overlay.keep(OverlaidCosts.Columns(after, new.money, layout.columns, check: {}), of: new)
        }
        let ids = try layout.index(of: "conversation_id").map { try base.column($0) }
        let tenants = try layout.index(of: "tenant").map { try base.column($0) }
        let changed = rows.filter { differ(before[$0], after[$0]) }
        let live = changed.isEmpty ? nil : try LiveCalls(base, layout, leads)
        try count(rows, before, after, base, layout)
        for row in changed {
            add(before[row], after[row], isCounted: live?.isLive(row) ?? false)
            if let conversation = ids?.text(at: row), let tenant = tenants?.text(at: row) {
                conversations.insert(.init(tenant: tenant, conversation: conversation))
            }
        }
    }

    /// Most corrections leave every cost exact: then no more columns are read.
    private mutating func count(
        _ rows: [Int], _ before: [CallCost?], _ after: [CallCost?], _ base: any Morsel, _ layout: EventTableLayout
    ) throws {
        var calls: CountedCalls?
        for row in rows {
            var change = CorrectedCalls()
            change.add(before[row], after[row])
            if change.isEmpty { continue }
            let known = try calls ?? CountedCalls(base, layout, leads)
            calls = known
            guard let labels = known.labels(of: row) else { continue }
            counted[labels.map { ByteText($0.utf8) }, default: CorrectedCalls()].add(before[row], after[row])
        }
    }

    /// Sorted by their labels: a counter has no room for any number of these, and the first ones have it.
    var countedCalls: [(labels: [String], calls: CorrectedCalls)] {
        counted.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (labels: $0.key.map(\.description), calls: $0.value) }
    }

    private mutating func compare(_ block: TailBlock, _ overlay: CostOverlay, _ registry: SchemaRegistry) {
        let costs = block.costs(through: overlay, registry)
        guard costs != block.costs else { return }
        for row in block.rows.indices where differ(block.costs[row], costs[row]) {
            let arrival = leads.arrival(at: block.position(of: row), receivedTime: block.receivedTimes[row])
            add(block.costs[row], costs[row], isCounted: arrival.isLive(block.rows[row].time))
            if let key = ConversationGrouping.key(block.rows[row], registry.wellKnown) {
                unsealed[block.firstPosition, default: []].insert(key)
            }
        }
        repriced[block.firstPosition] = block.replacing(costs: costs)
    }

    private func differ(_ old: CallCost?, _ new: CallCost?) -> Bool {
        guard let old, let new else { return (old == nil) != (new == nil) }
        return !old.isSameAmount(as: new)
    }

    private mutating func add(_ old: CallCost?, _ new: CallCost?, isCounted: Bool) {
        let (old, new) = (old?.within64Bits, new?.within64Bits)
        calls += 1
        let difference = (new?.costPicoUSD ?? 0) - (old?.costPicoUSD ?? 0)
        correctionPicoUSD += difference
        if isCounted { countedPicoUSD += difference }
        change.add(old, new)
    }
}

extension CallCost {
    /// The same, as no call costs more; sums over all calls of a store stay within 128 bits then, whatever it was told
    /// before.
    fileprivate var within64Bits: CallCost {
        func bounded(_ amount: Int128) -> Int128 { min(max(amount, Int128(Int64.min)), Int128(Int64.max)) }
        return CallCost(
            costPicoUSD: costPicoUSD.map(bounded), lowPicoUSD: bounded(lowPicoUSD),
            highPicoUSD: highPicoUSD.map(bounded), state: state,
            gaps: gaps)
    }
}

extension EventStore {
    /// Books the calls of a provider and model in a range of event times again, at the prices now in force. Reads show
    /// the new cost from then on; the counter of cost doesn't fall, the difference of the calls that it
    /// counts is in ``StoreStatus/rebookedPicoUSD``. Calls that have no exact cost any more are counted as unpriced,
    /// those that have one now are taken back. Durable when it returns; where no call costs anything else, nothing is
    /// recorded.
    /// - Parameter model: asked for or answering; nil: every model of the provider.
    /// - Throws: ``StoreError``, ``FileContentError``.
    /// - Complexity: O(calls in the time range).
    package func rebook(provider: String, model: String?, times: Range<Int64>) throws -> Rebooking {
        try changing { try $0.rebook(provider: provider, model: model, times: times) }
    }
}
