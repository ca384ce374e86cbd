import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// A clock that moves on a second whenever somebody looks at it: time counted in looks, the same on every machine.
private final class LookClock: Clock {
    private let looks = Atomic<Int64>(0)

    func wallNanoseconds() -> Int64 { 0 }
    func monotonicNanoseconds() -> Int64 {
        looks.add(1, ordering: .relaxed).newValue * 1_000_000_000
    }
}

private func text(_ text: String) -> Expression { .literal(.text(text), .text) }
private func integer(_ number: Int64) -> Expression { .literal(.integer(number), .integer) }

/// How a plan ends; nil where it answers.
private func fault(
    _ plan: Plan, _ catalog: MemoryCatalog = MemoryCatalog(tables: []), clock: any Clock = SimulatedClock(),
    _ change: (inout QueryOptions) -> Void = { _ in }
) throws -> QueryError.Kind? {
    var options = QueryOptions()
    change(&options)
    do {
        _ = try LocalEngine(clock: clock).run(plan, catalog: catalog, options: options)
        return nil
    } catch let error as QueryError {
        return error.kind
    }
}

private func asking(_ expression: Expression) -> Plan {
    .values(rows: [[expression]], output: [TableColumn(name: "v", type: expression.type)])
}

/// Every function over long values: it ends, within its memory.
@Suite(.timeLimit(.minutes(5))) struct LargeArgumentTests {
    private static let long = String(repeating: "a", count: 48 << 10)
    private static let needle = String(repeating: "a", count: 24 << 10) + "b"
    private static let time = Expression.literal(.timestamptz(1_785_574_800_000_000_000), .timestamptz)

    /// What each function is tried with. A new one has its line here, or this does not build.
    private static func arguments(_ function: ScalarFunction) -> [[Expression]] {
        let (long, needle) = (text(Self.long), text(Self.needle))
        let wide = Expression.literal(.numeric(Int128(1) << 100, scale: 6), .numeric(scale: 6))
        let span = Expression.literal(.interval(Interval(months: 1, days: 1)), .interval)
        let isTrue = Expression.literal(.boolean(true), .boolean)
        let document = Expression.literal(
            .json("[" + String(repeating: "[1,", count: 9_000) + "2" + String(repeating: "]", count: 9_001)), .json)
        let numbers = Expression.literal(.json("[" + String(repeating: "1,", count: 20_000) + "2]"), .json)
        switch function {
        case .and, .or: return [[isTrue, isTrue]]
        case .not, .isTrue, .isFalse, .isNotTrue, .isNotFalse: return [[isTrue]]
        case .isNull, .isNotNull, .coalesce: return [[long]]
        case .isDistinctFrom, .isNotDistinctFrom, .nullIf, .greatest, .least, .equal, .notEqual, .less, .lessOrEqual,
            .greater, .greaterOrEqual:
            return [[long, needle], [long, long], [wide, wide]]
        case .add, .subtract, .multiply, .divide, .modulo: return [[integer(.max), integer(.max)], [wide, wide]]
        case .power, .logarithm: return [[.literal(.double(10), .double), .literal(.double(300), .double)]]
        case .negate, .absolute: return [[integer(.min)], [wide]]
        case .ceiling, .floor, .sign: return [[wide], [.literal(.double(1e300), .double)]]
        case .round, .truncate: return [[wide], [wide, integer(3)]]
        case .squareRoot, .exponential, .naturalLogarithm: return [[.literal(.double(1e300), .double)]]
        case .checkedInteger: return [[integer(.max), integer(0), integer(5)]]
        case .checkedNumeric: return [[wide, integer(5)]]
        case .numericOf: return [[long]]
        case .concatenate, .concat: return [[long, needle], [long, long, long]]
        case .lower, .upper, .length, .octetLength, .reverseText: return [[long], [needle]]
        case .substring: return [[long, integer(2)], [long, integer(-5), integer(.max)]]
        case .trim, .trimLeading, .trimTrailing: return [[long], [long, needle]]
        case .replace: return [[long, text("a"), needle], [long, needle, text("c")], [long, text("aa"), text("")]]
        case .position: return [[needle, long], [long, needle], [text("b"), long]]
        case .left, .right: return [[long, integer(.max)], [long, integer(.min)], [long, integer(7)]]
        case .splitPart:
            return [
                [long, needle, integer(1)], [long, text("a"), integer(-3)], [long, text("a"), integer(.max)],
                [long, text("a"), integer(.min)],
            ]
        case .startsWith: return [[long, needle]]
        case .repeatText: return [[long, integer(.max)], [long, integer(1_000)], [long, integer(50)]]
        case .padLeft, .padRight:
            return [[long, integer(.max)], [long, integer(60 << 20), needle], [long, integer(100 << 10), needle]]
        case .like, .ilike:
            let many = text(String(repeating: "%a", count: 2_000) + "%b")
            return [[long, many], [long, needle], [long, text("%" + String(repeating: "a_", count: 40) + "b%")]]
        case .likeEscape: return [[long, text("a")], [long, text("")], [text("a"), long]]
        case .regexMatch, .regexMatchInsensitive: return [[long, text("(a|b)*a(a|b){30}c")], [long, needle]]
        case .dateTrunc: return [[long, time], [text("day"), time]]
        case .dateBin: return [[span, time, time]]
        case .extract: return [[long, time], [text("epoch"), time]]
        case .atTimeZone: return [[time, long]]
        case .toTimestamp: return [[.literal(.double(1e300), .double)]]
        case .makeInterval: return [Array(repeating: integer(.max), count: 7)]
        case .toChar: return [[time, long], [time, text(String(repeating: "YYYY Month ", count: 4_000))]]
        case .age: return [[time, time]]
        case .jsonText, .jsonField:
            return [[document, integer(0)], [numbers, integer(-20_001)], [numbers, integer(.min)], [document, long]]
        case .makeArray: return [[long, needle]]
        case .arrayElement:
            let array = Expression.literal(.array([.text(Self.long)]), .array(.text))
            return [[array, integer(1)], [array, integer(.min)]]
        case .arrayLength: return [[.literal(.array([.text(Self.long)]), .array(.text))]]
        case .userToken: return [[long]]
        }
    }

    private static func type(_ function: ScalarFunction, _ arguments: [Expression]) -> ColumnType {
        switch function {
        case .concatenate, .concat, .lower, .upper, .substring, .trim, .trimLeading, .trimTrailing, .replace, .left,
            .right, .splitPart, .repeatText, .reverseText, .padLeft, .padRight, .toChar, .jsonText, .userToken,
            .likeEscape,
            .arrayElement, .coalesce, .nullIf, .greatest, .least:
            arguments[0].type.isNumeric ? arguments[0].type : .text
        case .jsonField: .json
        case .length, .octetLength, .position, .checkedInteger, .arrayLength: .integer
        case .makeArray: .array(.text)
        case .add, .subtract, .multiply, .divide, .modulo, .negate, .absolute, .ceiling, .floor, .sign, .round,
            .truncate, .checkedNumeric, .numericOf:
            arguments[0].type == .text ? .numeric(scale: 12) : arguments[0].type
        case .power, .logarithm, .squareRoot, .exponential, .naturalLogarithm, .extract: .double
        case .dateTrunc, .dateBin, .toTimestamp: .timestamptz
        case .atTimeZone: .timestamp
        case .makeInterval, .age: .interval
        default: .boolean
        }
    }

    @Test(arguments: ScalarFunction.allCases)
    func itEndsWithinItsMemory(_ function: ScalarFunction) throws {
        let limit = 8 << 20
        for arguments in Self.arguments(function) {
            let call = Expression.call(function, arguments, Self.type(function, arguments))
            var options = QueryOptions()
            options.memoryBudgetBytes = limit
            options.timeLimitNanoseconds = 30_000_000_000
            do {
                let result = try LocalEngine(clock: SystemClock()).run(
                    asking(call), catalog: MemoryCatalog(tables: []), options: options)
                #expect(result.statistics.memoryPeakBytes <= limit, "\(function)")
                #expect(result.heldBytes <= limit, "\(function)")
            } catch let error as QueryError {
                // Refused is fine, and out of memory is; out of time is not.
                #expect(error.kind != .deadlineExceeded && error.kind != .cancelled, "\(function): \(error.message)")
                #expect(error.message.utf8.count <= 4_100, "what it quotes is cut")
            }
        }
    }

    /// A text that would be too long is refused before it is made.
    @Test func whatFindsNoRoomIsNotMade() throws {
        for made in [
            Expression.call(.repeatText, [text("x"), integer(32 << 20)], .text),
            .call(.padLeft, [text("x"), integer(32 << 20)], .text),
            .call(.replace, [text(Self.long), text("a"), text(String(repeating: "b", count: 1_000))], .text),
        ] {
            #expect(try fault(asking(made)) { $0.memoryBudgetBytes = 16 << 20 } == .memoryExceeded)
        }
    }
}

