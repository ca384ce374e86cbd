import Columnar
import Testing

/// Rows are grouped as SQL holds values equal, whatever storage they come in, and groups are numbered as they are first
/// seen.
@Suite struct GroupTableTests {
    static let types: [ColumnType] = RandomScalars.types + [.interval, .array(.integer)]

    /// What a plain list finds: the group of each row, by comparing it with the first row of every group.
    static func reference(_ rows: [[Scalar]]) -> (groups: [UInt32], firsts: [Int]) {
        var firsts: [Int] = []
        let groups = rows.indices.map { row -> UInt32 in
            let known = firsts.firstIndex { zip(rows[$0], rows[row]).allSatisfy { same($0, $1) } }
            if known == nil { firsts.append(row) }
            return UInt32(known ?? firsts.count - 1)
        }
        return (groups, firsts)
    }

    private static func same(_ a: Scalar, _ b: Scalar) -> Bool {
        a.isNull || b.isNull ? a.isNull && b.isNull : Scalar.order(a, b) == .equal
    }

    static func rows(_ type: ColumnType, _ count: Int, _ random: inout RandomScalars) -> [Scalar] {
        let distinct = (0..<6).map { _ -> Scalar in
            guard case .array = type else { return random.value(type) }
            return .array([.integer(Int64(random.below(3))), random.below(3) == 0 ? .null : .integer(1)])
        }
        return (0..<count).map { _ in random.below(5) == 0 ? .null : distinct[random.below(6)] }
    }

    /// Keys of many values, one of which follows from the other now and then, or always: in whatever way pairs are
    /// found, they are those of a plain dictionary.
    @Test(arguments: [
        (7, 40_000, true), (40_000, 7, true), (900, 40_000, false), (40_000, 900, false), (300, 300, false),
    ])
    func pairsOfManyKeys(lefts: Int, rights: Int, follows: Bool) {
        var random = RandomScalars(seed: 53)
        var table = GroupTable(types: [.integer, .integer])
        var known: [[Int64]: UInt32] = [:]
        for round in 0..<60 {
            let rows = (0..<1_000).map { _ -> [Int64] in
                // More of them become known step by step.
                let left = random.below(1 + lefts * (round + 1) / 60)
                let right = random.below(1 + rights * (round + 1) / 60)
                if !follows { return [Int64(left), Int64(right)] }
                return lefts < rights ? [Int64(right % lefts), Int64(right)] : [Int64(left), Int64(left % rights)]
            }
            let keys = (0..<2).map { key in
                Vector(type: .integer, count: rows.count, storage: .int64(rows.map { $0[key] }))
            }
            let expected = rows.map { row in
                if let number = known[row] { return number }
                known[row] = UInt32(known.count)
                return UInt32(known.count - 1)
            }
            #expect(table.assign(keys, ordinal: UInt64(round)) == expected, "round \(round)")
        }
        #expect(table.count == known.count)
    }

    /// Users of days, which come in runs, again and again: once many pairs were looked for, an index knows all, those
    /// of another table as well, and no more are looked for.
    @Test(arguments: [false, true]) func pairsOfRunsAreIndexed(daysFirst: Bool) throws {
        let day: Int64 = 86_400_000_000_000
        var random = RandomScalars(seed: 54)
        func inOrder<Key>(_ user: Key, _ time: Key) -> [Key] { daysFirst ? [time, user] : [user, time] }
        var tables = (0..<2).map { _ in GroupTable(types: inOrder(.integer, .timestamptz)) }
        var known = [[[Int64]: UInt32]](repeating: [:], count: 2)
        for round in 0..<200 {
            let (table, chunk) = (round % 5 == 4 ? 1 : 0, round % 20)
            let times = (0..<2_000).map { Int64(chunk * 3 + $0 * 3 / 2_000) * day }
            let users = times.map { _ in Int64(random.below(12_000)) }
            let made = times.span.bucketRuns { (start: $0, end: $0 + day) }
            let runs = try #require(made)
            let user = Vector(type: .integer, count: users.count, storage: .int64(users))
            let time = Vector(type: .timestamptz, count: times.count, storage: .int64(times))
            _ = tables[table].assignment(
                of: inOrder(.column(user), .runs(runs)), ordinal: UInt64(round), countsRows: false)
            let expected = users.indices.map { row -> UInt32 in
                let key = [users[row], times[row]]
                if let number = known[table][key] { return number }
                known[table][key] = UInt32(known[table].count)
                return UInt32(known[table].count - 1)
            }
            #expect(tables[table].assign(inOrder(user, time), ordinal: UInt64(round)) == expected, "round \(round)")
        }
        #expect((1...45_000).contains(tables[0].lookedPairs))
        let mapping = tables[0].absorb(tables[1])
        for (key, number) in known[1].sorted(by: { $0.value < $1.value }) {
            if known[0][key] == nil { known[0][key] = UInt32(known[0].count) }
            #expect(mapping[Int(number)] == known[0][key])
        }
        #expect(tables[0].count == known[0].count)
        let keys = Array(known[0])
        let (users, times) = (keys.map { Scalar.integer($0.key[0]) }, keys.map { Scalar.timestamptz($0.key[1]) })
        let found = tables[0].lookUp(
            inOrder(Vector(type: .integer, scalars: users), Vector(type: .timestamptz, scalars: times)))
        #expect(found == keys.map(\.value))
    }

