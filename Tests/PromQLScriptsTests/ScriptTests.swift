import PromQLScripts
import PromQLText
import Testing

/// Scripts of Prometheus' test language.
@Suite struct ScriptTests {
    private static let script = """
        # Series.
        load 5m
          http_requests{job="a"} 0+10x3
          rest 1 2

        load_with_nhcb 10s
          counted@st -1m 30s+30sx1
          counted 1 2 3

        CLEAR
        eval instant at 50m sum by (job) (http_requests)
          expect no_warn
          expect info regex: PromQL info: .*
          {job="a"} 30
        # Ends it.
        eval_ordered instant at 0 sort(rest)

        eval range from 0 to 1h step 30m rest offset 1m
          expect fail msg:  cannot  be
          rest 1 _ 2x1

        eval instant at 1m30s scalar(rest)
          -Inf
        eval instant at 1m 'a'
          expect string `a`

        eval instant at 1m rest[5m]
          expect range vector from 0 to 1m step 30s
          rest 1 2 3

        eval_fail instant at 1m 1 +
          expected_fail_message unexpected end
        """

    @Test func commands() throws {
        let commands = try Script(Self.script).commands
        #expect(commands.count == 10)
        guard case .load(let first) = commands[0], case .load(let second) = commands[1], case .clear = commands[2]
        else {
            Issue.record("two loads and a clear")
            return
        }
        #expect(first.step == 300_000 && !first.makesHistograms)
        #expect(first.series.map(\.description.values.count) == [4, 2])
        #expect(first.series.allSatisfy { $0.starts == nil })
        #expect(second.makesHistograms && second.series.map(\.starts) == [[-60_000, 30_000, 60_000]])
    }

    private func questions() throws -> [Question] {
        try Script(Self.script).commands.compactMap { if case .ask(let question) = $0 { question } else { nil } }
    }

    @Test func questionsAndTimes() throws {
        let questions = try questions()
        #expect(
            questions.map(\.times) == [
                .instant(3_000_000), .instant(0), .range(from: 0, through: 3_600_000, step: 1_800_000),
                .instant(90_000), .instant(60_000), .instant(60_000), .instant(60_000),
            ])
        #expect(questions[0].expression == "sum by (job) (http_requests)")
        #expect(questions[0].line == 11 && questions[6].expression == "1 +")
    }

    @Test func expectations() throws {
        let expectations = try questions().map(\.expectations)
        #expect(expectations[0].map(\.kind) == [.noWarn, .info])
        #expect(expectations[0].map(\.words) == [nil, .pattern("PromQL info: .*")])
        #expect(expectations[1].map(\.kind) == [.ordered])
        #expect(expectations[2].map(\.kind) == [.fail])
        #expect(expectations[2].map(\.words) == [.exact("cannot  be")])
        // As it was written before.
        #expect(expectations[6].map(\.kind) == [.fail, .fail])
        #expect(expectations[6].map(\.words) == [nil, .exact("unexpected end")])
    }

    @Test func answers() throws {
        let answers = try questions().map(\.answer)
        func described(_ text: String) throws -> SeriesDescription { try SeriesDescription(Array(text.utf8)) }
        #expect(answers[0] == .series([try described("{job=\"a\"} 30")]))
        #expect(answers[1] == .series([]))
        #expect(answers[3] == .scalar(.sample(.float(-.infinity), saysHint: false)))
        #expect(answers[4] == .string(try PromQLExpression(Array("'a'".utf8))))
        #expect(answers[5] == .ranges([try described("rest 1 2 3")], from: 0, through: 60_000, step: 30_000))
    }

    @Test(arguments: [
        ("load", "line 1: load has a step and nothing else"), ("\nload x", "line 2: no duration: x"),
        ("load 1m\n  m 1+", "line 2: 1:5: parse error: unexpected end of input in series values, expected number or "
            + "\"stale\""),
        ("load 1m\nm@st 1m\nm 1 2", "line 3: a series has as many starts as values"),
        ("ask", "line 1: neither load, nor clear, nor eval: ask"),
        ("eval instant at", "line 1: eval has a time and an expression"),
        ("eval range from 1 to 2 m", "line 1: eval is instant at T, or range from T to T step D"),
        ("eval_twice instant at 1m m", "line 1: an eval that is not known: eval_twice"),
        ("eval instant at 1m m\nexpect much", "line 2: an expectation that is not known: expect much"),
        ("eval instant at 1m m\nexpect fail loudly", "line 2: words are expected as msg: or regex:"),
        ("eval instant at 1m m\nexpect string a", "line 2: no text in quotes: a"),
    ])
    func refused(_ text: String, _ reason: String) {
        do throws(ScriptError) {
            _ = try Script(text)
            Issue.record("\(text)")
        } catch { #expect(error.description == reason) }
    }
}