/// Single values, sorts and aggregates look at the clock while they work.
@Suite(.timeLimit(.minutes(5))) struct LookingTests {
    private func rows(_ count: Int, _ text: (Int) -> String) -> MemoryCatalog {
        MemoryCatalog(tables: [
            MemoryTable("t", [("s", .text)], rows: (0..<count).map { [.text(text($0))] }, morselRows: count)
        ])
    }

    private let output = [TableColumn(name: "v", type: .text)]

    @Test func oneLikeOfAWildcardIsInterrupted() throws {
        let pattern = "%" + String(repeating: "a_", count: 500) + "b"
        let subject = text(String(repeating: "a", count: 60_000) + "c")
        let like = Expression.call(.like, [subject, text("\(pattern)%")], .boolean)
        // At worst some hundred million steps; of a look each million eight are enough.
        #expect(
            try fault(asking(like), clock: LookClock()) { $0.timeLimitNanoseconds = 8_000_000_000 }
                == .deadlineExceeded)
    }

    @Test func manyPercentSignsAreLinear() throws {
        let many = String(repeating: "%a", count: 20_000) + "%b"
        let like = Expression.call(.like, [text(String(repeating: "a", count: 200_000)), text(many)], .boolean)
        #expect(try fault(asking(like), clock: LookClock()) { $0.timeLimitNanoseconds = 30_000_000_000 } == nil)
    }

    @Test func longNeedlesAreLinear() throws {
        let long = text(String(repeating: "a", count: 400_000))
        let needle = text(String(repeating: "a", count: 200_000) + "b")
        for call in [
            Expression.call(.position, [needle, long], .integer), .call(.replace, [long, needle, text("c")], .text),
            .call(.splitPart, [long, needle, integer(2)], .text), .call(.like, [long, text("%x%")], .boolean),
        ] {
            #expect(try fault(asking(call), clock: LookClock()) { $0.timeLimitNanoseconds = 30_000_000_000 } == nil)
        }
    }

    @Test func aSortOfLongTextsIsInterrupted() throws {
        let beginning = String(repeating: "a", count: 1_000)
        let catalog = rows(5_000) { beginning + String(($0 * 7_919) % 5_003) }
        let sort = Plan.sort(
            catalog.scan("t"), [SortKey(expression: .column(0, .text), isDescending: false, nullsFirst: false)],
            limit: nil)
        #expect(
            try fault(sort, catalog, clock: LookClock()) { $0.timeLimitNanoseconds = 25_000_000_000 }
                == .deadlineExceeded)
    }

    @Test func castsLook() throws {
        let catalog = rows(5_000) { String($0) }
        let plan = Plan.project(
            catalog.scan("t"), [.cast(.column(0, .text), .integer)], output: [TableColumn(name: "v", type: .integer)])
        #expect(
            try fault(plan, catalog, clock: LookClock()) { $0.timeLimitNanoseconds = 15_000_000_000 }
                == .deadlineExceeded)
    }

    /// Rows that show one long text each are taken in by stretches, and booked between them.
    @Test func longTextsOfShortDictionariesAreTakenInByStretches() throws {
        let catalog = rows(4_000) { "s\($0 % 2)" }
        let long = Expression.call(.repeatText, [.column(0, .text), integer(50_000)], .text)
        let list = AggregateCall(function: .arrayAggregate, arguments: [long], type: .array(.text))
        let listed = Plan.aggregate(
            catalog.scan("t"), groups: [], aggregates: [list], output: [TableColumn(name: "v", type: .array(.text))])
        #expect(try fault(listed, catalog) { $0.memoryBudgetBytes = 64 << 20 } == .memoryExceeded)
        let largest = AggregateCall(function: .maximum, arguments: [long], type: .text)
        let extreme = Plan.aggregate(catalog.scan("t"), groups: [], aggregates: [largest], output: output)
        #expect(
            try fault(extreme, catalog, clock: LookClock()) { $0.timeLimitNanoseconds = 15_000_000_000 }
                == .deadlineExceeded)
    }

    /// The largest text of each group is held, and booked.
    @Test func extremesOfTextsAreBooked() throws {
        let catalog = rows(4_000) { "id-\($0)" }
        let long = Expression.call(.repeatText, [.column(0, .text), integer(1_000)], .text)
        let plan = Plan.aggregate(
            catalog.scan("t"), groups: [.column(0, .text)],
            aggregates: [AggregateCall(function: .maximum, arguments: [long], type: .text)],
            output: [TableColumn(name: "k", type: .text)] + output)
        // 28 MB of texts, twice while they are made, then in the states, then in the results.
        #expect(try fault(plan, catalog) { $0.memoryBudgetBytes = 70 << 20 } == .memoryExceeded)
        #expect(try fault(plan, catalog) { $0.memoryBudgetBytes = 256 << 20 } == nil)
    }

    @Test func aTextThatAnAggregateMakesIsBounded() throws {
        let catalog = rows(100) { String($0) }
        let separator = Scalar.text(String(repeating: "-", count: 1 << 20))
        let plan = Plan.aggregate(
            catalog.scan("t"), groups: [],
            aggregates: [
                AggregateCall(
                    function: .stringAggregate(separator: separator), arguments: [.column(0, .text)], type: .text)
            ],
            output: output)
        #expect(try fault(plan, catalog) { $0.memoryBudgetBytes = 1 << 30 } == .resultTooLarge)
        #expect(try fault(plan, catalog) { $0.memoryBudgetBytes = 64 << 20 } == .memoryExceeded)
    }

    /// One value of many letters, each of which is a step.
    @Test(arguments: [ScalarFunction.likeEscape, .like, .repeatText, .reverseText, .padLeft, .jsonField])
    func functionsOfLongTextsLook(_ function: ScalarFunction) throws {
        let count = 48 << 20
        let long = String(repeating: "a", count: count)
        let arguments: [Expression] =
            switch function {
            case .likeEscape: [text(long), text("b")]
            case .like: [text("a"), text(long)]
            case .repeatText: [text("a"), integer(Int64(count))]
            case .padLeft: [text("a"), integer(Int64(count)), text("b")]
            case .jsonField: [.literal(.json("[\"\(long)\"]"), .json), integer(1)]
            default: [text(long)]
            }
        let type: ColumnType =
            switch function {
            case .like: .boolean
            case .jsonField: .json
            default: .text
            }
        // A look each million letters are more than forty.
        #expect(
            try fault(asking(.call(function, arguments, type)), clock: LookClock()) {
                $0.timeLimitNanoseconds = 40_000_000_000
                $0.memoryBudgetBytes = 1 << 30
            } == .deadlineExceeded)
    }

    /// Nobody can look at the clock while RE2 matches, so what it may cost at worst is bounded before.
    @Test func regularExpressionsOverLongTextsAreBounded() throws {
        let long = text(String(repeating: "a", count: 4 << 20))
        let costly = Expression.call(.regexMatch, [long, text("(a|b)*a(a|b){200}c")], .boolean)
        #expect(try fault(asking(costly)) == .resultTooLarge)
        #expect(try fault(asking(.call(.regexMatch, [long, text("b")], .boolean))) == nil)
        let endless = text(String(repeating: "[ab]", count: 10_000))
        #expect(try fault(asking(.call(.regexMatch, [text("a"), endless], .boolean))) == .invalidPattern)
    }
}

