import JSONTexts
import OperatorLogs
import Platform
import Synchronization
import Testing

/// Lines for those who run a server, by people and by programs.
@Suite struct OperatorLogTests {
    private final class Lines: Sendable {
        private let state = Mutex<[LogLine]>([])
        var all: [LogLine] { state.withLock { $0 } }
        var messages: [String] {
            all.map { String(decoding: LogFormat.text.rendered($0, at: 0).dropFirst(25).dropLast(), as: UTF8.self) }
        }
        var log: OperatorLog { OperatorLog { [self] line in state.withLock { $0.append(line) } } }
    }

    private static let time: Int64 = 1_785_574_815_250_999_999
    private let lines = Lines()

    private func line(_ message: String, _ fields: [LogField]) throws -> LogLine {
        lines.log.notice(message, fields)
        return try #require(lines.all.last)
    }

    private func rendered(_ format: LogFormat, _ say: (OperatorLog) -> Void) throws -> String {
        say(lines.log)
        let line = try #require(lines.all.last)
        return String(decoding: format.rendered(line, at: Self.time), as: UTF8.self)
    }

    @Test func aLineHasTimeLevelMessageAndFields() throws {
        func say(_ log: OperatorLog) {
            log.warning(
                "refused",
                [LogField(.reason, "not_found"), LogField(.request, "GET /v1/other"), LogField(.status, 404)])
        }
        #expect(
            try rendered(.text, say)
                == "2026-08-01T09:00:15.250Z warning refused reason=not_found request=\"GET /v1/other\" status=404\n")
        #expect(
            try rendered(.json, say)
                == #"{"time":"2026-08-01T09:00:15.250Z","level":"warning","message":"refused","reason":"not_found","#
                + #""request":"GET /v1/other","status":404}"# + "\n")
        #expect(try rendered(.json) { $0.critical("all is lost") }.contains(#""level":"critical","message":"all is"#))
    }

    /// Whatever a text holds, the line stays one, and says no more than it was told to.
    @Test(arguments: ["a\nb", "a\r\nlevel=critical", "say \"no\"", "a=b", "", "\u{1B}[31m", "grüße", "\u{0}\u{7F}"])
    func oneLineStaysOne(text: String) throws {
        let told = try line("happened: \(text)", [LogField(.error, text), LogField(.count, 7)])
        let plain = String(decoding: LogFormat.text.rendered(told, at: Self.time), as: UTF8.self)
        #expect(plain.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "\(plain)")
        #expect(!plain.unicodeScalars.dropLast().contains { $0.value < 0x20 }, "\(plain)")
        #expect(plain.hasSuffix(" count=7\n"))
        let json = try JSONReader.parse(LogFormat.json.rendered(told, at: Self.time))
        #expect(json["message"]?.string == "happened: \(text)" && json["error"]?.string == text)
        #expect(json.members?.map(\.name) == ["time", "level", "message", "error", "count"])
    }

    @Test func whatMattersLessMayStayUnsaid() {
        let log = lines.log.only(from: .error)
        log.notice("a")
        log.warning("b")
        log.error("c")
        log.critical("d")
        #expect(lines.messages == ["error c", "critical d"])
    }

    /// A pipe takes so much at once, so that lines of several writers do not mix.
    @Test(arguments: LogFormat.allCases)
    func noLineIsLongerThanAPipeTakes(format: LogFormat) throws {
        let long = String(repeating: "\u{1}", count: 100_000)
        let fields = LogField.Name.allCases.map { LogField($0, long) }
        let whole = format.rendered(try line("begun " + long, [LogField(.count, 1)] + fields), at: Self.time)
        #expect(whole.count <= 4096 && whole.last == UInt8(ascii: "\n"))
        let short = format.rendered(
            try line("begun", LogField.Name.allCases.map { LogField($0, String(long.dropFirst(99_000))) }),
            at: Self.time)
        #expect(short.count <= 4096 && short.count > 500)
        if format == .json { #expect(try JSONReader.parse(whole)["count"]?.integer == 1) }
    }

    @Test func ofEachReasonSoManyAMinuteAreSaidThenHowManyMoreThereWere() {
        let clock = SimulatedClock()
        let paced = PacedLog(lines.log, clock: clock)
        for _ in 0..<1000 {
            paced.say(.warning, "refused", reason: "not_found")
            clock.advance(nanoseconds: 10_000_000)
        }
        paced.say(.error, "refused", reason: "busy", [LogField(.status, 429)])
        #expect(lines.messages.count == PacedLog.linesMax + 1)
        #expect(lines.messages.last == "error refused reason=busy status=429", "one reason does not hide another")
        paced.tick()
        #expect(lines.all.count == PacedLog.linesMax + 1, "the minute is not over")
        clock.advance(nanoseconds: 50_000_000_000)
        paced.tick()
        let more = "warning more of these in the minute after the first"
        #expect(lines.messages.last == "\(more) reason=not_found count=\(1000 - PacedLog.linesMax)")
        paced.tick()
        #expect(lines.all.count == PacedLog.linesMax + 2, "it is said once")
        for _ in 0..<7 { paced.say(.warning, "refused", reason: "not_found") }
        paced.finish()
        #expect(lines.messages.last == "\(more) reason=not_found count=2")
    }
}
