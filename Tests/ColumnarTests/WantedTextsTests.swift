import Columnar
import Testing

/// The rows that have one of a few texts are those of a look at each row, whatever the column comes with.
@Suite struct WantedTextsTests {
    private static func text(_ vector: Vector, _ row: Int) -> String? {
        if case .text(let text) = vector.scalar(at: row) { text } else { nil }
    }

    /// A look at each row.
    private static func rows(of column: Vector, _ wanted: Vector) -> [UInt32] {
        let texts = (0..<wanted.count).map { text(wanted, $0) }
        return (0..<UInt32(column.count)).filter { texts.contains(text(column, Int($0))) }
    }

    @Test func theyAreThoseOfEachRow() throws {
        var random = SampleGenerator(state: 77)
        let kept = KeptTexts(bytesMax: 8 << 20)
        var segments = try (0..<3).map { number in
            try TextSegment(
                origin: UInt64(number + 1),
                (0..<2).map { page in
                    TextSegment.vector(
                        &random, rows: 900, texts: 120, from: number * 150 + page * 60, nulls: page == 1 ? 9 : 0)
                })
        }
        var columns: [Vector] = []
        for _ in 0..<4 {
            columns = []
            for number in segments.indices {
                for place in 0..<2 { if let found = try segments[number].column(place, kept) { columns.append(found) } }
            }
        }
        try #require(columns.count == 6)
        let dictionaries = columns.compactMap { column -> TextDictionary? in
            if case .text(_, let dictionary) = column.storage { dictionary } else { nil }
        }
        let plain = segments.flatMap(\.vectors)
        let others = [
            Vector.constant(.null, type: .text, count: 5), .constant(plain[0].scalar(at: 3), type: .text, count: 4),
            .constant(.text("c-none"), type: .text, count: 3), .constant(.null, type: .text, count: 0),
        ]
        for round in 0..<40 {
            var scalars = (0..<Int(random.next() % 6)).map { _ -> Scalar in
                let column = plain[Int(random.next() % 6)]
                return column.scalar(at: Int(random.next() % 900))
            }
            if round % 4 == 1 { scalars.append(.text("c-of-no-page")) }
            if round % 4 == 2 { scalars.append(.null) }
            let wanted = Vector(type: .text, scalars: scalars)
            let search = WantedTexts(wanted, kept: dictionaries[round % 6])
            #expect(search.hasNull == scalars.contains { $0.isNull })
            #expect(search.numbers.count == scalars.count)
            for column in columns + plain + others {
                let (rows, numbers) = search.rows(of: column)
                #expect(rows == Self.rows(of: column, wanted), "round \(round)")
                // A number is that of a wanted text that the row has.
                for (row, number) in zip(rows, numbers) {
                    let place = search.numbers.firstIndex(of: number)
                    #expect(place.map { scalars[$0] } == column.scalar(at: Int(row)), "round \(round)")
                }
            }
        }
    }
}
