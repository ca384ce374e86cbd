import Columnar
import Testing

/// Groups of ids that come by kept numbers are those of their texts, and no text is looked at for them.
@Suite struct KeptKeysTests {
    /// Rows in two forms: as whoever groups is handed them, and with a dictionary of their own.
    private struct Piece {
        var keys: Vector
        var plain: Vector
    }

    private static let helpers = KernelHelpers { count, job in
        for index in (0..<count).reversed() { job(index) }
    }

    /// The pages of four segments by numbers, the first two also as they were when the others had not been met; then
    /// rows that have none.
    private static func pieces(_ random: inout SampleGenerator) throws -> [Piece] {
        let kept = KeptTexts(bytesMax: 8 << 20)
        var segments = try (0..<4).map { number in
            try TextSegment(
                origin: UInt64(number),
                (0..<2).map { page in
                    TextSegment.vector(
                        &random, rows: 700, texts: 300, from: number * 400 + page * 200, nulls: UInt64(page * 6))
                })
        }
        var pieces: [Piece] = []
        for last in [1, 3] {
            for round in 0..<3 {
                for number in 0...last {
                    for (place, vector) in segments[number].vectors.enumerated() {
                        let found = try segments[number].column(place, kept)
                        if round == 2 { pieces.append(Piece(keys: try #require(found), plain: vector)) }
                    }
                }
            }
        }
        let numbered = pieces.count
        #expect(numbered == 12)
        for (rows, first, nulls) in [(400, 100, 0), (90, 1_500, 4), (600, 5_000, 0)] as [(Int, Int, UInt64)] {
            let vector = TextSegment.vector(&random, rows: rows, texts: rows / 2, from: first, nulls: nulls)
            pieces.append(Piece(keys: vector, plain: vector))
        }
        for value in [Scalar.null, .text("c-" + hex(7 &* 0x9E37_79B9_7F4A_7C15, 16)), .text("else")] {
            let vector = Vector.constant(value, type: .text, count: 40)
            pieces.append(Piece(keys: vector, plain: vector))
        }
        // As a filter leaves them.
        let few = (0..<UInt32(pieces[5].plain.count)).filter { _ in random.next() % 9 == 0 }
        pieces.append(Piece(keys: pieces[5].keys.gather(few), plain: pieces[5].plain.gather(few)))
        return pieces
    }

    /// What the groups of rows are, by the table's own numbers.
    private static func keys(_ table: GroupTable, _ groups: [UInt32]) -> [Scalar?] {
        let known = groups.filter { $0 != .max }
        let column = table.keys(of: known)[0]
        #expect(column.fault == nil)
        var place = 0
        return groups.map { group in
            if group == .max { return nil }
            place += 1
            return column.scalar(at: place - 1)
        }
    }

    /// States take room for the groups of all kept texts at once, and for no more, when a good part of these is there.
    @Test func roomIsTakenForAllTexts() throws {
        var random = SampleGenerator(state: 5)
        let kept = KeptTexts(bytesMax: 8 << 20)
        var segment = try TextSegment(
            origin: 1, [TextSegment.vector(&random, rows: 9_000, texts: 5_000, from: 0, nulls: 0)])
        for _ in 0..<2 { _ = try segment.column(0, kept) }
        let found = try segment.column(0, kept)
        let column = try #require(found)
        guard case .text(_, let dictionary) = column.storage else { preconditionFailure("texts by their numbers") }
        var (table, state) = (GroupTable(types: [.text]), AggregateStates.count())
        #expect(table.expectedCount == nil)
        for start in stride(from: 0, to: 9_000, by: 500) {
            let rows = (UInt32(start)..<UInt32(start + 500)).map { $0 }
            let groups = table.assign([column.gather(rows)], ordinal: UInt64(start))
            if let expected = table.expectedCount { state.reserve(groups: expected) }
            state.grow(to: table.count)
            try state.update([], GroupAssignment(groups))
        }
        #expect(table.expectedCount == dictionary.count && table.count > dictionary.count / 2)
        #expect(state.memoryBytes < (dictionary.count + 16) * 8)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func groupsAreThoseOfTheTexts(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        let pieces = try Self.pieces(&random)
        // Numbers alone, mostly numbers, or all in equal parts.
        let most = seed % 3 == 0 ? 12 : pieces.count
        var tables = (0..<3).map { _ in GroupTable(types: [.text]) }
        var plain = tables
        for step in 0..<16 {
            let piece = pieces[Int(random.next() % UInt64(seed % 3 == 1 && step % 4 != 0 ? 12 : most))]
            let table = Int(random.next() % 3)
            let ordinal = UInt64(step) << 32
            let groups = tables[table].assign([piece.keys], ordinal: ordinal)
            #expect(groups == plain[table].assign([piece.plain], ordinal: ordinal), "seed \(seed), step \(step)")
            #expect(Self.keys(tables[table], groups) == (0..<groups.count).map { piece.plain.scalar(at: $0) })
        }
        let order = [0, 1, 2].shuffled(using: &random)
        var (merged, expected) = (tables[order[0]], plain[order[0]])
        for number in order.dropFirst() {
            let isLast = number == order[2] && random.next() % 2 == 0
            let mapping = merged.absorb(tables[number], last: isLast ? Self.helpers : nil)
            let wanted = expected.absorb(plain[number])
            #expect(Self.keys(merged, mapping) == Self.keys(expected, wanted), "seed \(seed)")
        }
        #expect(merged.count == expected.count)
        let (seen, wanted) = ([merged, expected].map { table in
            Self.keys(table, table.firstSeenOrder() ?? (0..<UInt32(table.count)).map { $0 })
        }).pair
        #expect(seen == wanted, "seed \(seed)")
    }

    /// Keys that nobody looks at are not made.
    @Test func keysAreMadeOfShownColumns() throws {
        var random = SampleGenerator(state: 51)
        let piece = try Self.pieces(&random)[4]
        let numbers = (0..<Int64(piece.plain.count)).map { $0 % 3 }
        var table = GroupTable(types: [.text, .integer, .text])
        let groups = table.assign(
            [piece.keys, Vector(type: .integer, count: numbers.count, storage: .int64(numbers)), piece.plain],
            ordinal: 0)
        let all = table.keys(of: groups)
        for shown in [[], [0], [2], [0, 1], [0, 1, 2]] as [Set<Int>] {
            for (place, column) in table.keys(of: groups, shown: shown).enumerated() {
                let expected = shown.contains(place) ? all[place] : .constant(.null, type: all[place].type, count: 700)
                #expect(sameRows(column, expected), "\(place) of \(shown.sorted())")
            }
        }
        #expect(sameRows(all[0], piece.plain) && sameRows(all[2], piece.plain))
        #expect(table.keyBytes(of: 700, shown: [0, 1]) == 0)
    }

    /// Of a few groups among many the texts of these alone are copied, whether they have numbers or not.
    @Test func fewKeysAreACopyOfTheirTexts() throws {
        var random = SampleGenerator(state: 61)
        let pieces = try Self.pieces(&random)
        let strange = TextSegment.vector(&random, rows: 60, texts: 9, from: 1_695, nulls: 7)
        var table = GroupTable(types: [.text])
        var rows: [(group: UInt32, text: Scalar)] = []
        for (step, vector) in (pieces[4..<12].map(\.keys) + [strange]).enumerated() {
            let groups = table.assign([vector], ordinal: UInt64(step) << 32)
            rows += groups.indices.map { (groups[$0], vector.scalar(at: $0)) }
        }
        #expect(table.count > 1_600 && rows.contains { $0.text.isNull })
        for count in [1, 40, 150, 900] {
            var wanted = Array(rows.suffix(20))
            while wanted.count < count { wanted.append(rows[Int(random.next() % UInt64(rows.count))]) }
            wanted.shuffle(using: &random)
            let column = table.keys(of: wanted.map(\.group))[0]
            #expect(column.fault == nil && wanted.indices.allSatisfy { column.scalar(at: $0) == wanted[$0].text })
            guard case .text(_, let dictionary) = column.storage else { continue }
            // One in eight of those that are kept are no longer few.
            #expect(wanted.count < 200 ? dictionary.count <= wanted.count : dictionary.count > 1_600)
            let booked = table.keyBytes(of: wanted.count, shown: nil)
            #expect(booked >= dictionary.bytes.count && booked <= 2 * dictionary.bytes.count + 64 * wanted.count)
        }
    }

    /// Joins look rows up among those that are known.
    @Test(arguments: 21...26 as ClosedRange<UInt64>) func rowsAreFoundAmongOthers(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        let pieces = try Self.pieces(&random)
        var (table, plain) = (GroupTable(types: [.text]), GroupTable(types: [.text]))
        for step in 0..<5 {
            let piece = pieces[Int(random.next() % UInt64(pieces.count))]
            _ = table.assign([piece.keys], ordinal: UInt64(step))
            _ = plain.assign([piece.plain], ordinal: UInt64(step))
        }
        for (number, piece) in pieces.enumerated() {
            let found = table.lookUp([piece.keys])
            #expect(found == plain.lookUp([piece.plain]), "seed \(seed), piece \(number)")
            #expect(found == table.lookUp([piece.plain]), "seed \(seed), piece \(number)")
        }
    }

    /// Rows of which no two have one key are told by its number, whatever looks for them.
    @Test(arguments: 61...68 as ClosedRange<UInt64>) func rowsOfAnOnlyKeyAreToldByNumber(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        let pieces = try Self.pieces(&random)
        // Each id once, and null, as groups come; of the older pages alone, or of all.
        var table = GroupTable(types: [.text])
        for piece in pieces[..<(seed % 2 == 0 ? 12 : 4)] { _ = table.assign([piece.keys], ordinal: 0) }
        let groups = (0..<UInt32(table.count)).map { $0 }.shuffled(using: &random)
        let column = table.keys(of: groups)[0]
        let (first, second) = (groups.indices.prefix(200), groups.indices.dropFirst(200))
        let rows = [first, second].map { places in column.gather(places.map { UInt32($0) }) }
        let partners = try #require(CodePartners(rows))
        var expected: [Scalar: UInt32] = [:]
        for row in 0..<column.count where !column.isNull(row) { expected[column.scalar(at: row)] = UInt32(row) }
        #expect(expected.count == groups.count - 1)
        for (number, piece) in pieces.enumerated() {
            let wanted = (0..<piece.plain.count).map { expected[piece.plain.scalar(at: $0)] ?? .max }
            #expect(partners.partners(of: piece.keys) == wanted, "seed \(seed), piece \(number)")
            #expect(partners.partners(of: piece.plain) == wanted, "seed \(seed), piece \(number)")
        }
        // An id that stands twice, texts without numbers, and none at all are for others.
        let again = try #require((0..<UInt32(column.count)).first { !column.isNull(Int($0)) })
        #expect(CodePartners(rows + [column.gather([again])]) == nil)
        #expect(CodePartners([pieces[12].keys]) == nil && CodePartners([]) == nil)
    }

    /// By their numbers alone, where all have some and none is null, or beside others.
    @Test(arguments: 31...38 as ClosedRange<UInt64>) func distinctIdsAreCountedAsTheirTexts(seed: UInt64) throws {
        var random = SampleGenerator(state: seed)
        var pieces = try Self.pieces(&random)
        if seed % 2 == 0 { pieces = pieces[..<12].filter { $0.plain.hasNoNulls } }
        func state() -> any Accumulator {
            var state = AggregateStates.distinct(.text, isCount: true, orderKeys: 0, AggregateStates.count())
            state.grow(to: 5)
            return state
        }
        var (states, plain) = ([state(), state()], state())
        for _ in 0..<10 {
            let piece = pieces[Int(random.next() % UInt64(pieces.count))]
            let groups = GroupAssignment((0..<piece.plain.count).map { _ in UInt32(random.next() % 5) })
            try states[Int(random.next() % 2)].update([piece.keys], groups)
            try plain.update([piece.plain], groups)
        }
        let all = (0..<UInt32(5)).map { $0 }
        let expected = try plain.finish(all)
        // The groups are numbered the other way round in one of them.
        var turned = state()
        for state in states.reversed() { try turned.merge(state, all.reversed()) }
        try states[1].merge(states[0], all)
        for (merged, order) in [(states[1], all), (turned, all.reversed())] {
            let found = try merged.finish(order)
            #expect((0..<5).allSatisfy { found.scalar(at: $0) == expected.scalar(at: $0) }, "seed \(seed)")
        }
    }

    /// Codes that are counted beside texts without any are held a second time while they are counted.
    @Test func countingIdsBesideOthersIsBooked() throws {
        var random = SampleGenerator(state: 43)
        let pieces = try Self.pieces(&random)
        var state = AggregateStates.distinct(.text, isCount: true, orderKeys: 0, AggregateStates.count())
        state.grow(to: 1)
        try state.update([pieces[0].keys], GroupAssignment(single: pieces[0].keys.count))
        #expect(state.finishBytes == 0)
        let codes = state.memoryBytes
        try state.update([pieces[12].keys], GroupAssignment(single: pieces[12].keys.count))
        #expect(state.finishBytes > codes)
    }

    /// The promise: of ids with numbers not one text is looked at, by however many threads.
    @Test func noTextIsLookedAt() throws {
        var random = SampleGenerator(state: 41)
        let pieces = Array(try Self.pieces(&random).prefix(12))
        func looked(_ form: (Piece) -> Vector) -> (texts: Int, groups: Int) {
            var tables = [GroupTable(types: [.text]), GroupTable(types: [.text])]
            for (step, piece) in pieces.enumerated() {
                _ = tables[step % 2].assign([form(piece)], ordinal: UInt64(step) << 32)
            }
            let other = tables.removeLast()
            _ = tables[0].absorb(other, last: Self.helpers)
            #expect(tables[0].keys(of: [0, 5])[0].count == 2 && tables[0].keyBytes(of: 2, shown: nil) == 0)
            return (tables[0].lookedTexts, tables[0].count)
        }
        let (numbered, plain) = (looked(\.keys), looked(\.plain))
        #expect(numbered.texts == 0 && numbered.groups == plain.groups)
        #expect(plain.texts >= plain.groups)
        // Rows without numbers are looked up, some of them are new; those with numbers are not even then.
        var table = GroupTable(types: [.text])
        for piece in pieces { _ = table.assign([piece.keys], ordinal: 0) }
        let stranger = TextSegment.vector(&random, rows: 50, texts: 10, from: 1_695)
        _ = table.assign([stranger], ordinal: 1 << 32)
        #expect(table.lookedTexts <= 10)
        let known = table.count
        _ = table.assign([pieces[11].keys], ordinal: 2 << 32)
        #expect(table.lookedTexts <= 10 && table.count == known)
    }
}

extension Array {
    fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
