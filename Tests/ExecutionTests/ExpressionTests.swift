import Columnar
import Execution
import Plans
import Testing

@Suite struct ExpressionTests {
    private func integer(_ value: Int64) -> Expression { .literal(.integer(value), .integer) }
    private func text(_ value: String) -> Expression { .literal(.text(value), .text) }
    private func fault(_ expression: Expression) throws -> QueryError.Kind? {
        do {
            _ = try value(expression)
            return nil
        } catch let error as QueryError {
            return error.kind
        }
    }

    /// An expression's text form, as `expression::text` answers.
    private func shown(_ expression: Expression, zone: String = "UTC") throws -> String {
        var options = QueryOptions()
        options.timeZone = zone
        guard case .text(let text) = try value(.cast(expression, .text), options: options) else { return "NULL" }
        return text
    }

    private func timestamptz(_ text: String) -> Expression { .cast(.literal(.text(text), .text), .timestamptz) }
    private func interval(_ text: String) -> Expression { .cast(.literal(.text(text), .text), .interval) }

    @Test func threeValuedLogic() throws {
        let values: [Scalar] = [.boolean(true), .boolean(false), .null]
        // Rows: left operand; columns: right operand; t, f, n.
        let and = ["tfn", "fff", "nfn"]
        let or = ["ttt", "tfn", "tnn"]
        let table = MemoryTable(
            "t", [("a", .boolean), ("b", .boolean)], rows: values.flatMap { a in values.map { [a, $0] } }, morselRows: 9
        )
        let catalog = MemoryCatalog(tables: [table])
        let columns: [Expression] = [.column(0, .boolean), .column(1, .boolean)]
        for (function, expected) in [(ScalarFunction.and, and), (.or, or)] {
            let plan = Plan.project(
                catalog.scan("t"), [.call(function, columns, .boolean)],
                output: [TableColumn(name: "r", type: .boolean)])
            let letters = try executor.rows(plan, catalog).map { row in
                row[0] == .null ? "n" : (row[0] == .boolean(true) ? "t" : "f")
            }
            #expect(letters.joined() == expected.joined())
        }
    }

    /// Texts of few values, some of them null, in pieces that are long enough to ask each pair of values once.
    @Test(arguments: [3, 400], [false, true]) func functionsOfTwoTexts(morselRows: Int, hasNulls: Bool) throws {
        let rows = (0..<400).map { row -> [Scalar] in
            let (one, other) = (Scalar.text("t\(row % 5)"), Scalar.text("c\(row % 3)"))
            return [hasNulls && row % 11 == 4 ? .null : one, hasNulls && row % 7 == 2 ? .null : other]
        }
        let table = MemoryTable("t", [("a", .text), ("b", .text)], rows: rows, morselRows: morselRows)
        let catalog = MemoryCatalog(tables: [table])
        let (a, b) = (Expression.column(0, .text), Expression.column(1, .text))
        let joined = Expression.call(.concatenate, [.call(.concatenate, [a, text("-")], .text), b], .text)
        let plan = Plan.project(
            catalog.scan("t"),
            [joined, .call(.like, [a, text("%3%")], .boolean), .call(.less, [a, b], .boolean)],
            output: [
                TableColumn(name: "j", type: .text), TableColumn(name: "l", type: .boolean),
                TableColumn(name: "s", type: .boolean),
            ])
        let expected = rows.map { row -> [Scalar] in
            guard case .text(let one) = row[0] else { return [.null, .null, .null] }
            guard case .text(let other) = row[1] else { return [.null, .boolean(one.contains("3")), .null] }
            return [.text(one + "-" + other), .boolean(one.contains("3")), .boolean(false)]
        }
        #expect(try executor.rows(plan, catalog) == expected)
    }

    /// Whole numbers divided by a constant, with nulls between: each quotient has the places that it has by itself.
    @Test(arguments: [1, 3, 64]) func quotientsByAConstant(morselRows: Int) throws {
        let numbers: [Int64?] = [5_221_457_035, nil, 7, 0, -12_345_678_901_234, 99_999_999, nil, 100_000_000, 1]
        let rows = numbers.map { [$0.map { Scalar.integer($0) } ?? .null] }
        let catalog = MemoryCatalog(tables: [MemoryTable("t", [("a", .integer)], rows: rows, morselRows: morselRows)])
        let million = Expression.literal(.numeric(10_000_000, scale: 1), .numeric(scale: 1))
        let dividend = Expression.cast(.column(0, .integer), .numeric(scale: 0))
        let quotient = Expression.call(.divide, [dividend, million], .numeric(scale: 16))
        let plan = Plan.project(
            catalog.scan("t"), [.cast(quotient, .text)], output: [TableColumn(name: "q", type: .text)])
        let expected = try numbers.map { number -> [Scalar] in
            guard let number else { return [.null] }
            let scale = Decimal128.divisionScale(Int128(number), 0, 10_000_000, 1)
            let exact = try #require(Decimal128.divide(Int128(number), 0, by: 10_000_000, 1, scale: scale))
            return [.text(Decimal128.text(exact, scale: scale))]
        }
        #expect(try executor.rows(plan, catalog) == expected)
    }

