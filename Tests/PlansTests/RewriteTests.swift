import Bytes
import Columnar
import Plans
import Testing

@Suite struct RewriteTests {
    private let columns = ["a", "b", "c", "t"].map { TableColumn(name: $0, type: $0 == "t" ? .timestamptz : .integer) }
    private var scan: Plan { .scan(table: "x", columns: [0, 1, 2, 3], output: columns, predicates: []) }
    private func column(_ index: Int) -> Expression { .column(index, columns[index].type) }
    private func integer(_ value: Int64) -> Expression { .literal(.integer(value), .integer) }
    private func compare(_ function: ScalarFunction, _ left: Expression, _ right: Expression) -> Expression {
        .call(function, [left, right], .boolean)
    }

    @Test func foldingTakesWhatTheEngineKnows() {
        let square: Expression = .call(.squareRoot, [.literal(.double(16), .double)], .double)
        #expect(ConstantFolding(timeZone: "UTC").fold(square) == square)
        let folded = ConstantFolding(timeZone: "UTC", evaluate: { _ in .double(4) }).fold(square)
        #expect(folded == .literal(.double(4), .double))
    }

    @Test func foldingLeavesFailuresToTheRows() {
        let folding = ConstantFolding(timeZone: "UTC")
        let overflow: Expression = .call(.add, [integer(.max), integer(1)], .integer)
        #expect(folding.fold(overflow) == overflow)
        let division: Expression = .call(.divide, [integer(1), integer(0)], .integer)
        #expect(folding.fold(division) == division)
    }

    @Test func negationsBecomeOpposites() {
        let folding = ConstantFolding(timeZone: "UTC")
        let less = compare(.less, column(0), integer(1))
        #expect(folding.fold(.call(.not, [less], .boolean)) == compare(.greaterOrEqual, column(0), integer(1)))
        #expect(folding.fold(.call(.not, [.call(.not, [less], .boolean)], .boolean)) == less)
    }

