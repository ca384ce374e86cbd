import Columnar
import Testing

/// The first rows in an order are those that the order of all begins with.
struct FirstRowsTests {
    @Test(arguments: [true, false]) func firstIntegersAreThoseOfTheWholeOrder(descending: Bool) {
        var random = RandomScalars(seed: 57)
        for count in [5, 1_023, 1_024, 1_025, 3_000, 5_000] {
            let shapes: [(Int) -> Int64] = [
                { Int64($0) }, { -Int64($0) }, { _ in Int64(random.below(1_000_000)) }, { _ in Int64(random.below(7)) },
                { _ in 3 }, { $0 % 2 == 0 ? .min : .max }, { Int64($0 / 700 * 5 % 11) },
            ]
            for (number, shape) in shapes.enumerated() {
                let values = (0..<count).map(shape)
                let column = Vector(type: .timestamptz, count: count, storage: .int64(values))
                let all = SortOrder.rows(of: [column], descending: [descending], nullsFirst: [false])
                for limit in [1, 3, 50, 400, 1_200] where limit < count / 4 {
                    let first = SortOrder.rows(
                        of: [column], descending: [descending], nullsFirst: [false], limit: limit)
                    #expect(first == Array(all.prefix(limit)), "\(count) rows of shape \(number), \(limit) wanted")
                }
            }
        }
    }

    /// Lengths and wide sums are put in order by words, as integers are: in about as many steps as there are rows, of
    /// which a sort of values takes many for each row.
    @Test func lengthsAndSumsTakeNoSortOfValues() {
        let count = 100_000
        let amounts = (0..<count).map { Int128($0 * 7_919 % count) << 70 }
        let lengths = (0..<count).map { Interval(days: Int64($0 % 7), nanoseconds: Int64($0 * 7_919 % count)) }
        for column in [
            Vector(type: .numeric(scale: 12), count: count, storage: .int128(amounts)),
            Vector(type: .interval, count: count, storage: .interval(lengths)),
        ] {
            var looks = 0
            let rows = SortOrder.rows(of: [column], descending: [true], nullsFirst: [false], limit: 50) { looks += 1 }
            #expect(rows.count == 50 && looks <= 4, "\(column.type): \(looks) million steps")
            let values = rows.map { column.scalar(at: Int($0)) }
            #expect(zip(values, values.dropFirst()).allSatisfy { ScalarOrder.compare($0, $1) >= 0 })
            let greatest = (0..<count).map { column.scalar(at: $0) }.reduce(values[0]) { most, one in
                ScalarOrder.compare(one, most) > 0 ? one : most
            }
            #expect(ScalarOrder.compare(values[0], greatest) == 0)
        }
    }

    /// The first rows by one column, with all that are like the last of them: however these are ordered further, the
    /// first ones are there, and no row that comes after.
    @Test(arguments: RandomScalars.types) func leadingRowsAreThoseUpToTheLastWanted(type: ColumnType) {
        var random = RandomScalars(seed: 59)
        for count in [2, 40, 120] {
            for hasNulls in [false, true] {
                let some = (0..<max(2, count / 3)).map { _ in random.value(type) }
                let values = (0..<count).map { _ -> Scalar in
                    hasNulls && random.below(4) == 0 ? .null : some[random.below(some.count)]
                }
                let column = Vector(type: type, scalars: values)
                for (descending, nullsFirst) in [(false, false), (true, true), (true, false)] {
                    let all = SortOrder.rows(of: [column], descending: [descending], nullsFirst: [nullsFirst])
                    for limit in [1, 2, 7, count / 5, count - 1, count, count + 3] where limit > 0 {
                        let found = SortOrder.leading(
                            by: column, descending: descending, nullsFirst: nullsFirst, limit: limit, look: {})
                        let last = min(limit, count) - 1
                        let end = all.lastIndex { row in
                            SortOrder.rows(
                                of: [column.gather([all[last], row])], descending: [descending],
                                nullsFirst: [nullsFirst]) == [0, 1]
                                && SortOrder.rows(
                                    of: [column.gather([row, all[last]])], descending: [descending],
                                    nullsFirst: [nullsFirst]) == [0, 1]
                        }
                        #expect(found == all[...(end ?? last)].sorted(), "\(type), \(limit) of \(count) rows")
                    }
                }
            }
        }
    }

    /// Intervals come by their length, those of one length as they stand; and where there is no key, all rows do.
    @Test func intervalsComeByTheirLength() {
        var random = RandomScalars(seed: 62)
        for isLong in [false, true] {
            let scalars = (0..<300).map { row -> Scalar in
                if row % 17 == 4 { return .null }
                return row == 50 && isLong ? .interval(Interval(months: .max)) : random.value(.interval)
            }
            let column = Vector(type: .interval, scalars: scalars)
            let further = Vector(type: .integer, scalars: (0..<300).map { .integer(Int64($0 % 3)) })
            for columns in [[column], [column, further]] {
                for descending in [false, true] {
                    let (directions, nulls) = (columns.map { _ in descending }, columns.map { _ in !descending })
                    let all = SortOrder.rows(of: columns, descending: directions, nullsFirst: nulls)
                    for limit in [1, 5, 40] {
                        let first = SortOrder.rows(
                            of: columns, descending: directions, nullsFirst: nulls, limit: limit)
                        #expect(first == Array(all.prefix(limit)), "\(limit) rows")
                    }
                }
            }
        }
        #expect(SortOrder.rows(of: [], descending: [], nullsFirst: [], limit: 3) == [])
    }

    /// Columns that some parts lack are null there, and keep the texts of the others.
    @Test(arguments: RandomScalars.types + [.interval]) func partsWithoutValuesAreNull(type: ColumnType) {
        var random = RandomScalars(seed: 58)
        let values = (0..<4).map { _ in random.value(type) }
        let some = Vector(type: type, scalars: values)
        let none = Vector.constant(.null, type: type, count: 3)
        for parts in [[none, some, none], [some, none, some], [none, none]] {
            let joined = Vector.concatenate(parts, type: type)
            let expected = parts.flatMap { part in (0..<part.count).map { part.scalar(at: $0) } }
            #expect(joined.fault == nil && joined.count == expected.count)
            #expect(expected.indices.allSatisfy { joined.scalar(at: $0) == expected[$0] }, "\(type)")
        }
        if case .text(_, let dictionary) = some.storage,
            case .text(_, let joined) = Vector.concatenate([none, some], type: type).storage
        {
            #expect(joined === dictionary)
        }
    }
}