/// What functions of text answer does not depend on how they search.
@Suite struct TextSearchTests {
    private static let letters: [String] = ["a", "b", "é", "😀"]

    private func random(_ letters: [String], upTo length: Int, _ chance: inout SplitMix) -> String {
        (0..<Int(chance.next() % UInt64(length + 1))).map { _ in letters[Int(chance.next() % UInt64(letters.count))] }
            .joined()
    }

    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    /// By the definition: each rest of the text against each rest of the pattern.
    private func isLike(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var reached = [Bool](repeating: false, count: text.count + 1)
        reached[0] = true
        for letter in pattern {
            var next = [Bool](repeating: false, count: text.count + 1)
            if letter == "%" {
                var isOpen = false
                for place in reached.indices {
                    isOpen = isOpen || reached[place]
                    next[place] = isOpen
                }
            } else {
                for place in text.indices where reached[place] && (letter == "_" || letter == text[place]) {
                    next[place + 1] = true
                }
            }
            reached = next
        }
        return reached[text.count]
    }

    @Test func likeIsWhatItsDefinitionSays() throws {
        var chance = SplitMix(state: 7)
        for _ in 0..<3_000 {
            let subject = random(Self.letters, upTo: 10, &chance)
            let pattern = random(Self.letters + ["%", "%", "_"], upTo: 8, &chance)
            let expected = isLike(Array(subject.unicodeScalars), Array(pattern.unicodeScalars))
            let found = try value(.call(.like, [text(subject), text(pattern)], .boolean))
            #expect(found == .boolean(expected), "\(subject) like \(pattern)")
        }
    }