    /// So that a filter can decide the parts one by one.
    @Test func negationsGoToTheParts() {
        let folding = ConstantFolding(timeZone: "UTC")
        let (less, equal) = (compare(.less, column(0), integer(1)), compare(.equal, column(0), integer(7)))
        let (notLess, notEqual) = (
            compare(.greaterOrEqual, column(0), integer(1)), compare(.notEqual, column(0), integer(7))
        )
        func not(_ inner: Expression) -> Expression { .call(.not, [inner], .boolean) }
        let list = Expression.oneOf(column(0), [.integer(1), .null])
        #expect(
            folding.fold(not(.call(.or, [less, list, equal], .boolean))).conjuncts == [notLess, not(list), notEqual])
        #expect(
            folding.fold(not(.call(.and, [less, not(.call(.or, [equal, list], .boolean))], .boolean)))
                == .call(.or, [notLess, equal, list], .boolean))
        let null = Expression.literal(.null, .boolean)
        #expect(folding.fold(not(.call(.or, [less, null], .boolean))) == .call(.and, [notLess, null], .boolean))
        #expect(
            folding.fold(not(.call(.or, [less, .literal(.boolean(true), .boolean)], .boolean)))
                == .literal(.boolean(false), .boolean))
    }

    @Test func replacedSubqueriesReachTheScan() {
        let bound: Expression = .call(
            .subtract,
            [
                .literal(.timestamptz(1_000_000_000_000), .timestamptz),
                .literal(.interval(Interval(nanoseconds: 5)), .interval),
            ],
            .timestamptz)
        let plan = Plan.filter(scan, compare(.greaterOrEqual, column(3), bound)).rewritten(timeZone: "UTC")
        guard case .filter(.scan(_, _, _, let predicates), _) = plan else {
            Issue.record("not a filter over a scan")
            return
        }
        #expect(predicates == [ColumnPredicate(column: 3, comparison: .greaterOrEqual(.timestamptz(999_999_999_995)))])
    }

    @Test func subqueriesAreReplacedHoweverDeepTheyStand() {
        let asked = Expression.scalarSubquery(scan, .integer)
        func condition(_ inner: Expression) -> Expression {
            let chosen = ConditionalBranch(condition: compare(.less, column(0), inner), value: inner)
            return compare(
                .equal, .call(.negate, [.conditional([chosen], otherwise: .cast(inner, .integer), .integer)], .integer),
                column(1))
        }
        let limited = Plan.limit(scan, count: 1, offset: 0)
        let replaced = Plan.filter(scan, condition(asked)).mapSubqueries { _ in limited }
        #expect(replaced == .filter(scan, condition(.scalarSubquery(limited, .integer))))
        let plain = Plan.filter(scan, condition(integer(7)))
        #expect(plain.mapSubqueries { _ in limited } == plain)
    }

    @Test func predicatesSpeakOfTheTableNotOfTheScan() {
        let narrow = Plan.scan(table: "x", columns: [2, 0], output: [columns[2], columns[0]], predicates: [])
        let plan = Plan.filter(narrow, compare(.equal, integer(4), column(1))).derivingPredicates(timeZone: "UTC")
        guard case .filter(.scan(_, _, _, let predicates), _) = plan else {
            Issue.record("not a filter over a scan")
            return
        }
        #expect(predicates == [ColumnPredicate(column: 0, comparison: .equal(.integer(4)))])
    }

    @Test func truncatedTimesBoundTheTimeWidely() {
        let day: Expression = .call(.dateTrunc, [.literal(.text("day"), .text), column(3)], .timestamptz)
        let plan = Plan.filter(scan, compare(.equal, day, .literal(.timestamptz(0), .timestamptz))).derivingPredicates(
            timeZone: "UTC")
        guard case .filter(.scan(_, _, _, let predicates), _) = plan else {
            Issue.record("not a filter over a scan")
            return
        }
        #expect(
            predicates == [
                ColumnPredicate(column: 3, comparison: .greaterOrEqual(.timestamptz(-3 * 3_600_000_000_000))),
                ColumnPredicate(column: 3, comparison: .lessOrEqual(.timestamptz(27 * 3_600_000_000_000))),
            ])
    }

    /// A day of a zone begins at most 15:59 h from the UTC day of that name.
    @Test func datesBoundTheTimeForEveryOffset() {
        let day: Expression = .cast(column(3), .date)
        let filter = Plan.filter(scan, compare(.equal, day, .literal(.date(0), .date)))
        let plan = filter.derivingPredicates(timeZone: "UTC")
        guard case .filter(.scan(_, _, _, let predicates), _) = plan else {
            Issue.record("not a filter over a scan")
            return
        }
        let bounds = predicates.compactMap { predicate -> Int64? in
            switch predicate.comparison {
            case .greaterOrEqual(.timestamptz(let time)), .lessOrEqual(.timestamptz(let time)): time
            default: nil
            }
        }
        let (minute, farthest) = (Int64(60_000_000_000), Int64(15 * 60 + 59))
        #expect(bounds.count == 2 && bounds[0] <= -farthest * minute && bounds[1] >= (24 * 60 + farthest) * minute)
    }

    @Test func filtersThatMayFailStayAboveJoins() {
        let risky = compare(.equal, .call(.divide, [integer(1), column(0)], .integer), integer(1))
        let join = Plan.join(left: scan, right: scan, kind: .cross, leftKeys: [], rightKeys: [], residual: nil)
        #expect(Plan.filter(join, risky).pushingFiltersDown() == .filter(join, risky))
    }

    @Test func filtersStayAboveLimits() {
        let limited = Plan.filter(.limit(scan, count: 3, offset: 0), compare(.equal, column(0), integer(1)))
        #expect(limited.pushingFiltersDown() == limited)
    }

    @Test func outerJoinsKeepTheirFilters() {
        let condition = compare(.equal, .column(4, .integer), integer(1))
        let join = Plan.join(
            left: scan, right: scan, kind: .left, leftKeys: [column(0)], rightKeys: [column(0)], residual: nil)
        #expect(Plan.filter(join, condition).pushingFiltersDown() == .filter(join, condition))
    }

    @Test func limitsReachSortsThroughProjections() {
        let keys = [SortKey(expression: column(0), isDescending: false, nullsFirst: false)]
        let plan = Plan.limit(
            .project(.sort(scan, keys, limit: nil), [column(1)], output: [columns[1]]), count: 5, offset: 2)
        guard case .limit(.project(.sort(_, _, let limit), _, _), _, _) = plan.limitingSorts() else {
            Issue.record("the shape changed")
            return
        }
        #expect(limit == 7)
        #expect(
            Plan.limit(.sort(scan, keys, limit: nil), count: .max, offset: 2).limitingSorts()
                == .limit(.sort(scan, keys, limit: nil), count: .max, offset: 2))
    }

    @Test func pruningKeepsTheOutput() {
        let plan = Plan.project(
            .filter(scan, compare(.equal, column(2), integer(1))), [column(1)],
            output: [TableColumn(name: "named", type: .integer)])
        let pruned = plan.pruningColumns()
        #expect(pruned.output == plan.output)
        guard case .project(.filter(.scan(_, let read, _, _), let condition), let expressions, _) = pruned else {
            Issue.record("the shape changed")
            return
        }
        #expect(read == [1, 2])
        #expect(condition == compare(.equal, .column(1, .integer), integer(1)))
        #expect(expressions == [.column(0, .integer)])
    }

    @Test func calendarRoundTrips() {
        for days in stride(from: -106_751 as Int64, through: 106_751, by: 37) {
            #expect(CivilDate(daysSince1970: days).daysSince1970 == days)
        }
        #expect(CivilTime(nanoseconds: .min).text == "1677-09-21 00:12:43.145224192")
        #expect(CivilTime(nanoseconds: .max).text == "2262-04-11 23:47:16.854775807")
        #expect(CivilDate(year: 2024, month: 1, day: 31).adding(months: 1)?.text == "2024-02-29")
        #expect(CivilDate(year: 2024, month: 1, day: 31).adding(months: -2)?.text == "2023-11-30")
    }
}
