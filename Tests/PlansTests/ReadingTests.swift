import Columnar
import Plans
import Testing

/// Texts as values: what PostgreSQL 15 makes of them.
@Suite struct ReadingTests {
    @Test(
        arguments: [
            ("@ 1 day", 0, 1, 0), ("@ 1 day 2 hours ago", 0, -1, -7200), ("12:59:60", 0, 0, 46_800),
            ("12:30.5", 0, 0, 750.5), ("1 2 hours", 0, 1, 7200), ("1-2 3 4:05", 14, 3, 14_700),
            ("- 1 day -12:30", 0, -1, -45_000), ("1 decs 1 y", 132, 0, 0), ("0.0375 decade", 4, 0, 0),
            ("10:00 1.5 days", 0, 1, 36_000), ("1 day ago 2 hours", 0, -1, -7200), ("day 1", 0, 0, 1),
            ("PT", 0, 0, 0), ("P1", 12, 0, 0), ("P0001-02-03T04:05:06", 14, 3, 14_706), ("PT10:30", 0, 0, 37_800),
            ("P00010203T040506", 14, 3, 14_706), ("P-1DT-1.5H", 0, -1, -5400),
        ] as [(String, Int64, Int64, Double)])
    func intervals(_ text: String, _ months: Int64, _ days: Int64, _ seconds: Double) throws {
        let expected = Interval(months: months, days: days, nanoseconds: Int64(seconds * 1e9))
        #expect(try IntervalText.read(text) == expected, "\(text)")
    }