    @Test func searchesAreWhatTheirDefinitionsSay() throws {
        var chance = SplitMix(state: 11)
        for _ in 0..<2_000 {
            let subject = random(["a", "b", "é"], upTo: 14, &chance)
            let needle = random(["a", "b", "é"], upTo: 3, &chance)
            let (source, wanted) = (Array(subject.unicodeScalars), Array(needle.unicodeScalars))
            let places = source.indices.filter { source[$0...].starts(with: wanted) }
            let position = wanted.isEmpty ? 1 : (places.first ?? -1) + 1
            #expect(
                try value(.call(.position, [text(needle), text(subject)], .integer)) == .integer(Int64(position)),
                "\(needle) in \(subject)")
            guard !wanted.isEmpty else { continue }
            var parts: [[Unicode.Scalar]] = [[]]
            var place = 0
            while place < source.count {
                if source[place...].starts(with: wanted) {
                    parts.append([])
                    place += wanted.count
                } else {
                    parts[parts.count - 1].append(source[place])
                    place += 1
                }
            }
            let texts = parts.map { String(String.UnicodeScalarView($0)) }
            #expect(
                try value(.call(.replace, [text(subject), text(needle), text("-")], .text))
                    == .text(texts.joined(separator: "-")), "\(needle) in \(subject)")
            for index in [-4, -1, 1, 2, 5] {
                let at = index > 0 ? index - 1 : texts.count + index
                let part = texts.indices.contains(at) ? texts[at] : ""
                #expect(
                    try value(.call(.splitPart, [text(subject), text(needle), integer(Int64(index))], .text))
                        == .text(part), "\(index) of \(subject) by \(needle)")
            }
        }
    }

    @Test func editsCountCharacters() throws {
        func edit(_ function: ScalarFunction, _ arguments: Expression...) throws -> Scalar {
            try value(.call(function, arguments, .text))
        }
        #expect(try edit(.left, text("aé😀b"), integer(2)) == .text("aé"))
        #expect(try edit(.left, text("aé😀b"), integer(-1)) == .text("aé😀"))
        #expect(try edit(.right, text("aé😀b"), integer(2)) == .text("😀b"))
        #expect(try edit(.right, text("aé😀b"), integer(-3)) == .text("b"))
        #expect(try edit(.right, text("aé"), integer(.min)) == .text(""))
        #expect(try edit(.substring, text("aé😀b"), integer(2), integer(2)) == .text("é😀"))
        #expect(try edit(.substring, text("aé😀b"), integer(-1), integer(3)) == .text("a"))
        #expect(try edit(.substring, text("aé😀b"), integer(4)) == .text("b"))
        #expect(try edit(.reverseText, text("aé😀b")) == .text("b😀éa"))
        #expect(try edit(.padLeft, text("é"), integer(4), text("x😀")) == .text("x😀xé"))
        #expect(try edit(.padRight, text("é😀b"), integer(2), text("x")) == .text("é😀"))
        #expect(try edit(.trim, text("éaxaé"), text("éa")) == .text("x"))
        #expect(try edit(.trimLeading, text("aab"), text("a")) == .text("b"))
        #expect(try edit(.upper, text("aéß")) == .text("AÉß"))
    }
}

