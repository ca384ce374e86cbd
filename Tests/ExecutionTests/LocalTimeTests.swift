import Columnar
import Execution
import Plans
import Testing

/// Times of a column read by clocks are those of each time by itself, and the zone is looked up once a column.
@Suite struct LocalTimeTests {
    private static let minute: Int64 = 60_000_000_000
    /// Half an hour of summer time, an hour, none, and one that came at midnight.
    private static let zones = ["Australia/Lord_Howe", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "UTC"]

    private static func literal(_ text: String) -> Expression { .literal(.text(text), .text) }

    /// What is asked of a time: of an instant, or of a reading.
    private static func questions(_ time: Expression, _ zone: String) -> [Expression] {
        let isInstant = time.type == .timestamptz
        let moved = isInstant ? ColumnType.timestamp : .timestamptz
        var questions: [Expression] = [
            .call(.atTimeZone, [literal(zone), time], moved), .call(.atTimeZone, [time, literal(zone)], moved),
            .cast(time, .date), .cast(time, moved),
            .call(.extract, [literal("hour"), time], .numeric(scale: 0)),
            .call(.dateTrunc, [literal("hour"), time], time.type), .call(.dateTrunc, [literal("day"), time], time.type),
        ]
        let other = Expression.literal(Scalar(integer: 1_530_000_000_123_456_789, type: time.type), time.type)
        questions.append(.call(.subtract, [time, other], .interval))
        questions.append(.call(.subtract, [other, time], .interval))
        for pattern in ["YYYY-MM-DD", "Dy HH24:MI", "IYYY-IW \"at\" SS.US", "-", "HH12 AM"] {
            questions.append(.call(.toChar, [time, literal(pattern)], .text))
        }
        if isInstant {
            for unit in ["second", "minute", "hour", "day"] {
                questions.append(.call(.dateTrunc, [literal(unit), time, literal(zone)], .timestamptz))
            }
            let local = Expression.call(.atTimeZone, [literal(zone), time], .timestamp)
            questions.append(.call(.dateTrunc, [literal("hour"), local], .timestamp))
            questions.append(.call(.extract, [literal("dow"), local], .numeric(scale: 0)))
        }
        return questions
    }

    /// Around changes of the offset, forwards, backwards and in no order, some null.
    private static func times(_ random: inout SeededGenerator) throws -> [Int64?] {
        // Changes of Lord Howe, Berlin and Sao Paulo in 2018, in seconds.
        let changes: [Int64] = [
            1_522_508_400, 1_538_839_800, 1_521_939_600, 1_540_688_400, 1_518_919_200, 1_541_300_400,
        ]
        return changes.flatMap { change in
            let start = change * 1_000_000_000 - 200 * minute
            let step = Int64.random(in: 3...17, using: &random) * minute + Int64.random(in: 0..<9, using: &random)
            var times = (0..<60).map { Optional(start + Int64($0) * step) }
            if Bool.random(using: &random) { times.reverse() }
            if Bool.random(using: &random) { times.shuffle(using: &random) }
            for row in times.indices where Int.random(in: 0..<12, using: &random) == 0 { times[row] = nil }
            return times
        }
    }

    @Test(arguments: [ColumnType.timestamptz, .timestamp]) func theyAreThoseOfEachTime(type: ColumnType) throws {
        var random = SeededGenerator(seed: type == .timestamp ? 21 : 22)
        for session in Self.zones {
            var options = QueryOptions()
            options.timeZone = session
            let scalars = try Self.times(&random).map { $0.map { Scalar(integer: $0, type: type) } ?? .null }
            let table = MemoryTable("t", [("time", type)], rows: scalars.map { [$0] }, morselRows: 90)
            let catalog = MemoryCatalog(tables: [table])
            for zone in Self.zones {
                let questions = Self.questions(.column(0, type), zone)
                let plan = Plan.project(
                    catalog.scan("t"), questions, output: questions.map { TableColumn(name: "c", type: $0.type) })
                let found = try executor.rows(plan, catalog, options: options)
                try #require(found.count == scalars.count)
                for (row, scalar) in scalars.enumerated() {
                    for (place, question) in Self.questions(.literal(scalar, type), zone).enumerated() {
                        let expected = try value(question, options: options)
                        #expect(found[row][place] == expected, "\(session), \(zone), \(place): \(scalar)")
                    }
                }
            }
        }
    }

