import Columnar
import Domain
import Projections

/// What booking calls again would change, found without changing anything.
package struct RebookingPreview: Sendable {
    /// The calls of one model that would cost something else.
    package struct Model: Sendable {
        /// As the column `model` has it; empty where calls name none.
        package var name: [UInt8]
        /// How many.
        package var calls: Int64 = 0
        /// What they are booked at, at least, in pico-USD.
        package var before: Int128 = 0
        /// What they would be booked at, at least, in pico-USD.
        package var after: Int128 = 0
        /// How many of them have no exact cost now …
        package var inexactBefore: Int64 = 0
        /// … and would have none then.
        package var inexactAfter: Int64 = 0

        /// No calls yet.
        package init(name: [UInt8]) { self.name = name }
    }

    /// Sorted by the bytes of their names; none where no call costs anything else.
    package private(set) var models: [Model] = []

    /// All of them together.
    package var calls: Int64 { models.reduce(0) { $0 + $1.calls } }

    /// Of these models, each once, in any order.
    package init(models: [Model] = []) { self.models = models.sorted { $0.name.lexicographicallyPrecedes($1.name) } }
}

extension StoreSnapshot {
    /// What ``EventStore/rebook(provider:model:times:)`` would change at this position.
    /// - Throws: ``CorruptionError``, ``StorageError``.
    /// - Complexity: O(calls of groups in the time range that may hold the provider).
    package func rebookingPreview(provider: String, model: String?, times: Range<Int64>) throws -> RebookingPreview {
        let rebooking = Rebooking(provider: provider, model: model, times: times, lastPosition: position)
        let after = version.overlay.adding(rebooking)
        var found: [[UInt8]: RebookingPreview.Model] = [:]
        for layout in layouts.tables {
            guard let money = layout.money else { continue }
            guard let table = table(named: layout.name), let place = layout.index(of: "provider") else { continue }
            var predicates = [ColumnPredicate(column: place, comparison: .equal(.text(provider)))]
            if times.lowerBound > .min {
                predicates.append(ColumnPredicate(column: layout.time, comparison: .greaterOrEqual(.timestamptz(times.lowerBound))))
            }
            let morsels = try table.morsels(for: ScanRequest(columns: money.costs, predicates: predicates, statistics: ScanStatistics()))
            for morsel in morsels {
                let old = try CallCost.read(money, rows: 0..<morsel.rowCount) { try morsel.column($0) }
                let new = try RepricedMorsel(base: morsel, layout: layout, money: money, overlay: after).costs()
                let names = try morsel.column(money.model)
                for (row, costs) in zip(old, new).enumerated() {
                    guard let before = costs.0, let after = costs.1, !before.isSameAmount(as: after) else { continue }
                    var name: [UInt8] = []
                    names.withText(at: row) { name = Array($0) }
                    found[name, default: RebookingPreview.Model(name: name)].add(before, after)
                }
            }
        }
        // order: sorted by the preview itself.
        return RebookingPreview(models: Array(found.values))
    }
}

extension RebookingPreview.Model {
    fileprivate mutating func add(_ old: CallCost, _ new: CallCost) {
        calls += 1
        before += old.lowPicoUSD
        after += new.lowPicoUSD
        if old.state != .priced { inexactBefore += 1 }
        if new.state != .priced { inexactAfter += 1 }
    }
}