/// Questions that share a pool, and answers that hold a part of it.
@Suite struct MemoryPoolTests {
    private let catalog = MemoryCatalog(tables: [
        MemoryTable("t", [("s", .text)], rows: (0..<4_000).map { [.text("id-\($0)")] }, morselRows: 100)
    ])

    private func made(times: Int64) -> Plan {
        .project(
            catalog.scan("t"), [.call(.repeatText, [.column(0, .text), integer(times)], .text)],
            output: [TableColumn(name: "r", type: .text)])
    }

    @Test func answersHoldTheirPartUntilTheyAreGone() throws {
        let pool = MemoryPool(limitBytes: 8 << 20)
        var options = QueryOptions()
        options.memoryPool = pool
        var held: ResultSet? = try executor.run(made(times: 200), catalog: catalog, options: options)
        let bytes = try #require(held?.booking?.bytes)
        #expect(bytes >= 4_000 * 200 * 4 && bytes == pool.usedBytes)
        // Another of the kind does not fit beside it.
        #expect(try fault(made(times: 200), catalog) { $0.memoryPool = pool } == .memoryExceeded)
        #expect(pool.usedBytes == bytes)
        held = nil
        #expect(pool.usedBytes == 0)
        #expect(try fault(made(times: 200), catalog) { $0.memoryPool = pool } == nil)
        #expect(pool.usedBytes == 0)
    }

