import Columnar
import Domain
import Projections
import Testing

/// Rollup rows of random events, held against plain lists: one row for each bucket and combination of dimensions, every
/// measure exact.
@Suite struct RollupKernelTests {
    private static let start: Int64 = 1_785_574_800_000_000_000
    private static let hour: Int64 = 3_600_000_000_000

    /// A layout over a source that has the rollup's columns and no others.
    private static func layout(_ definition: RollupDefinition) -> RollupLayout {
        RollupLayout(definition, sourceColumns: RollupReference(definition: definition).sourceColumns)
    }

    private static func value(_ column: TableColumn, _ random: inout SeededNumbers) -> Scalar {
        if column.name == "time" {
            // On the edges of buckets, just before them, and anywhere.
            let time = start + (Int64(random.next(below: 60)) - 50) * hour
            return .timestamptz(time - [0, 1, Int64(random.next(below: 3600)) * 1_000_000_000][random.next(below: 3)])
        }
        if random.next(below: 4) == 0 { return .null }
        return switch column.type {
        case .text: .text(["", "web", "e\u{301}", "é"][random.next(below: 4)])
        case .boolean: .boolean(random.next(below: 2) == 0)
        case .numeric: .numeric(Int128(random.next(below: 1000)) << (random.next(below: 3) == 0 ? 80 : 3), scale: 12)
        default:
            .integer(
                [
                    0, 2_000_000_000, 2_000_000_001, -5,
                    Int64(random.next(below: 9)) * 1_000_000_000,
                ][random.next(below: 5)])
        }
    }

    /// What a rollup row holds in a column, of the rows that it stands for.
    private static func expected(
        _ content: RollupLayout.Content, _ layout: RollupLayout, _ rows: [[Scalar]]
    ) -> Scalar {
        func present(_ index: Int) -> [Scalar] { rows.map { $0[index] }.filter { !$0.isNull } }
        func integers(_ index: Int) -> [Int64] {
            present(index).compactMap { if case .integer(let value) = $0 { value } else { nil } }
        }
        switch content {
        case .bucket(let index):
            guard case .timestamptz(let time) = rows[0][index] else { return .null }
            return .timestamptz(layout.bucket(of: time))
        case .dimension(let index): return rows[0][index]
        case .events: return .integer(Int64(rows.count))
        case .count(let index): return .integer(Int64(present(index).count))
        case .atMost(let index, let bound): return .integer(Int64(integers(index).count { $0 <= bound }))
        case .minimum(let index): return integers(index).min().map { .integer($0) } ?? .null
        case .maximum(let index): return integers(index).max().map { .integer($0) } ?? .null
        case .sum(let index):
            let mantissas = present(index).map { value -> Int128 in
                switch value {
                case .integer(let value): Int128(value)
                case .numeric(let value, _): value
                default: 0
                }
            }
            return mantissas.isEmpty
                ? .null
                : .numeric(
                    mantissas.reduce(0, +),
                    scale: layout.sourceColumns[index].type.scale)
        case .histogram(let index):
            var histogram = ExponentialHistogram()
            for value in integers(index) { histogram.add(value) }
            return histogram.count > 1 ? .text(String(decoding: histogram.text, as: UTF8.self)) : .null
        }
    }

    @Test(arguments: RollupCatalogue.definitions) func rowsAreThoseOfPlainLists(definition: RollupDefinition) throws {
        let layout = Self.layout(definition)
        var random = SeededNumbers(seed: 12)
        for round in 0..<6 {
            var columns = layout.sourceColumns.map { column in (0..<150).map { _ in Self.value(column, &random) } }
            var vectors = zip(layout.sourceColumns, columns).map { Vector(type: $0.type, scalars: $1) }
            // Columns come as constants, too, time not excepted.
            for index in columns.indices where random.next(below: 4) == 0 {
                columns[index] = Array(repeating: columns[index][0], count: 150)
                vectors[index] = .constant(columns[index][0], type: layout.sourceColumns[index].type, count: 150)
            }
            let earliest = layout.earliestTime(watermark: Self.start) ?? .min
            var keys: [[Scalar]] = []
            var members: [[[Scalar]]] = []
            for row in 0..<150 {
                let values = columns.map { $0[row] }
                guard case .timestamptz(let time) = values[0], time >= earliest else { continue }
                let key = [Scalar.timestamptz(layout.bucket(of: time))] + values[1..<(1 + definition.dimensions.count)]
                if let known = keys.firstIndex(of: key) {
                    members[known].append(values)
                } else {
                    keys.append(key)
                    members.append([values])
                }
            }
            let part = layout.fold(Chunk(columns: vectors, rowCount: 150), watermark: Self.start)
            let rows = part.rows
            #expect(part.eventCount == members.reduce(0) { $0 + $1.count } && rows.rowCount == keys.count)
            #expect(rows.columns.map(\.type) == layout.columns.map(\.type))
            for (place, content) in layout.contents.enumerated() {
                let found = (0..<rows.rowCount).map { rows.columns[place].scalar(at: $0) }
                let wanted = members.map { Self.expected(content, layout, $0) }
                #expect(found == wanted, "seed 12, round \(round): \(layout.columns[place].name)")
            }
        }
    }

    @Test func nothingGivesNoRows() throws {
        let layout = Self.layout(RollupCatalogue.definitions[0])
        let columns = layout.sourceColumns.map { Vector(type: $0.type, scalars: []) }
        let part = layout.fold(Chunk(columns: columns, rowCount: 0), watermark: Self.start)
        let rows = part.rows
        #expect(rows.rowCount == 0 && part.eventCount == 0)
        #expect(RollupPart.joined([part, part], columns: layout.columns, rowsMax: 10).isEmpty)
    }

    /// A sum that 128 bits do not hold makes the rollup silent: its events answer.
    @Test func sumsWithoutEndLeaveNoRows() throws {
        let definition = try #require(RollupCatalogue.definitions.first { $0.source == "llm_call" && $0.grain == .day })
        let layout = Self.layout(definition)
        func part(_ cost: Int128, _ count: Int) -> RollupPart {
            let columns = layout.sourceColumns.map { column -> Vector in
                let value: Scalar =
                    column.name == "time"
                    ? .timestamptz(Self.start)
                    : column.type.isNumeric
                        ? .numeric(
                            cost,
                            scale: 12) : .null
                return Vector(type: column.type, scalars: Array(repeating: value, count: count))
            }
            return layout.fold(Chunk(columns: columns, rowCount: count), watermark: Self.start)
        }
        let (absurd, usual) = (part(.max, 4), part(5, 4))
        #expect(!absurd.isExact && absurd.rows.rowCount == 0 && absurd.eventCount == 4)
        #expect(RollupPart.joined([usual], columns: layout.columns, rowsMax: 10).map(\.rowCount) == [1])
        #expect(RollupPart.joined([usual, absurd], columns: layout.columns, rowsMax: 10).isEmpty)
    }
}