    @Test(
        arguments: [
            ("", .invalidTime), ("ago", .invalidTime), ("1 2", .invalidTime), ("1 day 1 day", .invalidTime),
            ("1 hour 1:00", .invalidTime), ("1 quarter", .invalidTime), ("1day2hours", .invalidTime),
            ("-.5 day", .invalidTime), ("-12:60", .invalidTime), ("P", .invalidTime), ("p1d", .invalidTime),
            ("P1Y-2", .invalidTime), ("PT1H10", .invalidTime), ("1 d\u{e9}", .invalidTime),
            (String(repeating: "1 day ", count: 13), .invalidTime), ("12:60", .intervalOutOfRange),
            ("1-12", .intervalOutOfRange), ("2147483648 days", .intervalOutOfRange),
            ("99999999999999999999 us", .intervalOutOfRange), ("P99999999999999999999D", .intervalOutOfRange),
            ("9223372036854775807 millennia", .intervalOutOfRange),
        ] as [(String, QueryError.Kind)])
    func noIntervals(_ text: String, _ kind: QueryError.Kind) {
        #expect {
            try IntervalText.read(text, position: 3)
        } throws: { error in
            let error = error as? QueryError
            return error?.kind == kind && error?.position == 3
        }
    }

    @Test func abbreviationsAreFixedOffsets() {
        func seconds(_ name: String) -> Int64? {
            if case .fixed(let seconds)? = ZoneAbbreviation(name) { seconds } else { nil }
        }
        #expect(seconds("BST") == 3600)
        #expect(seconds("est") == -18_000)
        #expect(seconds("Nft") == -12_600)
        #expect(seconds("chadt") == 49_500)
        #expect(seconds("Z") == 0)
        #expect(ZoneAbbreviation("Europe/Berlin") == nil)
        #expect(ZoneAbbreviation("") == nil)
        if case .place(let place)? = ZoneAbbreviation("CLT") {
            #expect(place == "America/Santiago")
        } else {
            Issue.record("CLT is a place")
        }
    }

    @Test(
        arguments: [
            ("2026-01-01 10:00 BST", "3600"), ("2026-01-01 10:00pst", "-28800"), ("2026-01-01 +02", "7200"),
            ("2026-01-01 10:00 - 05:30:15", "-19815"), ("2026-01-01 10:00+530", "19800"),
            ("2026-01-01 10:00 japan", "japan"), ("2026-01-01 10:00 No/where ", "No/where"),
            ("2026-01-01T10:00 MSK", "MSK"), ("2026-01-01", "none"), ("2026-01-01 10:00 Nowhere", "no time"),
            ("2026-01-01T", "no time"), ("2026-01-01 10:00 +16", "out of range"), ("2026-01-01 10:00 +", "no time"),
            ("2026-01-01 10:00 UTC DST", "no time"), ("2026-01-01 10:00 é", "no time"),
        ])
    func zonesOfTimes(_ text: String, _ expected: String) {
        var shown = "no time"
        if let time = WrittenTime(text) {
            switch time.zone {
            case .offset(let seconds)?: shown = "\(seconds)"
            case .name(let name)?: shown = name
            case .outOfRange?: shown = "out of range"
            case nil: shown = "none"
            }
        }
        #expect(shown == expected, "\(text)")
    }

    @Test(
        arguments: [
            ("1.5", 1.5), ("+.5", 0.5), ("5.", 5), ("1e3", 1000), ("0x1F", 31), ("-0X1.8p1", -3), ("0x0p-2000", 0),
            ("inf", .infinity), ("-Infinity", -.infinity), ("0x", nil), ("1_0", nil), ("", nil), ("nan1", nil),
            ("0x1g", nil), ("1p2", nil), ("e5", nil),
        ] as [(String, Double?)])
    func doubles(_ text: String, _ expected: Double?) throws {
        #expect(try InputText.double(text) == expected, "\(text)")
    }

    @Test(arguments: ["1e400", "-1e-400", "0x1p1024", "0x1p-1080", "0x.0ap-2000"])
    func doublesOutOfRange(_ text: String) {
        let error = #expect(throws: QueryError.self) { try InputText.double(text) }
        #expect(error?.kind == .numberOutOfRange)
    }

    /// As PostgreSQL 15 reads them; nil: no number.
    @Test(
        arguments: [
            ("7", 7), (" -0 ", 0), ("+5", 5), ("-9223372036854775808", .min), ("", nil), ("+", nil), ("+-1", nil),
            ("--1", nil), ("5x", nil), ("1_0", nil), ("1e3", nil), ("\u{a0}1", nil), ("1 2", nil),
        ] as [(String, Int64?)])
    func integers(_ text: String, _ expected: Int64?) throws {
        #expect(try InputText.integer(text) == expected, "\(text)")
    }

    @Test(arguments: ["9223372036854775808", " -9223372036854775809 ", "99999999999999999999x"])
    func integersOutOfRange(_ text: String) {
        let error = #expect(throws: QueryError.self) { try InputText.integer(text, position: 3) }
        #expect(error?.kind == .numberOutOfRange && error?.position == 3)
    }

    private func decimal(_ text: String, scale: Int? = nil) throws -> String? {
        try InputText.decimal(text, scale: scale).map {
            Decimal128.text($0.mantissa, scale: $0.scale) + ($0.isExact ? "" : " about")
        }
    }

    /// As PostgreSQL 15 reads them.
    @Test func decimals() throws {
        for (text, expected) in [
            (" 1.50 ", "1.50"), ("1.50e1", "15.0"), ("15e-1", "1.5"), ("1e3", "1000"), ("0e5", "0"), ("0e5000", "0"),
            ("0e-3", "0.000"), ("0.00e2", "0"), ("5.", "5"), ("-.5", "-0.5"), ("+2", "2"),
            (String(repeating: "0", count: 60) + "1.5", "1.5"), ("", nil), (".", nil), ("1e", nil), ("1e+", nil),
            ("+ 1", nil), ("1_0", nil), ("+nan", nil), ("-NaN", nil), ("0x1F", nil), ("1.2.3", nil),
            (String(repeating: "9", count: 60) + "x", nil),
        ] as [(String, String?)] {
            #expect(try decimal(text) == expected, "\(text)")
        }
        for text in [
            "1e-39", "1e39", "0." + String(repeating: "1", count: 39), "1e-99999", "1e9223372036854775808",
        ] {
            #expect(throws: QueryError.self, "\(text)") { try decimal(text) }
        }
        for text in ["NaN", "iNf", " +infinity ", "-INF"] {
            let error = #expect(throws: QueryError.self) { try decimal(text, scale: 2) }
            #expect(error?.kind == .notSupported, "\(text)")
        }
    }

    /// A scale that is asked for takes any number of places that are written, and rounds once.
    @Test func decimalsAtAScale() throws {
        let (nines, zeros) = (String(repeating: "9", count: 50), String(repeating: "0", count: 50))
        for (text, scale, expected) in [
            ("1.005", 2, "1.01 about"), ("-1.005", 2, "-1.01 about"), ("1.5", 3, "1.500"), ("1.500", 1, "1.5"),
            ("1e-40", 2, "0.00 about"), ("1e-5000", 2, "0.00 about"), ("0e99", 1, "0.0"),
            ("0.1234567890123456789012345678901234567890123", 2, "0.12 about"),
            ("0.1000000000000000055511151231257827021181583404541015625", 12, "0.100000000000 about"),
            ("0.004" + nines, 2, "0.00 about"), ("0.005" + zeros, 2, "0.01 about"),
            ("-0.995" + zeros + "1", 2, "-1.00 about"),
            ("0." + nines, 2, "1.00 about"), ("1.5" + zeros, 3, "1.500"), ("1" + zeros + "e-50", 2, "1.00"),
            ("1" + nines + "e-50", 2, "2.00 about"), (nines + "e-60", 9, "0.000000000 about"),
            (nines + "e-60", 10, "0.0000000001 about"), (nines + "e-70", 2, "0.00 about"),
            ("1234567890123456789012345678901234567890e-38", 2, "12.35 about"),
            ("0." + nines, 38, "1." + String(repeating: "0", count: 38) + " about"), ("1.2" + nines + "x", 2, nil),
            ("1.2" + nines + "e", 2, nil), ("1.2" + nines + ".", 2, nil),
        ] as [(String, Int, String?)] {
            #expect(try decimal(text, scale: scale) == expected, "\(text)")
        }
        // The greatest mantissa of 128 bits, and a digit that would round it up.
        let greatest = "1.70141183460469231731687303715884105727"
        #expect(try decimal(greatest + "4", scale: 38) == greatest + " about")
        #expect(throws: QueryError.self) { try decimal(greatest + "5", scale: 38) }
        for text in [nines, "1e9999", "1e-99999", nines + "e-5", "1.2" + nines + "e-99999"] {
            let error = #expect(throws: QueryError.self, "\(text)") { try decimal(text, scale: 2) }
            #expect(error?.kind == .numberOutOfRange, "\(text)")
        }
    }

    @Test func onlyWhiteSpaceOfASCIIIsTrimmed() {
        #expect(InputText.trimmed(" \t\n1 2\r\u{b}\u{c}") == "1 2")
        #expect(InputText.trimmed("\u{a0}1") == "\u{a0}1")
        #expect(InputText.trimmed(" \n") == "")
        #expect(InputText.boolean(" yes ") == true)
        #expect(InputText.boolean("\u{a0}t") == nil)
    }
}