    /// Whoever is told that others have the memory asks again, which helps only where others have it.
    @Test func onlyWhoFitsAloneIsToldOfOthers() throws {
        let pool = MemoryPool(limitBytes: 8 << 20)
        var options = QueryOptions()
        (options.memoryPool, options.memoryBudgetBytes) = (pool, 8 << 20)
        func said(times: Int64) -> String? {
            #expect(throws: QueryError.self) {
                try executor.run(made(times: times), catalog: catalog, options: options)
            }?.message
        }
        #expect(said(times: 2_000)?.contains("memory budget of 8 MiB") == true)
        let held = try executor.run(made(times: 200), catalog: catalog, options: options)
        #expect(said(times: 200)?.contains("taken by other questions") == true)
        #expect(held.rowCount == 4_000)
    }

    @Test func whatFailsGivesEverythingBack() throws {
        let pool = MemoryPool(limitBytes: 1 << 30)
        #expect(
            try fault(made(times: 2_000), catalog) { options in
                (options.memoryPool, options.memoryBudgetBytes) = (pool, 4 << 20)
            } == .memoryExceeded)
        #expect(pool.usedBytes == 0)
    }

    /// Others find it gone, but never all of the pool.
    @Test func whatATableHoldsWhileItComputesIsBooked() throws {
        let pool = MemoryPool(limitBytes: 8 << 20)
        let seen = Mutex<[Int]>([])
        var table = MemoryTable("t", [("s", .text)], rows: [[.text("a")]])
        table.whileListing = { request in
            let before = pool.usedBytes
            for bytes in [1 << 20, 1 << 40, 0, 2 << 20] {
                request.note(bytes)
                seen.withLock { $0.append(pool.usedBytes - before) }
            }
        }
        let catalog = MemoryCatalog(tables: [table])
        var options = QueryOptions()
        options.memoryPool = pool
        let answer = try executor.run(catalog.scan("t"), catalog: catalog, options: options)
        #expect(seen.withLock { $0 } == [1 << 20, 4 << 20, 0, 2 << 20])
        withExtendedLifetime(answer) { #expect(answer.booking?.bytes == pool.usedBytes) }
    }

    @Test func aPartOfAPoolIsAPart() {
        let whole = MemoryPool(limitBytes: 100)
        let part = MemoryPool(limitBytes: 60, within: whole)
        #expect(part.take(50) && whole.usedBytes == 50)
        #expect(!part.take(20) && whole.usedBytes == 50)
        #expect(whole.take(45) && !part.take(8) && part.usedBytes == 50)
        let booking = MemoryBooking(in: part)
        #expect(booking.change(to: 5) && !booking.change(to: 9) && booking.bytes == 5)
        booking.set(to: 30)
        #expect(whole.usedBytes == 125 && part.usedBytes == 80)
        #expect(booking.change(to: 0) && whole.usedBytes == 95)
        #expect(!whole.take(.max))
    }
}
