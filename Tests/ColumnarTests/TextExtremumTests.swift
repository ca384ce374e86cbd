import Columnar
import Testing

/// The least and the greatest of texts, be they few or many, are those of a look at each.
@Suite struct TextExtremumTests {
    /// Rows of one call, in some form.
    private static func column(_ texts: [Scalar], _ form: Int) -> Vector {
        if form == 0 { return Vector(type: .text, scalars: texts) }
        if form == 1 { return .constant(texts[0], type: .text, count: texts.count) }
        // A dictionary that has each text twice, and others that no row has.
        let plain = Vector(type: .text, scalars: texts)
        guard case .text(let codes, let dictionary) = plain.storage else { return plain }
        let own = (0..<dictionary.count).map { dictionary[$0] }
        let all = TextDictionary(["", "\u{10FFFF}\u{10FFFF}\u{10FFFF}"] + own + own)
        let other = codes.indices.map { row -> UInt32 in
            plain.isNull(row) ? 0 : 2 + codes[row] + UInt32(row % 2 * own.count)
        }
        return Vector(
            type: .text, count: texts.count, storage: .text(codes: other, dictionary: all), validity: plain.validity)
    }

    private static func bytes(_ value: Scalar) -> [UInt8]? {
        if case .text(let text) = value { Array(text.utf8) } else { nil }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func theyAreThoseOfALookAtEach(seed: UInt64) throws {
        var random = RandomScalars(seed: seed)
        let groups = 60
        let all = (0..<UInt32(groups)).map { $0 }
        // The second one's groups are numbered the other way round.
        let mappings = [all, all.reversed()]
        for round in 0..<16 {
            let isMaximum = round % 2 == 0
            var expected = [Scalar](repeating: .null, count: groups)
            var states = (0..<2).map { _ in AggregateStates.extremum(.text, isMaximum: isMaximum) }
            for state in states.indices { states[state].grow(to: groups) }
            for step in 0..<7 {
                // In every other round one of them meets many, or both do.
                let isMany = round % 4 > 1 && step == random.below(7)
                let form = isMany ? 0 : random.below(3)
                let rows = isMany ? 1_800 : 90
                var texts = (0..<rows).map { row -> Scalar in
                    if random.below(6) == 0 { return .null }
                    return isMany ? .text("text \(random.below(5_000))") : random.value(.text)
                }
                if form == 1 { texts = Array(repeating: texts[0], count: rows) }
                let numbers = (0..<rows).map { row in
                    // In runs, or in no order; the last group has no row.
                    UInt32(step % 2 == 0 ? row * 20 / rows : random.below(groups - 1))
                }
                let state = random.below(2)
                try states[state].update([Self.column(texts, form)], GroupAssignment(numbers))
                for row in 0..<rows where !texts[row].isNull {
                    let group = Int(mappings[state][Int(numbers[row])])
                    let order = ScalarOrder.compare(texts[row], expected[group])
                    if expected[group].isNull || (isMaximum ? order > 0 : order < 0) { expected[group] = texts[row] }
                }
            }
            for order in [[0, 1], [1, 0]] {
                var merged = AggregateStates.extremum(.text, isMaximum: isMaximum)
                merged.grow(to: groups)
                for state in order { try merged.merge(states[state], mappings[state]) }
                let found = try merged.finish(all)
                #expect(found.fault == nil)
                for group in 0..<groups {
                    let (here, wanted) = (Self.bytes(found.scalar(at: group)), Self.bytes(expected[group]))
                    #expect(here == wanted, "seed \(seed), round \(round), group \(group)")
                }
            }
        }
    }

    /// The promise: a group keeps a number and no text of its own, and results have each text once.
    @Test func ofFewTextsGroupsKeepNumbers() throws {
        let groups = 100_000
        func state(_ texts: [String]) throws -> any Accumulator {
            var state = AggregateStates.extremum(.text, isMaximum: true)
            state.grow(to: groups)
            let codes = (0..<groups).map { UInt32($0 % texts.count) }
            let column = Vector(
                type: .text, count: groups, storage: .text(codes: codes, dictionary: TextDictionary(texts)))
            try state.update([column], GroupAssignment((0..<UInt32(groups)).map { $0 }))
            return state
        }
        let reasons = ["completed", "handed_over", "abandoned", "expired", "ended by the model itself"]
        let few = try state(reasons)
        #expect(few.memoryBytes < groups * 9 && few.finishBytes < 400)
        let found = try few.finish((0..<UInt32(groups)).map { $0 })
        guard case .text(_, let dictionary) = found.storage else { throw KernelError.stopped }
        #expect(dictionary.count == reasons.count)
        #expect((0..<groups).allSatisfy { found.scalar(at: $0) == .text(reasons[$0 % reasons.count]) })
        #expect(try state((0..<3_000).map { "text \($0)" }).memoryBytes > groups * 32)
    }
}