    @Test(arguments: types) func everyTypeIsGroupedByWhatIsEqual(type: ColumnType) {
        var random = RandomScalars(seed: 51)
        for round in 0..<60 {
            let values = Self.rows(type, 40, &random)
            var table = GroupTable(types: [type])
            let expected = Self.reference(values.map { [$0] })
            // In chunks, so that numbers and dictionaries go on from one to the next.
            let found = stride(from: 0, to: 40, by: 8).flatMap { start in
                table.assign([Vector(type: type, scalars: Array(values[start..<start + 8]))], ordinal: UInt64(start))
            }
            #expect(found == expected.groups, "seed 51, round \(round): \(values)")
            #expect(table.count == expected.firsts.count)
            let all = (0..<UInt32(table.count)).map { $0 }
            let keys = table.keys(of: all)[0]
            #expect(
                all.allSatisfy { Self.same(keys.scalar(at: Int($0)), values[expected.firsts[Int($0)]]) },
                "\(values)")
            #expect(all.allSatisfy { table.hasNullKey($0) == keys.isNull(Int($0)) })
            // A null finds nothing, all else its group.
            let lookedUp = table.lookUp([Vector(type: type, scalars: values)])
            #expect(zip(zip(values, lookedUp), found).allSatisfy { $0.0.isNull ? $0.1 == .max : $0.1 == $1 })
            #expect(table.firstSeenOrder() == nil && table.memoryBytes > 0)
        }
    }

    @Test func severalColumnsAndConstants() {
        var random = RandomScalars(seed: 52)
        let types: [ColumnType] = [.text, .integer, .boolean, .numeric(scale: 2)]
        for round in 0..<40 {
            let columns = types.map { Self.rows($0, 60, &random) }
            var vectors = zip(types, columns).map { Vector(type: $0, scalars: $1) }
            var rows = (0..<60).map { row in columns.map { $0[row] } }
            // A constant is as good as its rows.
            let constant = random.below(4)
            let value = random.below(3) == 0 ? Scalar.null : random.value(types[constant])
            vectors[constant] = .constant(value, type: types[constant], count: 60)
            for row in rows.indices { rows[row][constant] = value }
            var table = GroupTable(types: types)
            let expected = Self.reference(rows)
            #expect(table.assign(vectors, ordinal: 0) == expected.groups, "seed 52, round \(round)")
            #expect(
                table.lookUp(vectors).enumerated().allSatisfy { row, group in
                    rows[row].contains(where: \.isNull) ? group == .max : group == expected.groups[row]
                })
            let keys = table.keys(of: (0..<UInt32(table.count)).map { $0 })
            for (group, first) in expected.firsts.enumerated() {
                #expect(zip(keys, rows[first]).allSatisfy { Self.same($0.scalar(at: group), $1) })
            }
        }
    }

    /// Codes are of one dictionary; equal texts are equal under any code and in any dictionary.
    @Test func codesOfDictionariesMeet() {
        func column(_ codes: [UInt32], _ texts: [String], nulls: Set<Int> = []) -> Vector {
            var validity: Validity?
            if !nulls.isEmpty {
                validity = Validity(count: codes.count, allValid: true)
                for row in codes.indices where nulls.contains(row) { validity?[row] = false }
            }
            return Vector(
                type: .text, count: codes.count, storage: .text(codes: codes, dictionary: TextDictionary(texts)),
                validity: validity)
        }
        var table = GroupTable(types: [.text])
        #expect(table.assign([column([1, 0, 1, 3], ["b", "a", "unused", "e\u{301}"])], ordinal: 0) == [0, 1, 0, 2])
        #expect(table.assign([column([0, 1, 2, 3], ["a", "é", "b", "b"])], ordinal: 4) == [0, 3, 1, 1])
        #expect(table.assign([column([0, 0, 0], ["b"], nulls: [0, 2])], ordinal: 8) == [4, 1, 4])
        #expect(table.keys(of: [0, 1, 2, 3, 4])[0].scalar(at: 3) == .text("é") && table.count == 5)
    }

    /// Beyond the keys that index an array directly, and with many groups in either column.
    @Test func manyGroups() {
        let count = 70_000
        let left = Vector(
            type: .integer, count: count,
            storage: .int64((0..<count).map { Int64($0 % 300) * 1_000_000_007 }))
        let right = Vector(type: .integer, count: count, storage: .int64((0..<count).map { Int64($0 / 300) }))
        var table = GroupTable(types: [.integer, .integer])
        let groups = table.assign([left, right], ordinal: 0)
        #expect(table.count == count && groups.indices.allSatisfy { groups[$0] == UInt32($0) })
        #expect(table.lookUp([left.gather([69_999, 5]), right.gather([69_999, 5])]) == [69_999, 5])
        #expect(table.lookUp([left.gather([1]), Vector.constant(.integer(-1), type: .integer, count: 1)]) == [.max])
    }

    /// Pairs of numbers of which each has one partner, a few, or so many that they are looked up otherwise, on the side
    /// that has more numbers and on one that is overtaken by the other.
    @Test(arguments: [1, 3, 8, 9, 60], [false, true])
    func pairsOfFewAndOfManyPartners(partners: Int, isTurned: Bool) {
        var random = RandomScalars(seed: 57)
        func chunk(_ number: Int) -> (rows: [[Int64]], vectors: [Vector]) {
            var columns: [[Int64]] = [[], []]
            for _ in 0..<3_000 {
                let many = Int64(random.below(200 * (number + 1) * (number + 1)))
                let few = (many * 7 + Int64(random.below(partners))) % 900
                columns[0].append(isTurned && number > 2 ? few : many)
                columns[1].append(isTurned && number > 2 ? many : few)
            }
            let rows = (0..<3_000).map { [columns[0][$0], columns[1][$0]] }
            return (rows, columns.map { Vector(type: .integer, count: 3_000, storage: .int64($0)) })
        }
        var tables = [GroupTable(types: [.integer, .integer]), GroupTable(types: [.integer, .integer])]
        var known: [[[Int64]: UInt32]] = [[:], [:]]
        for step in 0..<12 {
            let (table, (rows, vectors)) = (step % 2, chunk(step / 2))
            let expected = rows.map { row -> UInt32 in
                let number = known[table][row] ?? UInt32(known[table].count)
                known[table][row] = number
                return number
            }
            #expect(tables[table].assign(vectors, ordinal: UInt64(step) << 32) == expected, "step \(step)")
            let (all, others) = (tables[table].lookUp(vectors), tables[1 - table].lookUp(vectors))
            #expect(all == expected && others == rows.map { known[1 - table][$0] ?? .max }, "step \(step)")
        }
        let mapping = tables[0].absorb(tables[1])
        let union = Set(known[0].keys).union(known[1].keys)
        #expect(tables[0].count == union.count)
        let (left, right) = (
            tables[0].keys(of: mapping), tables[1].keys(of: (0..<UInt32(known[1].count)).map { $0 })
        )
        for row in mapping.indices {
            #expect((0..<2).allSatisfy { left[$0].scalar(at: row) == right[$0].scalar(at: row) })
        }
    }

    /// Dictionaries of many texts, short and long ones and such that a word of eight bytes cuts, some met before.
    @Test func manyTexts() {
        var random = RandomScalars(seed: 53)
        func text(_ number: Int) -> String { String(repeating: "t", count: number % 23) + String(number) }
        var table = GroupTable(types: [.text])
        var known: [String: UInt32] = [:]
        for chunk in 0..<4 {
            let dictionary = TextDictionary((0..<2_000).map { text(chunk * 1_200 + $0) })
            let codes = (0..<3_000).map { _ in UInt32(random.below(2_000)) }
            let expected = codes.map { code -> UInt32 in
                let text = dictionary[Int(code)]
                let number = known[text] ?? UInt32(known.count)
                known[text] = number
                return number
            }
            let column = Vector(type: .text, count: 3_000, storage: .text(codes: codes, dictionary: dictionary))
            #expect(table.assign([column], ordinal: UInt64(chunk) << 32) == expected, "chunk \(chunk)")
            let again = column.gather([5, 0])
            #expect(table.assign([again], ordinal: UInt64(chunk) << 32 + 3_000) == [expected[5], expected[0]])
            #expect(table.lookUp([column]) == expected)
        }
        let others = TextDictionary((0..<300).map { "other \($0)" } + ["0"])
        let mixed = Vector(
            type: .text, count: 302, storage: .text(codes: Array(0..<301) + [0], dictionary: others),
            validity: Validity(words: [~0, ~0, ~0, ~0, (1 << 45) - 1], count: 302))
        let found = table.lookUp([mixed])
        #expect(found.dropLast(2).allSatisfy { $0 == .max } && found[300] == known["0"] ?? .max && found[301] == .max)
        // Texts that no row has are no groups.
        #expect(table.count == known.count && known.count < 5_600)
    }

    /// Texts that lie side by side come into the table together, also where a page has some of them twice.
    @Test func textsThatStandTwice() {
        var table = GroupTable(types: [.text])
        let dictionary = TextDictionary((0..<900).map { "conversation \($0 / 2)" })
        let codes = Array(0..<UInt32(900)) + [7, 6, 899]
        let column = Vector(type: .text, count: 903, storage: .text(codes: codes, dictionary: dictionary))
        #expect(table.assign([column], ordinal: 0) == codes.map { $0 / 2 } && table.count == 450)
        let keys = table.keys(of: (0..<450).map { $0 })[0]
        #expect((0..<450).allSatisfy { keys.scalar(at: $0) == .text("conversation \($0)") })
        // Some of them again in another order, behind others.
        let later = TextDictionary((0..<600).map { "conversation \(899 - $0)" })
        let more = Vector(type: .text, count: 600, storage: .text(codes: Array(0..<600), dictionary: later))
        let expected = (0..<600).map { UInt32($0 < 450 ? 450 + $0 : 899 - $0) }
        #expect(table.assign([more], ordinal: 1 << 32) == expected && table.lookUp([more]) == expected)
    }

    /// Runs that are found while times are numbered group as the rows do.
    @Test func runsAreNumberedAsTheirRows() throws {
        var random = RandomScalars(seed: 55)
        for round in 0..<24 {
            var (inRuns, plain) = (GroupTable(types: [.timestamptz]), GroupTable(types: [.timestamptz]))
            for chunk in 0..<3 {
                // Long runs, short ones and none, and nulls.
                let length = [400, 40, 17, 1][round % 4]
                var values: [Scalar] = []
                while values.count < 1_000 {
                    let time = Scalar.timestamptz(Int64(random.below(9)) * 3_600)
                    values += [Scalar](repeating: time, count: 1 + random.below(length))
                }
                if round % 5 == 4 { values[random.below(1_000)] = .null }
                let keys = [Vector(type: .timestamptz, scalars: values)]
                let ordinal = UInt64(chunk) << 32
                let found = inRuns.assignment(
                    of: keys.map { .column($0) }, ordinal: ordinal, countsRows: round % 2 == 0)
                let groups = plain.assign(keys, ordinal: ordinal)
                #expect(found.rowCount == groups.count && inRuns.count == plain.count, "seed 55, round \(round)")
                let picked = (0..<UInt32(groups.count)).filter { _ in random.below(3) > 0 }
                for (assignment, rows) in [(found, Array(0..<UInt32(groups.count))), (found.gather(picked), picked)] {
                    var state = AggregateStates.count()
                    state.grow(to: plain.count)
                    try state.update([], assignment)
                    var expected = [Int64](repeating: 0, count: plain.count)
                    for row in rows { expected[Int(groups[Int(row)])] += 1 }
                    let counts = try state.finish((0..<UInt32(plain.count)).map { $0 })
                    #expect(expected.indices.allSatisfy { counts.scalar(at: $0) == .integer(expected[$0]) })
                }
            }
            let all = (0..<UInt32(plain.count)).map { $0 }
            let (keys, expected) = (inRuns.keys(of: all)[0], plain.keys(of: all)[0])
            #expect(all.allSatisfy { Self.same(keys.scalar(at: Int($0)), expected.scalar(at: Int($0))) })
            #expect(inRuns.firstSeenOrder() == plain.firstSeenOrder())
        }
    }

    /// Keys that are the same in all rows of a chunk make one group of them.
    @Test func constantKeysAreOneGroup() throws {
        var random = RandomScalars(seed: 56)
        let types: [ColumnType] = [.timestamptz, .text]
        var (found, plain) = (GroupTable(types: types), GroupTable(types: types))
        for chunk in 0..<40 {
            let rows = random.below(4) * 30
            let values: [Scalar] = [
                random.below(4) == 0 ? .null : .timestamptz(Int64(random.below(3))),
                random.below(4) == 0 ? .null : .text(["a", "b", "c"][random.below(3)]),
            ]
            let ordinal = UInt64(chunk) << 32
            let keys = types.indices.map { Vector.constant(values[$0], type: types[$0], count: rows) }
            let assignment = found.assignment(of: keys.map { .column($0) }, ordinal: ordinal, countsRows: true)
            let groups = plain.assign(
                types.indices.map { Vector(type: types[$0], scalars: Array(repeating: values[$0], count: rows)) },
                ordinal: ordinal)
            #expect(assignment.rowCount == rows && found.count == plain.count)
            var state = AggregateStates.count()
            state.grow(to: max(1, plain.count))
            try state.update([], assignment)
            let counts = try state.finish((0..<UInt32(max(1, plain.count))).map { $0 })
            #expect(counts.scalar(at: Int(groups.first ?? 0)) == .integer(Int64(rows)))
        }
        let all = (0..<UInt32(plain.count)).map { $0 }
        for (keys, expected) in zip(found.keys(of: all), plain.keys(of: all)) {
            #expect(all.allSatisfy { Self.same(keys.scalar(at: Int($0)), expected.scalar(at: Int($0))) })
        }
        #expect(found.firstSeenOrder() == plain.firstSeenOrder())
    }

    /// Left and right numbers that come to be known step by step, beyond what an array of all pairs would take.
    @Test func pairsThatGrow() {
        var random = RandomScalars(seed: 54)
        for most in [30, 3_000] {
            var table = GroupTable(types: [.integer, .integer])
            var known: [[Int64]: UInt32] = [:]
            for step in 1...8 {
                let left = (0..<900).map { _ in Int64(random.below(most * step)) }
                let right = (0..<900).map { _ in Int64(random.below(most * step)) }
                let expected = left.indices.map { row -> UInt32 in
                    let number = known[[left[row], right[row]]] ?? UInt32(known.count)
                    known[[left[row], right[row]]] = number
                    return number
                }
                let vectors = [left, right].map { Vector(type: .integer, count: 900, storage: .int64($0)) }
                #expect(table.assign(vectors, ordinal: UInt64(step) << 32) == expected, "\(most), step \(step)")
                #expect(table.lookUp(vectors) == expected)
            }
        }
    }

    /// Two tables with many groups, whose units take turns: the order is that of the rows.
    @Test func manyGroupsMergeInOrder() {
        var tables = [GroupTable(types: [.integer]), GroupTable(types: [.integer])]
        // Units of 100 rows; each third value of a unit stands in the one before as well.
        let units = (0..<40).map { unit -> [Int64] in
            (0..<100).map { row -> Int64 in
                let isOld = row % 3 == 0 && unit > 0
                return Int64(isOld ? unit * 100 - 99 + row : unit * 100 + row)
            }
        }
        var seen: [Int64] = []
        for (unit, values) in units.enumerated() {
            let column = Vector(type: .integer, count: 100, storage: .int64(values))
            _ = tables[unit % 2].assign([column], ordinal: UInt64(unit) << 32)
            for value in values where !seen.contains(value) { seen.append(value) }
        }
        var merged = tables[1]
        _ = merged.absorb(tables[0])
        let order = merged.firstSeenOrder() ?? []
        let keys = merged.keys(of: order)[0]
        #expect((0..<keys.count).map { keys.scalar(at: $0) } == seen.map { .integer($0) })
    }

    /// The last table is taken in as any other, by several threads that look its texts up in pieces.
    @Test func theLastTableIsTakenInAsAnyOther() {
        func table(_ numbers: Range<Int>, _ ordinal: UInt64) -> GroupTable {
            let dictionary = TextDictionary(numbers.map { "c-\($0)" })
            let codes = (0..<UInt32(numbers.count)).map { $0 }
            var table = GroupTable(types: [.text])
            let column = Vector(
                type: .text, count: codes.count, storage: .text(codes: codes, dictionary: dictionary))
            _ = table.assign([column], ordinal: ordinal)
            return table
        }
        let helpers = KernelHelpers { count, job in
            for index in (0..<count).reversed() { job(index) }
        }
        // Few and many; some of them, none and all are known.
        for (first, count) in [(5, 10), (29_000, 40_000), (100_000, 40_000), (0, 30_000)] {
            var (plain, last) = (table(0..<30_000, 0), table(0..<30_000, 0))
            let other = table(first..<first + count, 1 << 32)
            let mapping = plain.absorb(other)
            #expect(last.absorb(other, last: helpers) == mapping, "from \(first)")
            #expect(last.count == plain.count && last.firstSeenOrder() == plain.firstSeenOrder())
            let all = (0..<UInt32(plain.count)).map { $0 }
            let (keys, expected) = (last.keys(of: all)[0], plain.keys(of: all)[0])
            #expect(all.allSatisfy { Self.same(keys.scalar(at: Int($0)), expected.scalar(at: Int($0))) })
        }
    }

    /// However rows are shared among tables, the merged one has every group once, in the order of first rows.
    @Test(arguments: [1, 2, 3] as [UInt64]) func anySplitMergesToTheWhole(seed: UInt64) {
        var random = RandomScalars(seed: seed)
        let types: [ColumnType] = [.text, .double]
        let columns = types.map { Self.rows($0, 90, &random) }
        func vectors(_ range: Range<Int>) -> [Vector] {
            zip(types, columns).map {
                Vector(
                    type: $0,
                    scalars: Array($1[range]))
            }
        }
        var whole = GroupTable(types: types)
        let expected = whole.assign(vectors(0..<90), ordinal: 0)
        var tables = (0..<3).map { _ in GroupTable(types: types) }
        var assigned: [(table: Int, rows: Range<Int>, groups: [UInt32])] = []
        for start in stride(from: 0, to: 90, by: 10) {
            let table = random.below(3)
            assigned.append(
                (
                    table, start..<start + 10,
                    tables[table].assign(
                        vectors(start..<start + 10),
                        ordinal: UInt64(start))
                ))
        }
        let order = [2, 0, 1]
        var merged = tables[order[0]]
        var mappings = [Int: [UInt32]]()
        mappings[order[0]] = (0..<UInt32(merged.count)).map { $0 }
        for other in order.dropFirst() { mappings[other] = merged.absorb(tables[other]) }
        #expect(merged.count == whole.count)
        let seen = merged.firstSeenOrder() ?? (0..<UInt32(merged.count)).map { $0 }
        var place = [UInt32](repeating: 0, count: merged.count)
        for (number, group) in seen.enumerated() { place[Int(group)] = UInt32(number) }
        // Rows of one chunk were seen in their order, chunks in that of their ordinals.
        for part in assigned {
            for (row, group) in zip(part.rows, part.groups) {
                #expect(place[Int(mappings[part.table]![Int(group)])] == expected[row], "seed \(seed), row \(row)")
            }
        }
        for (a, b) in zip(whole.keys(of: (0..<UInt32(whole.count)).map { $0 }), merged.keys(of: seen)) {
            #expect((0..<a.count).allSatisfy { Self.same(a.scalar(at: $0), b.scalar(at: $0)) })
        }
    }
}
