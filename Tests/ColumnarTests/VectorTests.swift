import Columnar
import Testing

/// What lies in null rows, and what equal means.
@Suite struct VectorTests {
    static let types: [ColumnType] = [
        .integer, .numeric(scale: 2), .double, .boolean, .text, .interval, .array(.integer),
    ]

    private func sample(_ type: ColumnType, _ number: Int) -> Scalar {
        switch type {
        case .integer: .integer(Int64(number))
        case .numeric: .numeric(Int128(number) * (1 << 70), scale: 2)
        case .double: .double(Double(number) / 2)
        case .boolean: .boolean(true)
        case .text: .text("text \(number)")
        case .interval: .interval(Interval(days: Int64(number)))
        default: .array([.integer(Int64(number))])
        }
    }

    /// Numbers are the same where their types, their rows and what is null are.
    @Test func sameNumbersAreToldFromOthers() {
        func vector(_ values: [Int64], scale: Int = 2, nulls: [Int] = []) -> Vector {
            var validity: Validity? = nulls.isEmpty ? nil : Validity(count: values.count, allValid: true)
            for row in nulls { validity?[row] = false }
            return Vector(
                type: .numeric(scale: scale), count: values.count, storage: .int64(values), validity: validity)
        }
        let plain = vector([1, 0, 3])
        #expect(plain.hasSameNumbers(as: vector([1, 0, 3])))
        #expect(!plain.hasSameNumbers(as: vector([1, 0, 4])) && !plain.hasSameNumbers(as: vector([1, 0])))
        #expect(!plain.hasSameNumbers(as: vector([1, 0, 3], scale: 3)))
        #expect(!plain.hasSameNumbers(as: vector([1, 0, 3], nulls: [1])))
        #expect(vector([1, 0, 3], nulls: [1]).hasSameNumbers(as: vector([1, 0, 3], nulls: [1])))
        let wide = Vector(type: .numeric(scale: 2), count: 1, storage: .int128([1 << 70]))
        #expect(wide.hasSameNumbers(as: wide) && !wide.hasSameNumbers(as: vector([1])))
        let nothing = Vector.constant(.null, type: .numeric(scale: 2), count: 3)
        #expect(!plain.hasSameNumbers(as: nothing))
    }

    /// Texts are found by their bytes, whatever the dictionary holds beside and however often.
    @Test func rowsOfATextAreFound() {
        let texts = ["", "a", "eight888", "nine99999", "nine99998", "a", "e\u{301}", "é", "nobody"]
        let dictionary = TextDictionary(texts)
        let many: [UInt32] = [0, 5, 3, 1, 2, 2, 7, 6, 4, 0, 3]
        for codes in [many, [5, 3, 1], []] {
            let vector = Vector(
                type: .text, count: codes.count, storage: .text(codes: codes, dictionary: dictionary))
            for text in texts + ["nine", "eight88"] {
                let expected = codes.map { texts[Int($0)].utf8.elementsEqual(text.utf8) }
                #expect(vector.rows(ofText: Array(text.utf8)) == expected, "\(text) among \(codes.count)")
            }
        }
        #expect(Vector.constant(.text("a"), type: .text, count: 2).rows(ofText: [97]) == nil)
    }

