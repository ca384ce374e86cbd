import Columnar
import Domain
import Projections

/// Calls without an exact cost, by what they are and what is missing.
package struct InexactCalls: Sendable {
    /// Calls of one provider, model and tier that lack the same.
    package struct Group: Sendable {
        /// Who runs the model, as UTF-8.
        package var provider: [UInt8]
        /// The model that answered, else the one that was asked for.
        package var model: [UInt8]
        /// Empty for none.
        package var serviceTier: [UInt8]
        /// As the column `price_gaps` has it, but for classes of which the tokens were not told
        /// (``UsageGaps/shown(_:of:)``); empty for calls that were booked before it was noted.
        package var gaps: [UInt8]
        /// How many.
        package var calls: Int64 = 0
        /// What is known of their cost, in pico-USD.
        package var low: Int128 = 0
        /// nil where one of them has no upper end.
        package var high: Int128? = 0
    }

    /// Sorted by provider, model, tier and what is missing, by bytes.
    package private(set) var groups: [Group] = []

    /// None.
    package init() {}

    fileprivate init(_ found: [[[UInt8]]: Group]) {
        groups = found.sorted { left, right in
            for (one, other) in zip(left.key, right.key) where one != other {
                return one.lexicographicallyPrecedes(other)
            }
            return false
        }.map(\.value)
    }
}

extension StoreSnapshot {
    /// Every model call whose cost is not exact at this position.
    /// - Parameters:
    ///   - times: of which event times (ns); nil: of all.
    ///   - look: asked between bounded stretches of work; what it throws ends it.
    /// - Throws: ``FileContentError``, ``StorageError``; what `look` throws.
    /// - Complexity: O(calls of groups that hold such a call).
    package func inexactCalls(of times: Range<Int64>? = nil, look: () throws -> Void = {}) throws -> InexactCalls {
        var found: [[[UInt8]]: InexactCalls.Group] = [:]
        for layout in layouts.tables {
            guard let money = layout.money, let table = table(named: layout.name) else { continue }
            let isInexact = ColumnPredicate(column: money.state, comparison: .notEqual(.text(PriceState.priced.name)))
            let isWithin = times.map { Self.within($0, layout.time) } ?? []
            let request = ScanRequest(
                columns: money.costs, predicates: [isInexact] + isWithin, statistics: ScanStatistics())
            let names = ["provider", "model", "service_tier", "price_gaps"].map { layout.index(of: $0) }
            for morsel in try table.morsels(for: request) {
                try look()
                let costs = try CallCost.read(money, rows: 0..<morsel.rowCount) { try morsel.column($0) }
                guard costs.contains(where: { $0.map { $0.state != .priced } ?? false }) else { continue }
                let columns = try names.map { try $0.map { try morsel.column($0) } }
                let told = try ToldCounts(morsel, layout, isInputOnly: money.isInputOnly)
                let instants = try times.map { _ in try morsel.column(layout.time) }
                for (row, cost) in costs.enumerated() {
                    guard let cost, cost.state != .priced else { continue }
                    // Predicates leave out whole stretches of rows alone.
                    if let times, let instant = instants?.integer(at: row), !times.contains(instant) { continue }
                    var key: [[UInt8]] = []
                    for column in columns {
                        key.append([])
                        column?.withText(at: row) { key[key.count - 1] = Array($0) }
                    }
                    key[3] = UsageGaps.shown(key[3], of: told.usage(at: row))
                    let empty = InexactCalls.Group(provider: key[0], model: key[1], serviceTier: key[2], gaps: key[3])
                    found[key, default: empty].add(cost)
                }
            }
        }
        return InexactCalls(found)
    }

    private static func within(_ times: Range<Int64>, _ column: Int) -> [ColumnPredicate] {
        [
            ColumnPredicate(column: column, comparison: .greaterOrEqual(.timestamptz(times.lowerBound))),
            ColumnPredicate(column: column, comparison: .less(.timestamptz(times.upperBound))),
        ]
    }
}

extension InexactCalls.Group {
    fileprivate mutating func add(_ cost: CallCost) {
        calls += 1
        low += cost.lowPicoUSD
        if let more = cost.highPicoUSD, let sum = high { high = sum + more } else { high = nil }
    }
}

/// What the calls of a morsel told of their tokens, as far as it says which of the classes they lack were told.
private struct ToldCounts {
    private let columns: [Vector?]
    private let isInputOnly: Bool

    init(_ morsel: any Morsel, _ layout: EventTableLayout, isInputOnly: Bool) throws {
        columns = try ["input_tokens", "output_tokens", "total_tokens", "usage_doubt"].map {
            try layout.index(of: $0).map { try morsel.column($0) }
        }
        self.isInputOnly = isInputOnly
    }

    func usage(at row: Int) -> TokenUsage {
        var usage = TokenUsage(input: columns[0]?.integer(at: row), output: columns[1]?.integer(at: row))
        usage.total = columns[2]?.integer(at: row)
        columns[3]?.withText(at: row) { usage.doubt = UsageDoubt(names: String(decoding: $0, as: UTF8.self)) }
        usage.isInputOnly = isInputOnly
        return usage
    }
}
