import Columnar
import Plans
import Synchronization
import Testing

/// A plan that was prepared before is taken where it would come out the same, and nowhere else.
@Suite struct KeptPreparationTests {
    /// Tables that are never read, and the rollups among them.
    private struct Catalog: TableCatalog {
        var rollups: [RollupDescription] = []
        func table(named name: String) -> (any TableSource)? { nil }
        var tableNames: [String] { [] }
        var position: Int64 { 0 }
        var watermark: Int64 { 0 }
        var now: Int64 { 0 }
        func userToken(_ userID: String) -> String { userID }
    }

    private static let hour: Int64 = 3_600_000_000_000
    private let columns = [TableColumn(name: "time", type: .timestamptz), TableColumn(name: "n", type: .integer)]
    private func scan(_ table: String) -> Plan { .scan(table: table, columns: [0, 1], output: columns, predicates: []) }

    /// A rollup by the hour of the table `calls`.
    private func rollup(earliest: Int64?) -> RollupDescription {
        RollupDescription(
            table: "calls_1h", source: "calls", grainNanoseconds: Self.hour, columns: columns, time: 0, dimensions: [],
            events: 1, measures: [], earliestTime: earliest)
    }

    private func prepared(
        _ plan: Plan, _ catalog: Catalog, _ options: QueryOptions, keeping kept: KeptPreparation?,
        answer: Scalar = .null
    ) throws -> (plan: Plan, looks: Int) {
        let looks = Looks()
        var options = options.cancelled(
            by: QueryCancellation {
                looks.count.add(1, ordering: .relaxed)
                return false
            })
        options.preparation = kept
        let plan = try Preparation(catalog: catalog, options: options).prepare(plan) { _ in
            [Chunk(columns: [Vector(type: .integer, scalars: [answer])], rowCount: 1)]
        }
        return (plan, looks.count.load(ordering: .relaxed))
    }

    private final class Looks: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Questions whose rewrites look at the options at each step: what is kept is handed out after one look.
    @Test func whatWasPreparedIsNotPreparedAgain() throws {
        let plan = Plan.filter(scan("calls"), .call(.greater, [.column(1, .integer), one], .boolean))
        let kept = KeptPreparation(of: plan)
        let catalog = Catalog(rollups: [rollup(earliest: nil)])
        let first = try prepared(plan, catalog, QueryOptions(), keeping: kept)
        let second = try prepared(plan, catalog, QueryOptions(), keeping: kept)
        #expect(first.looks > 1 && second.looks == 1 && first.plan == second.plan)
        let cancellation = QueryCancellation()
        cancellation.cancel()
        var options = QueryOptions().cancelled(by: cancellation)
        options.preparation = kept
        #expect(throws: QueryError.cancelled) {
            try Preparation(catalog: catalog, options: options).prepare(plan) { _ in [] }
        }
    }

    private var one: Expression { .literal(.integer(1), .integer) }

    /// Rollups that come, go and reach less far, and settings: the plan is what it is without anybody who keeps it.
    @Test func allThatDecidesIsLookedAt() throws {
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        let counted = Plan.aggregate(
            scan("calls"), groups: [], aggregates: [count], output: [TableColumn(name: "count", type: .integer)])
        let time = Expression.call(
            .dateTrunc, [.literal(.text("hour"), .text), .column(0, .timestamptz)], .timestamptz)
        let shown = Plan.project(scan("calls_1h"), [time], output: [columns[0]])
        for plan in [counted, shown] {
            let kept = KeptPreparation(of: plan)
            var found: Set<Plan> = []
            for _ in 0..<2 {
                for earliest in [nil, 0, 5 * Self.hour] as [Int64?] {
                    for catalog in [Catalog(), Catalog(rollups: [rollup(earliest: earliest)])] {
                        for (usesRollups, zone) in [(true, "UTC"), (false, "UTC"), (true, "Europe/Berlin")] {
                            var options = QueryOptions()
                            (options.usesRollups, options.timeZone) = (usesRollups, zone)
                            let wanted = try prepared(plan, catalog, options, keeping: nil)
                            for _ in 0..<2 {
                                let given = try prepared(plan, catalog, options, keeping: kept)
                                #expect(given.plan == wanted.plan, "\(catalog.rollups.count) \(usesRollups) \(zone)")
                            }
                            found.insert(wanted.plan)
                        }
                    }
                }
            }
            #expect(found.count > 1, "what decides shows")
        }
    }

    /// Each time they are asked.
    @Test func whatSubqueriesAnswerIsLookedAt() throws {
        func plan(_ type: ColumnType) -> Plan {
            .filter(
                scan("calls"), .call(.greater, [.column(1, .integer), .scalarSubquery(scan("inner"), type)], .boolean))
        }
        let kept = KeptPreparation(of: plan(.integer))
        for answer in [1, 1, 2, 1] as [Int64] {
            let wanted = try prepared(plan(.integer), Catalog(), QueryOptions(), keeping: nil, answer: .integer(answer))
            let given = try prepared(plan(.integer), Catalog(), QueryOptions(), keeping: kept, answer: .integer(answer))
            #expect(given.plan == wanted.plan && given.looks <= wanted.looks)
        }
        let again = try prepared(plan(.integer), Catalog(), QueryOptions(), keeping: kept, answer: .integer(1))
        let anew = try prepared(plan(.integer), Catalog(), QueryOptions(), keeping: nil, answer: .integer(1))
        #expect(again.looks < anew.looks, "the plan around it was not rewritten")
    }
}