    /// Every kernel that makes vectors, over every storage: rows without a value hold nothing, however they came to be
    /// so.
    @Test(arguments: types) func nullRowsHoldNothing(type: ColumnType) {
        let values: [Scalar] = (1...9).map { $0 % 4 == 0 ? .null : sample(type, $0) }
        let vector = Vector(type: type, scalars: values)
        let dense = Vector(type: type, scalars: (1...3).map { sample(type, $0) })
        let constant = Vector.constant(sample(type, 7), type: type, count: 3)
        let positions: [UInt32] = [.max, 0, 3, 2, .max, 8, 8, 1]
        let few: [UInt32] = [2, .max, 0]
        let made: [(Vector, [Scalar])] = [
            (vector, values),
            (vector.gather([3, 0, 7, 8]), [values[3], values[0], values[7], values[8]]),
            (vector.gatherOrNull(positions), positions.map { $0 == .max ? .null : values[Int($0)] }),
            (dense.gatherOrNull(few), [sample(type, 3), .null, sample(type, 1)]),
            (constant.gatherOrNull(few), [sample(type, 7), .null, sample(type, 7)]),
            (Vector.constant(.null, type: type, count: 3).gatherOrNull(few), [.null, .null, .null]),
            (Vector(type: type, scalars: []).gatherOrNull([.max, .max]), [.null, .null]),
            (
                Vector.concatenate(
                    [vector, .constant(.null, type: .null, count: 2), constant, dense.gatherOrNull(few)], type: type),
                values + [.null, .null] + Array(repeating: sample(type, 7), count: 3) + [
                    sample(type, 3), .null, sample(type, 1),
                ]
            ),
        ]
        for (found, expected) in made {
            #expect(found.fault == nil)
            #expect((0..<found.count).map { found.scalar(at: $0) } == expected)
        }
    }

    /// Wherever a part begins within a word of bits.
    @Test func nullsOfPartsStayWhereTheyAre() {
        var random = SampleGenerator(state: 3)
        for round in 0..<60 {
            let parts = (0..<6).map { _ -> [Scalar] in
                let rows = [0, 1, 62, 64, 65, 129, 200][Int(random.next() % 7)]
                let nulls = random.next() % 3
                return (0..<rows).map { row -> Scalar in
                    nulls > 0 && random.next() % (nulls * 2) == 0 ? .null : .integer(Int64(row) + 1)
                }
            }
            let joined = Vector.concatenate(parts.map { Vector(type: .integer, scalars: $0) }, type: .integer)
            #expect(joined.fault == nil)
            #expect((0..<joined.count).map { joined.scalar(at: $0) } == parts.flatMap { $0 }, "round \(round)")
        }
    }

    @Test func columnsBuiltRowByRowHoldNothingInNullRows() {
        var builder = ColumnBuilder(type: .integer)
        builder.append(integer: 5, row: 2)
        builder.append(integer: 6, row: 5)
        builder.padNulls(to: 7)
        let vector = builder.finish()
        #expect(vector.fault == nil)
        #expect((0..<7).map { vector.scalar(at: $0) } == [.null, .null, .integer(5), .null, .null, .integer(6), .null])
    }

    /// Of a dictionary, of one value for all rows, and where there are no texts at all.
    @Test func rowsWithATextAreFound() {
        let (one, texts) = (Array("a".utf8), Vector(type: .text, scalars: [.text("a"), .null, .text("b"), .text("a")]))
        #expect(texts.rows(ofTexts: [one], orNull: false) == [true, false, false, true])
        #expect(texts.rows(ofTexts: [one], orNull: true) == [true, true, false, true])
        #expect(texts.rows(whereText: { $0.elementsEqual("b".utf8) }, orNull: false) == [false, false, true, false])
        #expect(Vector.constant(.text("a"), type: .text, count: 2).rows(ofTexts: [one], orNull: false) == [true, true])
        #expect(Vector.constant(.null, type: .text, count: 2).rows(ofTexts: [one], orNull: true) == [true, true])
        let numbers = Vector(type: .integer, scalars: [.integer(1), .null])
        #expect(numbers.rows(ofTexts: [Array("1".utf8)], orNull: true) == [false, true])
    }

    /// One letter and the same letter in two parts are two texts, for people one.
    @Test func textsAreBytes() {
        let (composed, decomposed) = ("R\u{FC}ckgabe", "Ru\u{308}ckgabe")
        #expect(Scalar.text(composed) != .text(decomposed))
        #expect(Set([Scalar.text(composed), .text(decomposed), .json(composed)]).count == 3)
        let vector = Vector(type: .text, scalars: [.text(composed), .text(decomposed)])
        guard case .text(let codes, _) = vector.storage else {
            Issue.record("texts have codes")
            return
        }
        #expect(codes == [0, 1])
        let joined = Vector.concatenate(
            [composed, decomposed].map { .constant(.text($0), type: .text, count: 1) }, type: .text)
        #expect(joined.scalar(at: 1) == .text(decomposed))
    }
}