    @Test func overflowAndDivisionAreRefused() throws {
        #expect(try fault(.call(.add, [integer(.max), integer(1)], .integer)) == .numberOutOfRange)
        #expect(try fault(.call(.multiply, [integer(.max), integer(2)], .integer)) == .numberOutOfRange)
        #expect(try fault(.call(.divide, [integer(1), integer(0)], .integer)) == .divisionByZero)
        #expect(try fault(.call(.modulo, [integer(1), integer(0)], .integer)) == .divisionByZero)
        #expect(try fault(.call(.divide, [integer(.min), integer(-1)], .integer)) == .numberOutOfRange)
        #expect(try fault(.call(.modulo, [integer(.min), integer(-1)], .integer)) == nil)
        #expect(try fault(.call(.negate, [integer(.min)], .integer)) == .numberOutOfRange)
        #expect(try fault(.cast(text("12x"), .integer)) == .invalidText)
        #expect(try fault(.cast(text("99999999999999999999"), .integer)) == .numberOutOfRange)
        #expect(try fault(.cast(text("2026-02-30"), .date)) == .timeOutOfRange)
        #expect(try fault(.call(.squareRoot, [.literal(.double(-1), .double)], .double)) == .invalidPower)
        let fortnight = Expression.call(.dateTrunc, [text("fortnight"), timestamptz("2026-08-01")], .timestamptz)
        #expect(try fault(fortnight) == .invalidParameter)
        let big = Expression.literal(.numeric(Int128.max, scale: 0), .numeric(scale: 0))
        #expect(try fault(.call(.add, [big, big], .numeric(scale: 0))) == .numberOutOfRange)
        #expect(try fault(.call(.multiply, [big, big], .numeric(scale: 0))) == .numberOutOfRange)
    }

    /// Rows that are null never fail, whatever lies below them; rows with values do.
    @Test func onlyRowsWithValuesFail() throws {
        let rows: [[Scalar]] = [[.integer(6), .integer(2)], [.integer(1), .null], [.null, .integer(0)]]
        let catalog = MemoryCatalog(tables: [MemoryTable("t", [("a", .integer), ("b", .integer)], rows: rows)])
        let quotient = Expression.call(.divide, [.column(0, .integer), .column(1, .integer)], .integer)
        let plan = Plan.project(catalog.scan("t"), [quotient], output: [TableColumn(name: "q", type: .integer)])
        #expect(try executor.rows(plan, catalog) == [[.integer(3)], [.null], [.null]])
        let failing = MemoryCatalog(tables: [
            MemoryTable("t", [("a", .integer), ("b", .integer)], rows: rows + [[.integer(1), .integer(0)]])
        ])
        #expect(throws: QueryError.divisionByZero) { try executor.rows(plan, failing) }
        // CASE and AND guard what follows them.
        let guarded = Expression.conditional(
            [
                ConditionalBranch(
                    condition: .call(.notEqual, [.column(1, .integer), integer(0)], .boolean), value: quotient)
            ],
            otherwise: nil, .integer)
        let safe = Plan.project(failing.scan("t"), [guarded], output: [TableColumn(name: "q", type: .integer)])
        #expect(try executor.rows(safe, failing) == [[.integer(3)], [.null], [.null], [.null]])
        let both = Expression.call(
            .and,
            [
                .call(.notEqual, [.column(1, .integer), integer(0)], .boolean),
                .call(.greater, [quotient, integer(1)], .boolean),
            ], .boolean)
        #expect(try executor.rows(.filter(failing.scan("t"), both), failing).count == 1)
    }

    @Test(arguments: [
        ("2026-08-05 13:14:15.678901234+02", "2026-08-05 11:14:15.678901234+00"),
        ("1969-12-31T23:59:59Z", "1969-12-31 23:59:59+00"),
        ("2024-02-29", "2024-02-29 00:00:00+00"), ("2026-08-01 24:00", "2026-08-02 00:00:00+00"),
    ])
    func readsAndShowsTimes(written: String, expected: String) throws {
        #expect(try shown(timestamptz(written)) == expected)
    }

