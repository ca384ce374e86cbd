import AlertRules
import PromQLText
import RuleFiles
import Rules
import Testing

/// Rules that are right and ask for what nobody gives.
@Suite struct RuleWarningsTests {
    private static let first = """
        groups:
          - name: one
            rules:
              - record: job:answers:rate
                expr: sum by (job, channel) (rate(support_answers_total[5m]))
              - alert: Typo
                expr: rate(support_answer_total[5m]) > 1
              - alert: Label
                expr: sum by (chanel) (job:answers:rate{tennant="a"}) > 0
              - alert: Bound
                expr: support_answer_duration_seconds_bucket{le="5"} > 0
              - alert: Fine
                expr: absent(up{job="x"}) or ALERTS{any="x"} or support_answers_total{nobody=""} or other:rate
              - alert: Made
                expr: sum by (made) (label_replace(support_answers_total, "made", "$1", "channel", "(.*)")) > 0

        """
    /// What it records stands on what the first one does, and what stands on itself is left alone.
    private static let second = """
        groups:
          - name: two
            rules:
              - record: other:rate
                expr: sum without (channel) (job:answers:rate)
                labels: {team: red}
              - record: circle
                expr: sum by (anything) (circle)
              - alert: Other
                expr: other:rate{team="red", channel="web"} > 0

        """

    private static func file(_ text: String, _ name: String) throws -> RuleFile {
        try RuleFile(Array(text.utf8), name: name)
    }

    private static func lines(_ files: RuleFile...) -> [String] {
        RuleSet(files, RuleOptions()).warnings.map(\.description)
    }

    private static let circle = "b.yaml:7: warning: the recording rule circle reads itself: what rules record is made "
        + "from events and not kept, so that it has no samples"

    @Test func namesAndLabelsThatNobodyHasAreTold() throws {
        let lines = Self.lines(try Self.file(Self.first, "a.yaml"), try Self.file(Self.second, "b.yaml"))
        #expect(
            lines == [
                "a.yaml:7: warning: Typo: support_answer_total is not known; did you mean support_answers_total? "
                    + "it is no metric of plimsoll, and no rule of these files records it",
                "a.yaml:9: warning: Label: job:answers:rate has no label tennant; known: channel, job",
                "a.yaml:9: warning: Label: nothing in sum by (…) has a label chanel; did you mean channel? "
                    + "known: channel, job",
                "a.yaml:11: warning: Bound: le=\"5\" is no end of a bucket; did you mean le=\"5.0\"?",
                "b.yaml:10: warning: Other: other:rate has no label channel; known: job, team",
                Self.circle,
            ])
        // The second file alone does not know what the first one records.
        #expect(
            Self.lines(try Self.file(Self.second, "b.yaml")) == [
                "b.yaml:5: warning: other:rate: job:answers:rate is not known; "
                    + "it is no metric of plimsoll, and no rule of these files records it",
                Self.circle,
            ])
    }

    /// What a careless hand writes and no message ever says.
    @Test func rangesValuesAndTextsThatSayNothingAreTold() throws {
        let text = """
            groups:
              - name: silent
                rules:
                  - alert: Short
                    expr: sum(rate(support_messages_total[15s])) + sum(increase(other:count[15s])) > 0
                  - alert: Long
                    expr: sum(rate(support_messages_total[16s])) + sum(count_over_time(up[15s])) > 0
                  - alert: Value
                    expr: support_questions_corrected_total{result="fail"} > 0 or support_messages_total{direction="in"}
                  - alert: Known
                    expr: support_questions_total{result="failed"} or support_messages_total{direction="other"}
                  - alert: Text
                    expr: sum by (channel) (support_messages_total) > 0
                    labels: {team: "{{ $labels.team }}"}
                    annotations:
                      summary: "{{ $labels.channel }}{{ if $value }}{{ $labels.chanel | toUpper }}{{ end }}"
                      more: "{{ range query `up` }}{{ .Labels.job }}{{ end }}{{ $labels.__name__ }}"
                  - alert: Bare
                    expr: sum(support_messages_total) > 0
                    annotations: {summary: "{{ $labels.job }}"}
                  - record: other:count
                    expr: sum by (any) (absent(up))

            """
        #expect(
            Self.lines(try Self.file(text, "s.yaml")) == [
                "s.yaml:5: warning: Short: rate wants two samples of support_messages_total, which come every 15 s: "
                    + "write a range that is longer, such as [1m]",
                "s.yaml:9: warning: Value: result of support_questions_corrected_total is never \"fail\"; "
                    + "known: good, failed",
                "s.yaml:9: warning: Value: direction of support_messages_total is never \"in\"; known: received, sent",
                "s.yaml:13: warning: Text: label \"team\": no series of the alert has a label team; known: channel",
                "s.yaml:13: warning: Text: annotation \"summary\": no series of the alert has a label chanel; "
                    + "did you mean channel? known: channel",
                "s.yaml:19: warning: Bare: annotation \"summary\": no series of the alert has a label job; "
                    + "the alert's series have none",
            ])
    }

    /// What is asked once has no rules beside it.
    @Test(arguments: [
        ("sum(rate(support_message_total[5m]))",
            ["support_message_total is not known; did you mean support_messages_total? it is no metric of plimsoll"]),
        ("nothing + job:answers:rate", ["nothing is not known; it is no metric of plimsoll"]),
        ("rate(up[10s])",
            ["rate wants two samples of up, which come every 15 s: write a range that is longer, such as [1m]"]),
        ("support_messages_total{channel=\"chat\"} > 1e9", []),
        ("support_messages_total / support_answers_total",
            ["agent, direction, status stand on one side of / alone: series of both find each other only where they "
                + "are empty, or by on (…) or ignoring (…)"]),
        ("support_messages_total / on (channel, tenant) support_answers_total", []),
        ("sum(support_messages_total) / on (tenant) sum by (tenant) (support_answers_total)",
            ["tenant stands on one side of / alone: series of both find each other only where it is empty, or by on "
                + "(…) or ignoring (…)"]),
        ("support_messages_total or support_answers_total", []),
    ])
    func anExpressionSaysWhyItFindsNothing(text: String, reasons: [String]) throws {
        #expect(try PromQLExpression(Array(text.utf8)).reasonsForSilence == reasons)
    }

    @Test(arguments: [
        ("sum(job:answers:rate)", true), ("ALERTS{alertname=\"A\"} or up", true),
        ("rate(support_messages_total[5m:1m])", false),
    ])
    func whatOnlyRulesMakeIsToldApart(text: String, asksForRules: Bool) throws {
        #expect(try PromQLExpression(Array(text.utf8)).asksForRules == asksForRules)
    }

    /// A log has no room for all, and nobody waits until each name is compared with all others.
    @Test func ofManyTheFirstAreToldByTheWay() throws {
        let rules = (0..<30).map { "      - {alert: A\($0), expr: \"nobody\($0) + nothing\($0)\"}\n" }.joined()
        let set = try RuleWorld.rules("groups:\n  - name: many\n    rules:\n" + rules)
        #expect(set.warnings.count == 60)
        let first = set.firstWarnings
        #expect(first.count == 21 && first.prefix(20) == set.warnings.prefix(20))
        #expect(
            first.last?.description
                == "test.yaml:14: warning: more rules ask for what nobody gives: `plimsoll alerts check FILE…` names "
                + "all of them")
    }
}