    /// Groups of a unit are the same whether times come with others or alone.
    @Test(arguments: zones) func groupsAreThoseOfEachTime(zone: String) throws {
        var random = SeededGenerator(seed: 23)
        let scalars = try Self.times(&random).compactMap { $0 }.sorted().map { Scalar.timestamptz($0) }
        let rows = scalars.map { [$0] }
        for unit in ["minute", "hour", "day"] {
            let bucket = Expression.call(
                .dateTrunc, [Self.literal(unit), .column(0, .timestamptz), Self.literal(zone)], .timestamptz)
            func counts(morselRows: Int) throws -> [[Scalar]] {
                let catalog = MemoryCatalog(tables: [
                    MemoryTable("t", [("time", .timestamptz)], rows: rows, morselRows: morselRows)
                ])
                let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
                let output = [bucket.type, count.type].map { TableColumn(name: "c", type: $0) }
                return try executor.rows(
                    .aggregate(catalog.scan("t"), groups: [bucket], aggregates: [count], output: output), catalog)
            }
            let alone = try counts(morselRows: 1)
            for morselRows in [7, 60, 400] { #expect(try counts(morselRows: morselRows) == alone, "\(unit)") }
        }
    }

    /// A name is looked up for the column, and not for each of its rows.
    @Test func aZoneIsLookedUpOnce() throws {
        let zone = "Antarctica/Troll"
        let rows = (0..<6_000).map { [Scalar.timestamptz(Int64($0) * 977 * Self.minute)] }
        let catalog = MemoryCatalog(tables: [MemoryTable("t", [("time", .timestamptz)], rows: rows, morselRows: 3_000)])
        let local = Expression.call(.atTimeZone, [Self.literal(zone), .column(0, .timestamptz)], .timestamp)
        let plan = Plan.project(catalog.scan("t"), [local], output: [TableColumn(name: "c", type: .timestamp)])
        #expect(try executor.rows(plan, catalog).count == 6_000)
        #expect(ZoneTables.asked(of: zone) == 2)
    }

    /// Of twenty days of times as many texts are made as there are days, or hours, and not one for each row.
    @Test(arguments: [("YYYY-MM-DD", 22), ("DD HH24", 501), ("\"day\"", 1)]) func whatIsWrittenAlikeIsWrittenOnce(
        pattern: String, texts: Int
    ) throws {
        let rows = (0..<6_000).map { [Scalar.timestamptz(Int64($0) * 10 * Self.minute)] }
        let catalog = MemoryCatalog(tables: [MemoryTable("t", [("time", .timestamptz)], rows: rows, morselRows: 3_000)])
        let written = Expression.call(.toChar, [.column(0, .timestamptz), Self.literal(pattern)], .text)
        let plan = Plan.project(catalog.scan("t"), [written], output: [TableColumn(name: "c", type: .text)])
        let answer = try executor.run(plan, catalog: catalog, options: QueryOptions())
        #expect(answer.chunks.count == 2)
        for chunk in answer.chunks {
            guard case .text(_, let dictionary) = chunk.columns[0].storage else {
                Issue.record("texts have a dictionary")
                continue
            }
            #expect(dictionary.count <= texts)
        }
    }

    /// What no clock shows is refused of a column as of a time, and not of rows without one.
    @Test func whatNoClockShowsIsRefused() throws {
        func kind(_ rows: [Scalar], _ zone: String) throws -> QueryError.Kind? {
            let catalog = MemoryCatalog(tables: [
                MemoryTable("t", [("time", .timestamptz)], rows: rows.map { [$0] }, morselRows: 9)
            ])
            let local = Expression.call(.atTimeZone, [Self.literal(zone), .column(0, .timestamptz)], .timestamp)
            let plan = Plan.project(catalog.scan("t"), [local], output: [TableColumn(name: "c", type: .timestamp)])
            do {
                _ = try executor.rows(plan, catalog)
                return nil
            } catch let error as QueryError {
                return error.kind
            }
        }
        let (early, late) = (Scalar.timestamptz(0), Scalar.timestamptz(.max))
        #expect(try kind([early, late, .null], "Asia/Tokyo") == .timeOutOfRange)
        #expect(try kind([early, late, .null], "America/New_York") == nil)
        #expect(try kind([early, late], "Asia/Nowhere") == .invalidParameter)
        #expect(try kind([.null, .null], "Asia/Nowhere") == nil)
    }
}