    @Test(arguments: [
        ("second", "2026-08-05 11:14:15+00"), ("hour", "2026-08-05 11:00:00+00"), ("day", "2026-08-05 00:00:00+00"),
        ("week", "2026-08-03 00:00:00+00"), ("month", "2026-08-01 00:00:00+00"), ("quarter", "2026-07-01 00:00:00+00"),
        ("year", "2026-01-01 00:00:00+00"), ("decade", "2020-01-01 00:00:00+00"), ("century", "2001-01-01 00:00:00+00"),
        ("milliseconds", "2026-08-05 11:14:15.678+00"),
    ])
    func truncatesTimes(unit: String, expected: String) throws {
        #expect(
            try shown(.call(.dateTrunc, [text(unit), timestamptz("2026-08-05 11:14:15.678901Z")], .timestamptz))
                == expected)
    }

    @Test func zonesFollowTheirTransitions() throws {
        let summer = timestamptz("2026-07-01T22:30:00Z")
        #expect(
            try shown(.call(.dateTrunc, [text("day"), summer], .timestamptz), zone: "Europe/Berlin")
                == "2026-07-02 00:00:00+02")
        #expect(
            try shown(.call(.dateTrunc, [text("day"), summer, text("America/New_York")], .timestamptz))
                == "2026-07-01 04:00:00+00")
        // The clocks of Berlin skip 02:00 to 03:00 on 29 March 2026 and repeat it on 25 October.
        let gap = Expression.cast(text("2026-03-29 02:30:00"), .timestamptz)
        #expect(try shown(gap, zone: "Europe/Berlin") == "2026-03-29 03:30:00+02")
        let repeated = Expression.cast(text("2026-10-25 02:30:00"), .timestamptz)
        #expect(try shown(repeated, zone: "Europe/Berlin") == "2026-10-25 02:30:00+01")
        let local = Expression.call(.atTimeZone, [text("Europe/Berlin"), summer], .timestamp)
        #expect(try shown(local) == "2026-07-02 00:30:00")
        // A day longer than 24 hours.
        let next = Expression.call(.add, [timestamptz("2026-10-24 12:00:00+02"), interval("1 day")], .timestamptz)
        #expect(try shown(next, zone: "Europe/Berlin") == "2026-10-25 12:00:00+01")
    }

    /// Before the first transition the mean time of the place holds; rules go on after the last one that is written
    /// down.
    @Test func zonesHoldInAllYears() throws {
        func local(_ zone: String, _ time: String) throws -> String {
            try shown(.call(.atTimeZone, [text(zone), timestamptz(time)], .timestamp))
        }
        #expect(try local("America/New_York", "2200-06-15 12:00Z") == "2200-06-15 08:00:00")
        #expect(try local("America/New_York", "2200-12-15 12:00Z") == "2200-12-15 07:00:00")
        #expect(try local("Asia/Tokyo", "1750-06-15 12:00Z") == "1750-06-15 21:18:59")
        let reading = Expression.cast(text("1750-06-15 21:18:59"), .timestamp)
        #expect(try shown(.call(.atTimeZone, [text("Asia/Tokyo"), reading], .timestamptz)) == "1750-06-15 12:00:00+00")
    }

    /// A table takes milliseconds to make, and rows may spell the name of a zone as they like.
    @Test func aZoneHasOneTableHoweverItIsSpelled() throws {
        let name = "pacific/chatham"
        let letters = name.utf8.indices.filter { name.utf8[$0] != UInt8(ascii: "/") }
        let made = ZoneTables.made
        for number in 0..<600 {
            var spelled = Array(name.utf8)
            for (bit, index) in letters.enumerated() where number >> bit & 1 == 1 {
                spelled[name.utf8.distance(from: name.utf8.startIndex, to: index)] ^= 0x20
            }
            let zone = String(decoding: spelled, as: UTF8.self)
            // Alternately as the zone of a session, as a name of its own and as part of a time.
            switch number % 3 {
            case 0:
                let time = timestamptz("2026-07-01 00:00Z")
                #expect(try shown(time, zone: zone) == "2026-07-01 12:45:00+12:45", "\(zone)")
            case 1:
                let reading = Expression.call(.atTimeZone, [text(zone), timestamptz("2026-07-01Z")], .timestamp)
                #expect(try shown(reading) == "2026-07-01 12:45:00", "\(zone)")
            default:
                #expect(try shown(timestamptz("2026-07-01 12:45 " + zone)) == "2026-07-01 00:00:00+00", "\(zone)")
            }
        }
        // Tests beside this one make some of other zones.
        #expect((made + 1...made + 100).contains(ZoneTables.made))
    }

    @Test func zonesOfOneOffset() throws {
        for zone in ["Z", "zulu", "utc", "Etc/UCT", "GMT"] {
            #expect(try shown(timestamptz("2026-07-01 12:00 " + zone)) == "2026-07-01 12:00:00+00", "\(zone)")
            #expect(try shown(timestamptz("2026-07-01 12:00Z"), zone: zone) == "2026-07-01 12:00:00+00", "\(zone)")
        }
        #expect(try shown(timestamptz("2026-07-01 12:00 Japan")) == "2026-07-01 03:00:00+00")
        #expect(try shown(timestamptz("2026-07-01 12:00 MSK")) == "2026-07-01 09:00:00+00")
        #expect(try shown(timestamptz("2012-07-01 12:00 msk")) == "2012-07-01 08:00:00+00")
        #expect(try shown(timestamptz("2026-07-01 12:00 GB-Eire")) == "2026-07-01 11:00:00+00")
        #expect(try fault(timestamptz("2026-07-01 12:00 Berlin")) == .invalidTime)
    }

    @Test(arguments: ["YYYY-MM-DDTHH24:MI", "SSSS", "IDDD", #"YYYY\T"#, "yyyy", "DDth"])
    func unknownPatternsOfTimes(format: String) throws {
        #expect(try fault(.call(.toChar, [timestamptz("2026-08-05Z"), text(format)], .text)) == .notSupported)
    }

    @Test func patternsOfTimes() throws {
        let time = timestamptz("2026-08-05 13:04:15.678Z")
        func written(_ format: String) throws -> String { try shown(.call(.toChar, [time, text(format)], .text)) }
        #expect(try written(#"YYYY-MM-DD"T"HH24:MI:SS.MS"#) == "2026-08-05T13:04:15.678")
        #expect(try written("IYYY-IW-ID DDD D Q YY HH HH12 PM US") == "2026-32-3 217 4 3 26 01 01 PM 678000")
        #expect(try written("Day|Month|Dy Mon") == "Wednesday|August   |Wed Aug")
    }

    @Test(arguments: [
        ("1 year 2 months 3 days 04:05:06.7", "1 year 2 mons 3 days 04:05:06.7"), ("90 minutes", "01:30:00"),
        ("-1 day", "-1 days"),
        ("1.5 days", "1 day 12:00:00"), ("1 week", "7 days"), ("2 hours ago", "-02:00:00"), ("7d", "7 days"),
        ("1 mon -1 day", "1 mon -1 days"),
    ])
    func readsAndShowsIntervals(written: String, expected: String) throws {
        #expect(try shown(interval(written)) == expected)
    }

    @Test func intervalArithmetic() throws {
        let january = timestamptz("2026-01-31 12:00Z")
        #expect(try shown(.call(.add, [january, interval("1 month")], .timestamptz)) == "2026-02-28 12:00:00+00")
        #expect(
            try shown(.call(.subtract, [timestamptz("2026-08-03 06:00Z"), timestamptz("2026-08-01Z")], .interval))
                == "2 days 06:00:00")
        #expect(
            try shown(.call(.multiply, [interval("1 day"), .literal(.double(2.5), .double)], .interval))
                == "2 days 12:00:00")
        // What the fractions of months and days come to is carried over.
        let quotient = Expression.call(
            .divide, [interval("1 year 2 mons 3 days 04:05:06.789"), .literal(.double(-3), .double)], .interval)
        #expect(try shown(quotient) == "-4 mons -21 days -01:21:42.263")
        #expect(
            try shown(
                .call(
                    .dateBin, [interval("15 minutes"), timestamptz("2026-08-01 10:44Z"), timestamptz("2026-08-01Z")],
                    .timestamptz))
                == "2026-08-01 10:30:00+00")
        #expect(
            try shown(.call(.age, [timestamptz("2026-03-01Z"), timestamptz("2025-01-31Z")], .interval))
                == "1 year 1 mon 1 day")
    }

    @Test func extractsFields() throws {
        func field(_ name: String) throws -> String {
            try shown(.call(.extract, [text(name), timestamptz("2026-08-02 11:14:15.5Z")], .numeric(scale: 6)))
        }
        #expect(try field("dow") == "0")
        #expect(try field("isodow") == "7")
        #expect(try field("doy") == "214")
        #expect(try field("week") == "31")
        #expect(try field("epoch") == "1785669255.500000")
        #expect(try field("second") == "15.500000")
        let julian = Expression.call(.extract, [text("julian"), timestamptz("2026-03-01 06:00Z")], .numeric(scale: 20))
        #expect(try shown(julian) == "2461101.25000000000000000000")
        let zone = Expression.call(.extract, [text("timezone_hour"), timestamptz("2026-08-02Z")], .numeric(scale: 0))
        #expect(try shown(zone, zone: "Europe/Berlin") == "2")
    }

    @Test(arguments: [
        (1e15, "1e+15"), (999_999_999_999_999.9, "999999999999999.9"), (9.999e-5, "9.999e-05"),
        (-0.000101, "-0.000101"), (-1_234_000, "-1234000"), (0, "0"), (10.5, "10.5"), (123456.789, "123456.789"),
        (1e-5, "1e-05"), (0.0001, "0.0001"), (100, "100"), (-0.5, "-0.5"),
        (1.5e300, "1.5e+300"),
        (999_999_999_999_999, "999999999999999"),
    ])
    func showsDoublesAsPostgreSQL(number: Double, expected: String) {
        #expect(ScalarText.double(number) == expected)
    }

    @Test func textFunctions() throws {
        #expect(try shown(.call(.substring, [text("Grüße"), integer(2), integer(3)], .text)) == "rüß")
        #expect(try shown(.call(.substring, [text("abc"), integer(-1), integer(3)], .text)) == "a")
        #expect(try shown(.call(.splitPart, [text("a,b,c"), text(","), integer(2)], .text)) == "b")
        #expect(try shown(.call(.splitPart, [text("a,b,c"), text(","), integer(-1)], .text)) == "c")
        #expect(try shown(.call(.left, [text("abcde"), integer(-2)], .text)) == "abc")
        #expect(try shown(.call(.padLeft, [text("7"), integer(3), text("0")], .text)) == "007")
        #expect(try shown(.call(.replace, [text("aXbX"), text("X"), text("--")], .text)) == "a--b--")
        #expect(try value(.call(.position, [text("ß"), text("Grüße")], .integer)) == .integer(4))
        #expect(
            try value(.call(.jsonText, [.literal(.json(#"{"a":{"b":1},"k":"x\ny"}"#), .json), text("k")], .text))
                == .text("x\ny"))
        #expect(
            try value(.call(.jsonField, [.literal(.json(#"{"a":{"b":1}}"#), .json), text("a")], .json))
                == .json(#"{"b":1}"#))
        #expect(try value(.call(.userToken, [text("u1")], .text)) == .text("token-u1"))
    }

    @Test(arguments: [
        ("abc", "a%", true), ("abc", "_b_", true), ("abc", "b%", false), ("a%c", #"a\%c"#, true),
        ("abc", #"a\%c"#, false),
        ("", "%", true),
        ("aaab", "%aab", true), ("ab", "a", false),
    ])
    func likePatterns(subject: String, pattern: String, expected: Bool) throws {
        #expect(try value(.call(.like, [text(subject), text(pattern)], .boolean)) == .boolean(expected))
    }

    @Test(arguments: [
        ("gpt-4o-mini", "^gpt-\\d", true), ("gpt-4o", "4$", false), ("aaa", "^(a|b){2,3}$", true),
        ("foobar", "o{2}b", true),
        ("x.y", "x\\.y", true),
        ("Zürich", "^[A-Z].rich$", true), ("abc", "[^a-c]", false), ("", "^$", true), ("aXb", "a(?:x|X)b", true),
    ])
    func regularExpressions(subject: String, pattern: String, expected: Bool) throws {
        #expect(try value(.call(.regexMatch, [text(subject), text(pattern)], .boolean)) == .boolean(expected))
    }

    @Test func decimalResultsKeepPostgreSQLsScales() throws {
        let cost = Expression.literal(.numeric(1_250_000_000_000, scale: 12), .numeric(scale: 12))
        let rate = Expression.literal(.numeric(15, scale: 1), .numeric(scale: 1))
        #expect(try shown(.call(.multiply, [cost, rate], .numeric(scale: 13))) == "1.8750000000000")
        #expect(try shown(.call(.add, [cost, rate], .numeric(scale: 12))) == "2.750000000000")
        #expect(try shown(.call(.divide, [cost, rate], .numeric(scale: 20))) == "0.83333333333333333333")
        #expect(try shown(.call(.round, [cost, integer(1)], .numeric(scale: 1))) == "1.3")
        #expect(try shown(.cast(cost, .double)) == "1.25")
    }
}
