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

    /// Calls that might be booked again.
    package struct Scope: Hashable, Sendable {
        /// As calls name it.
        package var provider: String
        /// What was asked for or what answered, a path before the name passed over; nil: every model of the provider.
        package var model: String?
        /// Event times (ns).
        package var times: Range<Int64>

        /// Takes each part as given.
        package init(provider: String, model: String?, times: Range<Int64>) {
            (self.provider, self.model, self.times) = (provider, model, times)
        }
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
    /// - Parameter look: asked between bounded stretches of work; what it throws ends it.
    /// - Throws: ``FileContentError``, ``StorageError``; what `look` throws;
    ///   ``StoreError/correctionTooOld(horizon:)``.
    /// - Complexity: O(calls of groups in the time range that may hold the provider).
    package func rebookingPreview(
        provider: String, model: String?, times: Range<Int64>, look: () throws -> Void = {}
    ) throws -> RebookingPreview {
        if let horizon = version.sealed.costHorizon, times.lowerBound < horizon {
            throw StoreError.correctionTooOld(horizon: horizon)
        }
        let scope = RebookingPreview.Scope(provider: provider, model: model, times: times)
        return try rebookingPreviews([scope], look: look)[0]
    }

    /// The same for several, each as if it were the only one, in their order and in one pass over the calls.
    /// - Parameter look: as above.
    /// - Throws: ``FileContentError``, ``StorageError``; what `look` throws.
    /// - Complexity: O(calls from the earliest of the times on × providers), whatever the number of models.
    package func rebookingPreviews(
        _ scopes: [RebookingPreview.Scope], look: () throws -> Void = {}
    ) throws -> [RebookingPreview] {
        guard let earliest = scopes.map(\.times.lowerBound).min() else { return [] }
        let search = RebookingSearch(scopes, lastPosition: position, list: book.listNumber)
        let after = version.overlay.adding(search.covering)
        var found: [[[UInt8]: RebookingPreview.Model]] = Array(repeating: [:], count: scopes.count)
        for layout in layouts.tables {
            guard let money = layout.money else { continue }
            guard let table = table(named: layout.name), let place = layout.index(of: "provider") else { continue }
            var predicates: [ColumnPredicate] = []
            if search.covering.count == 1 {
                predicates.append(
                    ColumnPredicate(column: place, comparison: .equal(.text(search.covering[0].provider))))
            }
            if earliest > .min {
                predicates.append(
                    ColumnPredicate(column: layout.time, comparison: .greaterOrEqual(.timestamptz(earliest))))
            }
            let morsels = try table.morsels(
                for: ScanRequest(columns: money.costs, predicates: predicates, statistics: ScanStatistics()))
            for morsel in morsels {
                try look()
                let old = try CallCost.read(money, rows: 0..<morsel.rowCount) { try morsel.column($0) }
                let new = try RepricedMorsel(base: morsel, layout: layout, money: money, overlay: after).costs()
                let rows = try ScopedRows(search, morsel, layout)
                let names = try morsel.column(money.model)
                for (row, costs) in zip(old, new).enumerated() {
                    guard let before = costs.0, let after = costs.1, !before.isSameAmount(as: after) else { continue }
                    var name: [UInt8] = []
                    names.withText(at: row) { name = Array($0) }
                    for place in rows.scopes(of: row) {
                        found[place][name, default: RebookingPreview.Model(name: name)].add(before, after)
                    }
                }
            }
        }
        // order: sorted by the preview itself.
        return found.map { RebookingPreview(models: Array($0.values)) }
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
