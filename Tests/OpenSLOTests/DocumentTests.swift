import Alerting
import Bytes
import Domain
import OpenSLO
import Testing

/// What is read of OpenSLO documents, and what is refused with its line.
@Suite struct DocumentTests {
    /// Where there is one zone.
    private static func read(_ files: [(name: String, text: String)]) -> OpenSLODocuments {
        OpenSLODocuments(files) { $0 == "Europe/Berlin" }
    }

    private func documents(_ set: ObjectiveSet) -> OpenSLODocuments {
        Self.read(
            ObjectiveFiles.slos.files(set).map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
    }

    /// The documents of a set say what the set itself says.
    @Test func documentsOfObjectivesSayWhatTheObjectivesSay() {
        var other = ObjectiveSet.builtIn
        other.budgetDays = 28
        for index in other.objectives.indices where other.objectives[index].measure.knowsChannels {
            other.objectives[index].channels = [Array("a.b+c".utf8), Array("email".utf8)]
        }
        for set in [ObjectiveSet.builtIn, other] {
            let read = documents(set)
            #expect(read.findings.isEmpty, "\(read.report())")
            #expect(read.objectives.count == set.objectives.count)
            #expect(Set(read.objectives) == Set(set.serviceLevelObjectives))
        }
        let emails = other.serviceLevelObjectives.filter { !$0.indicator.labels.isEmpty }
        #expect(emails.count == 6)
    }

    private static let good = """
        apiVersion: openslo/v1
        kind: SLO
        metadata:
          name: chat
        spec:
          service: support-agent
          indicator:
            metadata:
              name: chat
            spec:
              ratioMetric:
                counter: true
                bad:
                  metricSource:
                    type: Prometheus
                    spec:
                      query: sum(support_questions_total{result="failed",channel=~"chat|web"})
                total:
                  metricSource:
                    spec:
                      query: sum(support_questions_total{channel=~"web|chat"})
          timeWindow:
            - duration: 1M
              calendar:
                startTime: 2026-01-01 00:00:00
                timeZone: Europe/Berlin
          budgetingMethod: Occurrences
          objectives:
            - targetPercent: 99.5
        """

    @Test func aDocumentOfOnesOwnIsRead() throws {
        let read = Self.read([("chat.yaml", Self.good)])
        #expect(read.findings.isEmpty, "\(read.report())")
        let objective = try #require(read.objectives.first)
        #expect(objective.target == 995_000 && objective.name == "chat" && objective.title == "chat")
        #expect(
            objective.indicator
                == ServiceLevelIndicator(
                    .questions,
                    labels: [LabelCondition(.channel, values: [Array("chat".utf8), Array("web".utf8)])]))
        // 2026-01-01T00:00:00Z
        #expect(
            objective.window
                == .calendar(
                    CalendarWindow(start: 1_767_225_600_000_000_000, months: 1, days: 0, zone: "Europe/Berlin")))
    }

    /// An indicator that stands alone, in another file.
    @Test func anIndicatorMayStandInAnotherFile() throws {
        let sli = """
            apiVersion: openslo/v1
            kind: SLI
            metadata: {name: stars}
            spec:
              ratioMetric:
                counter: true
                good: {metricSource: {spec: {query: 'sum(support_feedback_total{score!="1"})'}}}
                total: {metricSource: {spec: {query: sum(support_feedback_total)}}}
            """
        let slo = """
            apiVersion: openslo/v1
            kind: SLO
            metadata: {name: stars}
            spec:
              indicatorRef: stars
              timeWindow: [{duration: 4w, isRolling: true}]
              budgetingMethod: Occurrences
              objectives: [{target: 0.9}, {target: 0.99, displayName: Nearly all}]
            """
        let read = Self.read([("slo.yaml", slo), ("sli.yaml", sli)])
        #expect(read.findings.isEmpty, "\(read.report())")
        #expect(read.objectives.map(\.name) == ["stars-1", "stars-2"])
        #expect(read.objectives.map(\.title) == ["stars", "Nearly all"])
        #expect(read.objectives.map(\.target) == [900_000, 990_000])
        #expect(read.objectives.allSatisfy { $0.indicator.measure == .ratings(good: [2, 3, 4, 5]) })
        #expect(read.objectives.allSatisfy { $0.window == .rolling(28 * Nanoseconds.day) })
        let alone = Self.read([("slo.yaml", slo)])
        #expect(alone.findings.map(\.description) == ["slo.yaml:5: there is no indicator stars among the documents"])
    }

    @Test(arguments: [
        ("kind: SLO", "kind: AlertPolicy", 2, "nothing follows from it"),
        ("kind: SLO", "kind: SLOO", 2, "did you mean SLO?"),
        ("openslo/v1", "openslo/v2alpha", 1, "expected openslo/v1"),
        ("  name: chat\nspec", "  name: Chat!\nspec", 4, "small letters, digits and dashes"),
        ("service: support-agent", "servise: support-agent", 6, "there is no spec.servise here; did you mean service?"),
        ("counter: true", "counter: false", 12, "expected true"),
        ("type: Prometheus", "type: Datadog", 15, "expected Prometheus"),
        ("result=\"failed\"", "result=\"good\"", 17, "expected {result=\"failed\"}"),
        ("result=\"failed\"", "result=\"failed\",model=\"m\"", 17, "the label model says nothing"),
        ("result=\"failed\",channel=~\"chat|web\"", "result=\"failed\"", 17, "not of the same labels"),
        ("{result=\"failed\",channel=~\"chat|web\"}", "{result=\"failed\",channel=~\"chat.*\"}", 17, "one by one"),
        ("sum(support_questions_total{result", "max(support_questions_total{result", 17, "expected sum(METRIC"),
        ("sum(support_questions_total{channel", "sum(support_llm_calls_total{channel", 17, "of one metric"),
        ("channel=~\"web|chat\"})", "channel=~\"web|chat\"}", 21, "parse error"),
        ("duration: 1M", "duration: 90m", 23, "a window of the calendar"),
        ("duration: 1M", "duration: soon", 23, "expected a length such as 30d"),
        ("startTime: 2026-01-01 00:00:00", "startTime: 2026-01-01", 25, "expected 2026-01-01 00:00:00"),
        ("timeZone: Europe/Berlin", "timeZone: Europe/Berln", 26, "timeZone Europe/Berln: there is no such time zone"),
        ("Occurrences", "Timeslices", 27, "expected Occurrences"),
        ("targetPercent: 99.5", "targetPercent: 100", 29, "above 0 and below 100"),
        ("targetPercent: 99.5", "targetPercent: 99.99999", 29, "to a millionth"),
        ("targetPercent: 99.5", "target: 0.9\n      op: lte", 30, "there is no spec.objectives[0].op here"),
    ])
    func whatIsNotUnderstoodIsToldWithItsLine(_ was: String, _ becomes: String, _ line: Int, _ message: String) {
        #expect(Self.good.contains(was))
        let read = Self.read([("chat.yaml", Self.good.replacing(was, with: becomes, maxReplacements: 1))])
        #expect(read.objectives.isEmpty)
        #expect(read.findings.count == 1 && read.findings[0].line == line, "\(read.report())")
        #expect(read.findings.first?.message.contains(message) == true, "\(read.report())")
    }

    /// Names that are twice as many values from line to line are counted before the parser looks at them in full.
    @Test func aliasesAreCounted() {
        let lines = (1...60).map { "k\($0): &k\($0) {? [*k\($0 - 1), *k\($0 - 1)] : 1}\n" }
        let read = Self.read([("chat.yaml", "k0: &k0 [1, 2]\n" + lines.joined())])
        #expect(read.findings.map(\.line) == [19], "\(read.report())")
        #expect(read.report().contains("what aliases stand for"))
    }

    /// What help says is read is read, as it stands, and is the measure of each kind once.
    @Test func formsThatAreToldAreRead() {
        let start = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  indicator: {spec: "
        func metric(_ query: String) -> String { "{metricSource: {spec: {query: '\(query)'}}}" }
        var texts = ReadForms.ratios.map { form in
            """
            \(start){ratioMetric: {counter: true, \(form.isGood ? "good" : "bad"): \(metric(form.part)),
                total: \(metric(form.total))}}}
              budgetingMethod: Occurrences
              timeWindow: [{duration: 30d, isRolling: true}]
              objectives: [{target: 0.99}]
            """
        }
        texts.append(
            """
            \(start){thresholdMetric: \(metric(ReadForms.cost))}}
              budgetingMethod: Timeslices
              timeWindow: [{duration: 1M, calendar: {startTime: "2026-01-01 00:00:00", timeZone: Europe/Berlin}}]
              objectives: [{op: lte, value: 0.02, timeSliceWindow: 1h, targetPercent: 95}]
            """)
        let read = texts.map { Self.read([("x.yaml", $0)]) }
        #expect(read.flatMap(\.findings).isEmpty, "\(read.map { $0.report() })")
        #expect(
            read.flatMap(\.objectives).map(\.indicator.measure) == [
                .questions, .answers, .ratings(good: [4, 5]), .answerDuration(within: 5 * Nanoseconds.second),
                .firstToken(within: 2 * Nanoseconds.second),
                .costPerAnswer(atMost: 20_000_000_000, slice: Nanoseconds.hour),
            ])
        for form in ReadForms.ratios { #expect(ReadForms.text.contains("  \(form.part)")) }
        #expect(ReadForms.text.contains("  \(ReadForms.cost)"))
    }

    @Test func namesStandForOneObjective() {
        let read = Self.read([("a.yaml", Self.good), ("b.yaml", Self.good)])
        #expect(read.findings.map(\.file) == ["b.yaml"])
        #expect(read.findings.first?.message == "there are two objectives chat")
        #expect(Self.read([("a.yaml", "")]).findings.map(\.message) == ["no document of kind SLO"])
        #expect(Self.read([("a.yaml", "a: [")]).findings.first?.message.hasPrefix("no YAML: ") == true)
    }
}
