import Columnar
import Execution
import Plans
import Testing

/// The engine's filters and what page headers refute rest on one order: no page is skipped that holds a row of the
/// answer.
@Suite struct ZoneMapTests {
    private static let types: [ColumnType] = [
        .integer, .double, .numeric(scale: 2), .text, .timestamptz, .date,
        .boolean,
    ]

    private static func values(_ type: ColumnType) -> [Scalar] {
        switch type {
        case .integer: [.integer(.min), .integer(-1), .integer(0), .integer(1), .integer(1 << 53 + 1), .integer(.max)]
        case .double: [-.infinity, -1.5, -0.0, 0.0, 2, .infinity, .nan].map { .double($0) }
        case .numeric(let scale): [Int128.min, -250, 0, 100, 101, Int128.max].map { .numeric($0, scale: scale) }
        case .text: ["", "a", "e\u{301}", "é", "\u{10FFFF}", String(repeating: "a", count: 40)].map { .text($0) }
        case .boolean: [.boolean(false), .boolean(true)]
        default: [-1, 0, 1, 86_400].map { Scalar(integer: $0, type: type) }
        }
    }

    /// Constants of the column's type, of decimals in other scales, too.
    private static func constants(_ type: ColumnType) -> [(Scalar, ColumnType)] {
        let own = values(type).map { ($0, type) }
        guard case .numeric = type else { return own }
        return own + [
            (.numeric(1, scale: 0), .numeric(scale: 0)),
            (
                .numeric(1_000_000_000_001, scale: 12),
                .numeric(scale: 12)
            ),
        ]
    }

    private static let functions:
        [(
            ScalarFunction, @Sendable (Scalar) -> ColumnPredicate.Comparison,
            @Sendable (Int)
                -> Bool
        )] = [
            (.equal, { .equal($0) }, { $0 == 0 }), (.notEqual, { .notEqual($0) }, { $0 != 0 }),
            (
                .less, { .less($0) },
                { $0 < 0 }
            ),
            (.lessOrEqual, { .lessOrEqual($0) }, { $0 <= 0 }), (.greater, { .greater($0) }, { $0 > 0 }),
            (.greaterOrEqual, { .greaterOrEqual($0) }, { $0 >= 0 }),
        ]

    @Test(arguments: types) func filtersKeepWhatTheOrderKeepsAndHeadersRefuteNoneOfIt(type: ColumnType) throws {
        let all = Self.values(type)
        // Every page of one and of two values, with a null and without.
        var pages: [[Scalar]] = all.map { [$0] }
        for a in all { for b in all { pages += [[a, b], [a, .null, b]] } }
        let rows = Array(pages.joined())
        var refuted = 0
        let table = MemoryTable("t", [("x", type)], rows: rows.map { [$0] }, morselRows: 5, hasSummaries: false)
        let catalog = MemoryCatalog(tables: [table])
        for (constant, constantType) in Self.constants(type) {
            for (function, comparison, holds) in Self.functions {
                let condition = Expression.call(
                    function, [.column(0, type), .literal(constant, constantType)],
                    .boolean)
                let kept = try executor.rows(.filter(catalog.scan("t"), condition), catalog).map { $0[0] }
                let expected = rows.filter { row in Scalar.order(row, constant).map { holds($0.rawValue) } ?? false }
                #expect(kept == expected, "\(function) \(constant)")
                for page in pages {
                    let summary = PageEncoder.encode(Vector(type: type, scalars: page)).header.summary
                    guard comparison(constant).isRefuted(by: summary, rowCount: page.count) else { continue }
                    refuted += 1
                    #expect(
                        !page.contains { row in kept.contains(row) && !row.isNull },
                        "\(function) \(constant) skips \(page)")
                }
            }
        }
        #expect(refuted > 0)
    }
}
