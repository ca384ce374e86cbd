import Columnar
import Testing

/// What zone maps rule out, against every group of up to three rows of a few values.
@Suite struct RefutationTests {
    private static let values: [Scalar] = [.null, .integer(-1), .integer(0), .integer(1), .integer(2)]

    private func order(_ row: Scalar, _ value: Scalar) -> Int? {
        guard case .integer(let a) = row, case .integer(let b) = value else { return nil }
        return a < b ? -1 : a > b ? 1 : 0
    }

    private func summary(_ rows: [Scalar]) -> ColumnSummary {
        let numbers = rows.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        return ColumnSummary(
            minimum: numbers.min().map { .integer($0) } ?? .null, maximum: numbers.max().map { .integer($0) } ?? .null,
            nullCount: rows.count - numbers.count)
    }

    /// A group is refuted if and only if its bounds leave no row that satisfies the comparison: of two different
    /// numbers the bounds are rows themselves, so only what lies between them may make the answer a cautious one.
    @Test func comparisonsOfWholeNumbers() {
        var groups: [[Scalar]] = Self.values.map { [$0] }
        for length in 2...3 {
            groups += groups.filter { $0.count == length - 1 }.flatMap { rows in Self.values.map { rows + [$0] } }
        }
        for rows in groups {
            let summary = summary(rows)
            let count = rows.count
            for value in Self.values {
                for (comparison, holds) in ScalarOrderTests.comparisons(value) {
                    let isMet = rows.contains { order($0, value).map(holds) ?? false }
                    let isRefuted = comparison.isRefuted(by: summary, rowCount: count)
                    if isMet { #expect(!isRefuted, "\(comparison) refutes \(rows)") }
                    if !isMet, !isRefuted {
                        guard case .equal = comparison, order(summary.minimum, value) == -1,
                            order(summary.maximum, value) == 1
                        else {
                            Issue.record("\(comparison) does not refute \(rows)")
                            continue
                        }
                    }
                }
                let others: [Scalar] = [value, .integer(9), .null]
                let isMember = rows.contains { row in others.contains { order(row, $0) == 0 } }
                if isMember {
                    #expect(!ColumnPredicate.Comparison.oneOf(others).isRefuted(by: summary, rowCount: count))
                }
            }
            #expect(ColumnPredicate.Comparison.isNull.isRefuted(by: summary, rowCount: count) == !rows.contains(.null))
            #expect(
                ColumnPredicate.Comparison.isNotNull.isRefuted(by: summary, rowCount: count)
                    == rows.allSatisfy(\.isNull))
        }
    }

    /// Bounds of long texts are cut: equal to a constant they prove nothing.
    @Test func cutBoundsOfTexts() {
        let summary = ColumnSummary(minimum: .text("aa"), maximum: .text("ab\u{10FFFF}"), nullCount: 0)
        let open: [ColumnPredicate.Comparison] = [
            .equal(.text("aa")), .equal(.text("ab and more")), .lessOrEqual(.text("aa")), .less(.text("aab")),
            .greater(.text("ab")),
            .notEqual(.text("aa")), .greaterOrEqual(.text("ab\u{10FFFF}")),
        ]
        for comparison in open { #expect(!comparison.isRefuted(by: summary, rowCount: 2), "\(comparison)") }
        let refuted: [ColumnPredicate.Comparison] = [
            .less(.text("aa")), .equal(.text("a")), .greater(.text("b")), .lessOrEqual(.text("a")), .equal(.null),
        ]
        for comparison in refuted { #expect(comparison.isRefuted(by: summary, rowCount: 2), "\(comparison)") }
    }

    /// NaN is above every bound; nothing is known of doubles beside whole numbers that no double holds, and of columns
    /// without bounds.
    @Test func whatDoesNotCompareIsNotRefuted() {
        let summaries = [
            ColumnSummary(minimum: .double(1), maximum: .double(.nan), nullCount: 0),
            ColumnSummary(minimum: .null, maximum: .null, nullCount: 1),
        ]
        for summary in summaries {
            for comparison in [
                ColumnPredicate.Comparison.greater(.double(5)), .equal(.double(.nan)), .notEqual(.double(1)),
            ] {
                #expect(!comparison.isRefuted(by: summary, rowCount: 3), "\(comparison)")
            }
        }
        let large = ColumnSummary(minimum: .integer(.max), maximum: .integer(.max), nullCount: 0)
        #expect(!ColumnPredicate.Comparison.less(.double(9.3e18)).isRefuted(by: large, rowCount: 1))
    }
}
