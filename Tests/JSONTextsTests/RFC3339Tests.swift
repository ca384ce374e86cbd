import Bytes
import Foundation
import JSONTexts
import Platform
import Testing

@Suite struct RFC3339Tests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000000001Z", 1),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("2026-08-01T09:00:15.778799274Z", 1_785_574_815_778_799_274),
            ("2026-08-01t09:00:15.778799274z", 1_785_574_815_778_799_274),
            ("2026-08-01 09:00:15.778799274Z", 1_785_574_815_778_799_274),
            ("2026-08-01T11:30:15.778799274+02:30", 1_785_574_815_778_799_274),
            ("2026-07-31T23:00:15.778799274-10:00", 1_785_574_815_778_799_274),
            ("2026-08-01T09:00:15.77879927400000Z", 1_785_574_815_778_799_274),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
            ("2016-12-31T23:59:60.5Z", 1_483_228_800_500_000_000),
            ("2024-02-29T00:00:00-00:00", 1_709_164_800_000_000_000),
            ("1677-09-21T00:12:43.145224192Z", Int64.min),
            ("2262-04-11T23:47:16.854775807Z", Int64.max),
            ("2262-04-12T23:46:16.854775807+23:59", Int64.max),
        ] as [(String, Int64)])
    func reads(text: String, expected: Int64) throws {
        #expect(try RFC3339.parse(text) == expected)
    }

    @Test(arguments: [
        ("", 0), ("2026-08-01", 10), ("2026-08-01T09:00:15", 19), ("2026-08-01T09:00:15.5", 21),
        ("2026-13-01T09:00:15Z", 5),
        ("2026-02-29T09:00:15Z", 8), ("2026-08-00T09:00:15Z", 8), ("2026-08-01T24:00:00Z", 11),
        ("2026-08-01T09:60:00Z", 14),
        ("2026-08-01T09:00:61Z", 17), ("2026-08-01T09:00:15.Z", 20), ("2026-08-01T09:00:15ZZ", 20),
        ("2026-08-01T09:00:15+0200", 24),
        ("2026-08-01T09:00:15+24:00", 20), ("2026-08-01T09:00:15+02:60", 23), ("2026/08/01T09:00:15Z", 4),
        ("+2026-08-01T09:00:15Z", 0),
        ("2026-08-01X09:00:15Z", 10), ("٢٠٢٦-08-01T09:00:15Z", 0), ("2026-08-01T09:00:15 Z", 19),
    ])
    func refuses(text: String, offset: Int) {
        let error = #expect(throws: TimestampError.self) { try RFC3339.parse(text) }
        #expect(error == .malformed(offset: offset))
    }

    @Test func refusesWhatTheStoreCannotKeep() {
        #expect(throws: TimestampError.tooPrecise) { try RFC3339.parse("2026-08-01T09:00:15.7787992745Z") }
        #expect(throws: TimestampError.outOfRange) { try RFC3339.parse("2262-04-11T23:47:16.854775808Z") }
        #expect(throws: TimestampError.outOfRange) { try RFC3339.parse("1677-09-21T00:12:43.145224191Z") }
        #expect(throws: TimestampError.outOfRange) { try RFC3339.parse("9999-12-31T23:59:59Z") }
        #expect(throws: TimestampError.outOfRange) { try RFC3339.parse("0000-01-01T00:00:00Z") }
    }

    @Test func rendersWhatItReads() throws {
        #expect(RFC3339.render(0) == "1970-01-01T00:00:00Z")
        #expect(RFC3339.render(250_000_000) == "1970-01-01T00:00:00.250Z")
        #expect(RFC3339.render(250_000) == "1970-01-01T00:00:00.000250Z")
        #expect(RFC3339.render(-1) == "1969-12-31T23:59:59.999999999Z")
        var random = SeededGenerator(seed: 11)
        let edges: [Int64] = [.min, .max, .min + 1, -1, 0, 1]
        for value in edges + (0..<5000).map({ _ in Int64(bitPattern: random.next()) }) {
            #expect(try RFC3339.parse(RFC3339.render(value)) == value, "seed 11")
        }
    }

    /// Against the calendar of Foundation, a day at a time over the whole range of years.
    @Test func agreesWithAnotherCalendar() throws {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for days in stride(from: -106_000, to: 106_000, by: 97) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            // Foundation keeps the Julian calendar before 1582 only, far from our range.
            let date = CivilDate(daysSince1970: Int64(days))
            #expect(date == CivilDate(year: Int64(parts.year!), month: Int64(parts.month!), day: Int64(parts.day!)))
            #expect(date.daysSince1970 == Int64(days))
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 12)
        let alphabet = Array("0123456789-:TZ.+ e".utf8)
        var read = 0
        for _ in 0..<20_000 {
            var text = Array("2026-08-01T09:00:15.778Z".utf8)
            for _ in 0...random.next(below: 3) {
                text[random.next(below: text.count)] = alphabet[random.next(below: alphabet.count)]
            }
            text.removeLast(random.next(below: 4))
            if (try? RFC3339.parse(text[...])) != nil { read += 1 }
        }
        #expect(read > 0 && read < 20_000)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00", "1970-01-01T00:00:00", "1970-01-01T00:00:00.000000000"),
            (250_000_000, "1970-01-01T00:00:00.250", "1970-01-01T00:00:00.25", "1970-01-01T00:00:00.250000000"),
            (1_100, "1970-01-01T00:00:00.000001100", "1970-01-01T00:00:00.0000011", "1970-01-01T00:00:00.000001100"),
            (-1_000, "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999000"),
            (-1, "1969-12-31T23:59:59.999999999", "1969-12-31T23:59:59.999999999", "1969-12-31T23:59:59.999999999"),
            (
                1_709_209_845_000_000_007, "2024-02-29T12:30:45.000000007", "2024-02-29T12:30:45.000000007",
                "2024-02-29T12:30:45.000000007"
            ),
            (.max, "2262-04-11T23:47:16.854775807", "2262-04-11T23:47:16.854775807", "2262-04-11T23:47:16.854775807"),
            (.min, "1677-09-21T00:12:43.145224192", "1677-09-21T00:12:43.145224192", "1677-09-21T00:12:43.145224192"),
        ] as [(Int64, String, String, String)])
    func decimalsAreAsMany(_ time: Int64, _ thousands: String, _ shortest: String, _ nine: String) {
        #expect(RFC3339.render(time) == thousands + "Z")
        #expect(RFC3339.render(time, decimals: .shortest) == shortest + "Z")
        #expect(RFC3339.render(time, decimals: .nine) == nine + "Z")
        #expect(RFC3339.render(time, decimals: .three) == nine.dropLast(6) + "Z")
        var bytes: [UInt8] = []
        RFC3339.append(time, to: &bytes)
        #expect(bytes == Array((thousands + "Z").utf8))
    }

    @Test(
        arguments: [
            (0, "Z"), (7_200, "+02:00"), (-12_600, "-03:30"), (86_399, "+23:59:59"), (-75, "-00:01:15"), (60, "+00:01"),
        ] as [(Int64, String)])
    func offsetsAreWritten(_ seconds: Int64, _ expected: String) {
        #expect(RFC3339.renderOffset(seconds) == expected)
        #expect(RFC3339.render(0, offsetSeconds: seconds).hasSuffix(expected))
    }

    /// Also beyond the ends of what the store keeps, where the clock of a zone shows a day that UTC doesn't reach.
    @Test func clocksOfZonesAreTheSameInstant() throws {
        #expect(RFC3339.render(1_785_574_815_500_000_000, offsetSeconds: 9_000) == "2026-08-01T11:30:15.500+02:30")
        #expect(RFC3339.render(.max, offsetSeconds: 3_600) == "2262-04-12T00:47:16.854775807+01:00")
        #expect(RFC3339.render(.min, offsetSeconds: -3_600) == "1677-09-20T23:12:43.145224192-01:00")
        var random = SeededGenerator(seed: 13)
        for value in [Int64.min, .max, 0, -1] + (0..<2_000).map({ _ in Int64(bitPattern: random.next()) }) {
            let offset = Int64(random.next(below: 2 * 1_439 + 1) - 1_439) * 60
            for decimals in [.thousands, .shortest, .nine] as [RFC3339.Decimals] {
                let text = RFC3339.render(value, decimals: decimals, offsetSeconds: offset)
                #expect(try RFC3339.parse(text) == value, "seed 13: \(text)")
            }
        }
    }
}
