import Columnar
import Testing

/// Random values of one type, edges above all.
struct RandomScalars {
    static let types: [ColumnType] = [
        .boolean, .integer, .double, .numeric(scale: 0), .numeric(scale: 2), .numeric(scale: 12), .text, .json,
        .timestamptz, .timestamp,
        .date,
    ]
    private static let edges: [Int64] = [
        .min, .min + 1, -1 << 53 - 1, -1, 0, 1, 2, 1 << 53, 1 << 53 + 1, .max - 1,
        .max,
    ]
    private static let doubles: [Double] = [
        .nan, -.nan, -.infinity, .infinity, -0.0, 0.0, .leastNonzeroMagnitude, -1.5, 1, 2, 0x1p53, 0x1p63,
        .greatestFiniteMagnitude,
    ]
    /// What sorts otherwise by letters than by bytes, what a bound of a page is cut in, and what stands at the ends.
    private static let texts = [
        "", "\0", "a", "ab", "Z", "é", "e\u{301}", "ÿ", "\u{FFFD}", "\u{10FFFF}", "\u{10FFFF}\u{10FFFF}",
        "ab\u{10FFFF}",
        String(repeating: "a", count: 28), String(repeating: "a", count: 40), String(repeating: "é", count: 16) + "z",
        String(repeating: "a", count: 27) + "\u{10FFFF}\u{10FFFF}\u{10FFFF}",
        String(
            repeating: "\u{10FFFF}",
            count: 20),
    ]
    var random: SampleGenerator

    init(seed: UInt64) { random = SampleGenerator(state: seed) }

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func integer() -> Int64 {
        below(2) == 0
            ? Self.edges[below(Self.edges.count)] : Int64(below(9)) - 4
    }

    private mutating func mantissa() -> Int128 {
        switch below(4) {
        case 0: Int128(integer()) << Int128(below(64))
        case 1: below(2) == 0 ? .max : .min
        default: Int128(below(900)) - 450
        }
    }

    mutating func value(_ type: ColumnType) -> Scalar {
        switch type {
        case .boolean: .boolean(below(2) == 0)
        case .double: .double(below(2) == 0 ? Self.doubles[below(Self.doubles.count)] : Double(below(9)) - 4)
        case .numeric(let scale): .numeric(mantissa(), scale: scale)
        case .text: .text(text())
        case .json: .json(text())
        case .interval:
            .interval(
                Interval(
                    months: Int64(below(3)), days: Int64(below(62)) - 31,
                    nanoseconds: Int64(below(2)) * 86_400_000_000_000))
        default: Scalar(integer: integer(), type: type)
        }
    }

    private mutating func text() -> String {
        let text = Self.texts[below(Self.texts.count)]
        return below(3) == 0 ? text + Self.texts[below(Self.texts.count)] : text
    }

    /// A value to compare a column of the type with: of the type, of another scale, of another kind, or null.
    mutating func constant(_ type: ColumnType) -> Scalar {
        switch (type, below(8)) {
        case (_, 0): .null
        case (.numeric, 1), (.numeric, 2), (.integer, 1), (.double, 1):
            .numeric(
                mantissa(),
                scale: [
                    0, 2, 3, 12,
                    38,
                ][below(5)])
        case (.numeric, 3), (.double, 2): .integer(integer())
        case (.integer, 2), (.numeric, 4): .double(Self.doubles[below(Self.doubles.count)])
        default: value(type)
        }
    }

    /// Rows of which a page is made: few different ones, so that bounds meet constants.
    mutating func rows(_ type: ColumnType) -> [Scalar] {
        let values = (0...below(4)).map { _ in value(type) }
        return (0...below(6)).map { _ in below(5) == 0 ? .null : values[below(values.count)] }
    }
}

@Suite struct ScalarOrderTests {
    /// The comparisons with a value and when a row satisfies them, by the order of rows.
    static func comparisons(_ value: Scalar) -> [(ColumnPredicate.Comparison, (Int) -> Bool)] {
        [
            (.equal(value), { $0 == 0 }), (.notEqual(value), { $0 != 0 }), (.less(value), { $0 < 0 }),
            (.lessOrEqual(value), { $0 <= 0 }),
            (.greater(value), { $0 > 0 }), (.greaterOrEqual(value), { $0 >= 0 }),
        ]
    }

