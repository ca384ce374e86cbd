import Columnar
import Testing

/// Three-valued logic over whole vectors, held against one row at a time.
@Suite struct TruthsTests {
    /// Of any mixture, around the borders of words; one value throughout comes as a constant, too.
    private static func vectors(_ count: Int, _ random: inout RandomScalars) -> [Vector] {
        let mixtures: [[Bool?]] = [[true], [false], [nil], [true, false], [true, nil], [false, nil], [true, false, nil]]
        return mixtures.flatMap { mixture -> [Vector] in
            let values = (0..<count).map { _ -> Scalar in
                mixture[random.below(mixture.count)].map { .boolean($0) } ?? .null
            }
            let vector = Vector(type: .boolean, scalars: values)
            guard mixture.count == 1 else { return [vector] }
            return [vector, .constant(mixture[0].map { .boolean($0) } ?? .null, type: .boolean, count: count)]
        }
    }

    private static func truths(_ vector: Vector) -> [Bool?] {
        (0..<vector.count).map { row in if case .boolean(let value) = vector.scalar(at: row) { value } else { nil } }
    }

    private static func combined(_ left: Bool?, _ right: Bool?, isAnd: Bool) -> Bool? {
        let decisive = !isAnd
        if left == decisive || right == decisive { return decisive }
        return left == nil || right == nil ? nil : isAnd
    }

    private static let counts = [0, 1, 63, 64, 65, 128, 200]

    @Test(arguments: [true, false]) func connectivesAreThoseOfTheirRows(isAnd: Bool) {
        var random = RandomScalars(seed: 81)
        for count in Self.counts {
            for left in Self.vectors(count, &random) {
                for right in Self.vectors(count, &random) {
                    let expected = zip(Self.truths(left), Self.truths(right)).map {
                        Self.combined($0, $1, isAnd: isAnd)
                    }
                    var whole = Truths(left)
                    whole.combine(Truths(right), isAnd: isAnd)
                    #expect(Self.truths(whole.vector) == expected && whole.vector.fault == nil, "\(count)")
                    #expect(whole.vector.validity.map { $0.nullCount > 0 } ?? true)
                    // The same where the second side is asked only for rows that the first leaves open.
                    var guarded = Truths(left)
                    let open = guarded.open(isAnd: isAnd)
                    let rows = (0..<count).filter { open[$0] }.map { UInt32($0) }
                    #expect(rows.allSatisfy { Self.truths(left)[Int($0)] != !isAnd })
                    #expect(count - rows.count == Self.truths(left).count { $0 == !isAnd })
                    guarded.combine(Truths(right.gather(rows)), where: open, isAnd: isAnd)
                    #expect(Self.truths(guarded.vector) == expected && guarded.vector.fault == nil, "\(count)")
                }
            }
        }
    }

    @Test func testsAreThoseOfTheirRows() {
        var random = RandomScalars(seed: 82)
        for count in Self.counts {
            for vector in Self.vectors(count, &random) {
                let (truths, own) = (Truths(vector), Self.truths(vector))
                #expect(Self.truths(truths.vector) == own)
                #expect(Self.truths(truths.negated.vector) == own.map { $0.map { !$0 } })
                #expect(Self.truths(truths.settled(false).vector) == own.map { $0 ?? false })
                #expect(Self.truths(truths.settled(true).vector) == own.map { $0 ?? true })
                #expect(Self.truths(truths.settled(true).opposite.vector) == own.map { !($0 ?? true) })
                #expect(Self.truths(Truths.presence(of: vector).vector) == own.map { $0 != nil })
                for found in [truths.negated, truths.settled(false), truths.settled(true)] {
                    #expect(found.vector.fault == nil)
                }
            }
        }
    }

    @Test(arguments: RandomScalars.types + [.interval]) func presenceIsWhatIsNotNull(type: ColumnType) {
        var random = RandomScalars(seed: 83)
        for count in Self.counts {
            let values = (0..<count).map { _ in random.below(3) == 0 ? Scalar.null : random.value(type) }
            let present = Truths.presence(of: Vector(type: type, scalars: values)).vector
            #expect(Self.truths(present) == values.map { !$0.isNull }, "\(count)")
        }
    }
}
