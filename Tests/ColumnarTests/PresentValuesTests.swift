import Bytes
import Columnar
import Testing

/// Values of a page without the rows that have none are those that the rows have.
@Suite struct PresentValuesTests {
    @Test(arguments: RandomScalars.types) func theyAreThoseOfTheRows(type: ColumnType) throws {
        var random = RandomScalars(seed: 61)
        for nullsOfTen in [0, 3, 9, 10] {
            for count in [1, 64, 700] {
                let scalars = (0..<count).map { _ in random.below(10) < nullsOfTen ? .null : random.value(type) }
                let column = Vector(type: type, scalars: scalars)
                for form in PageForm.allCases {
                    let page = PageForm.$forced.withValue(form) { PageEncoder.encode(column) }
                    let found = try PageDecoder.present(page.header, payload: page.payload[...], type: type)
                    let hasBoth = page.header.summary.nullCount > 0 && page.header.summary.nullCount < count
                    if !hasBoth {
                        #expect(found == nil || found?.values.count == 0, "\(type), \(form)")
                        continue
                    }
                    let present = try #require(found)
                    #expect(present.rowCount == count && present.values.hasNoNulls)
                    let rows = present.rows(at: (0..<UInt32(present.values.count)).map { $0 })
                    #expect(rows == (0..<UInt32(count)).filter { !scalars[Int($0)].isNull }, "\(type), \(form)")
                    #expect(sameRows(present.values, column.gather(rows)), "\(type), \(form)")
                }
            }
        }
    }

    /// Damage is told, and nothing is made of it.
    @Test func damageIsTold() throws {
        let scalars = (0..<300).map { $0 % 5 == 0 ? Scalar.integer(Int64($0 * 7 % 90)) : .null }
        let page = PageEncoder.encode(Vector(type: .integer, scalars: scalars))
        let whole = page.payload
        for length in 0..<whole.count {
            #expect(throws: DecodingError.self) {
                try PageDecoder.present(page.header, payload: whole[..<length], type: .integer)
            }
        }
        #expect(throws: DecodingError.self) {
            try PageDecoder.present(page.header, payload: whole[...], type: .boolean)
        }
    }
}