    /// A page that its header refutes has no row that the comparison keeps, for pages as they are written.
    @Test(arguments: RandomScalars.types) func noPageIsSkippedThatHoldsARow(type: ColumnType) {
        var random = RandomScalars(seed: 41)
        var (refuted, kept) = (0, 0)
        for round in 0..<3000 {
            let rows = random.rows(type)
            let summary = PageEncoder.encode(Vector(type: type, scalars: rows)).header.summary
            let value = random.constant(type)
            for (comparison, holds) in Self.comparisons(value) {
                let isMet = rows.contains { row in Scalar.order(row, value).map { holds($0.rawValue) } ?? false }
                let isRefuted = comparison.isRefuted(by: summary, rowCount: rows.count)
                #expect(!(isMet && isRefuted), "seed 41, round \(round): \(comparison) skips \(rows)")
                refuted += isRefuted ? 1 : 0
                kept += isMet ? 1 : 0
            }
            let members = [value, random.constant(type), .null]
            let isMember = rows.contains { row in members.contains { Scalar.order(row, $0) == .equal } }
            #expect(
                !(isMember
                    && ColumnPredicate.Comparison.oneOf(members).isRefuted(
                        by: summary,
                        rowCount: rows.count)),
                "\(rows)")
        }
        #expect(refuted > 1000 && kept > 1000, "the pages of \(type) are no test: \(refuted) refuted, \(kept) kept")
    }

    /// Antisymmetric, transitive, and the same for equal values in any spelling: what sorting and bounds rest on.
    @Test(arguments: RandomScalars.types + [.interval]) func theOrderIsOne(type: ColumnType) {
        var random = RandomScalars(seed: 42)
        for _ in 0..<3000 {
            let (a, b, c) = (random.value(type), random.value(type), random.value(type))
            #expect(ScalarOrder.compare(a, a) == 0)
            #expect(ScalarOrder.compare(a, b) == -ScalarOrder.compare(b, a), "\(a) \(b)")
            if ScalarOrder.compare(a, b) <= 0, ScalarOrder.compare(b, c) <= 0 {
                #expect(ScalarOrder.compare(a, c) <= 0, "\(a) \(b) \(c)")
            }
            if a == b { #expect(ScalarOrder.compare(a, b) == 0) }
            // Sorting by key columns agrees.
            let rows = SortOrder.rows(
                of: [Vector(type: type, scalars: [a, b])], descending: [false],
                nullsFirst: [false])
            #expect(rows == (ScalarOrder.compare(a, b) <= 0 ? [0, 1] : [1, 0]), "\(a) \(b)")
        }
    }

    /// The first rows are those of a whole sort, whichever way the rows run.
    @Test func theFirstRowsAreThoseOfAWholeSort() {
        var random = SampleGenerator(state: 3)
        let count = 400
        let runs: [[Int64]] = [
            (0..<count).map { Int64($0 / 3) }, (0..<count).map { Int64(-$0 / 3) }, [Int64](repeating: 4, count: count),
            (0..<count).map { _ in Int64(random.next() % 50) },
        ]
        let backwards = Vector(type: .integer, count: count, storage: .int64(runs[1]))
        for values in runs {
            let column = Vector(type: .integer, count: count, storage: .int64(values))
            for isDescending in [false, true] {
                for columns in [[column], [column, backwards], [withNulls(column, where: { $0 % 7 == 2 }), backwards]] {
                    let descending = columns.map { _ in isDescending }
                    let nullsFirst = columns.map { _ in !isDescending }
                    let whole = SortOrder.rows(of: columns, descending: descending, nullsFirst: nullsFirst)
                    let first = SortOrder.rows(of: columns, descending: descending, nullsFirst: nullsFirst, limit: 30)
                    #expect(first == Array(whole.prefix(30)))
                }
            }
        }
    }

    @Test func edges() {
        func order(_ a: Scalar, _ b: Scalar) -> ScalarOrder? { Scalar.order(a, b) }
        #expect(order(.double(.nan), .double(.infinity)) == .greater && order(.double(.nan), .double(-.nan)) == .equal)
        #expect(order(.double(-0.0), .double(0)) == .equal && order(.double(-0.0), .integer(0)) == .equal)
        #expect(
            order(.numeric(100, scale: 2), .integer(1)) == .equal
                && order(
                    .numeric(.max, scale: 0),
                    .numeric(
                        1,
                        scale: 38)) == .greater
        )
        #expect(order(.numeric(.min, scale: 0), .numeric(.min, scale: 38)) == .less)
        #expect(order(.text("e\u{301}"), .text("é")) == .less && order(.text("z"), .text("é")) == .less)
        #expect(order(.interval(Interval(months: 1)), .interval(Interval(days: 30))) == .equal)
        #expect(order(.array([.integer(1), .null]), .array([.integer(1), .integer(9)])) == .greater)
        #expect(order(.array([.integer(1)]), .array([.integer(1), .null])) == .less)
        for (a, b) in [
            (Scalar.null, Scalar.integer(1)), (.null, .null), (.text("1"), .integer(1)),
            (
                .integer(.max),
                .double(9e18)
            ),
        ] {
            #expect(order(a, b) == nil && ScalarOrder.compare(a, b) == 0)
        }
    }
}
