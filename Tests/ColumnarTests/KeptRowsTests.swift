import Columnar
import Testing

/// Rows that stay are the same rows whether they are copied by runs or picked one by one.
@Suite struct KeptRowsTests {
    /// Which of so many rows stay: all, none, all but few, few, every other, around borders of words.
    private static func selections(_ count: Int, _ random: inout RandomScalars) -> [[Bool]] {
        var selections = [[Bool](repeating: true, count: count), [Bool](repeating: false, count: count)]
        for odds in [2, 20, 90] {
            selections.append((0..<count).map { _ in random.below(odds) > 0 })
            selections.append((0..<count).map { _ in random.below(odds) == 0 })
        }
        selections.append((0..<count).map { $0 % 2 == 0 })
        for (first, last) in [(0, 62), (0, 63), (1, 64), (63, 64), (63, 127), (64, 128), (65, 191)] {
            selections.append((0..<count).map { (first...last).contains($0) })
            selections.append((0..<count).map { !(first...last).contains($0) })
        }
        return selections
    }

    @Test(arguments: RandomScalars.types + [.interval]) func theyAreThoseThatPositionsPick(type: ColumnType) {
        var random = RandomScalars(seed: 71)
        for count in [0, 1, 64, 65, 192, 500] {
            let values = (0..<count).map { _ in random.below(9) == 0 ? Scalar.null : random.value(type) }
            let full = (0..<count).map { _ in random.value(type) }
            let vectors = [
                Vector(type: type, scalars: values), Vector(type: type, scalars: full),
                Vector.constant(random.value(type), type: type, count: count),
            ]
            for rows in Self.selections(count, &random) {
                var bits = Validity(count: count, allValid: false)
                for row in rows.indices where rows[row] { bits[row] = true }
                let positions = rows.indices.filter { rows[$0] }.map { UInt32($0) }
                for vector in vectors {
                    let expected = vector.gather(positions)
                    for kept in [KeptRows(bits), KeptRows(ascending: positions)] {
                        let found = vector.gather(kept)
                        #expect(found.fault == nil && found.count == positions.count)
                        #expect(found.validity == expected.validity)
                        let isSame = (0..<found.count).allSatisfy { found.scalar(at: $0) == expected.scalar(at: $0) }
                        #expect(isSame, "seed 71, \(count) rows, of which \(positions) stay")
                        let places = positions.indices.filter { $0 % 3 == 1 }.map { UInt32($0) }
                        #expect(kept.rows(at: places) == places.map { positions[Int($0)] })
                        #expect(kept.places(of: kept.rows(at: places)) == places)
                    }
                }
            }
        }
    }

    @Test func chunksKeepTheirRowsTogether() {
        let numbers = (0..<300).map { Scalar.integer(Int64($0)) }
        let chunk = Chunk(
            columns: [Vector(type: .integer, scalars: numbers), .constant(.null, type: .text, count: 300)],
            rowCount: 300)
        let kept = chunk.gather(KeptRows(ascending: (0..<300).filter { $0 != 100 && $0 != 299 }))
        #expect(kept.rowCount == 298 && kept.columns.allSatisfy { $0.count == 298 })
        #expect(kept.columns[0].scalar(at: 100) == .integer(101) && kept.columns[0].scalar(at: 297) == .integer(298))
    }
}
