import AlertTemplates
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles

/// One evaluation under way.
struct GroupRun<Source: SeriesSource, Budget: QuestionBudget> {
    var overlay: OverlaySeries<Source>
    let budget: Budget
    let time: Int64
    let sampleTime: Int64
    let group: RuleGroup
    let options: RuleOptions

    typealias Written = [(labels: LabelSet, value: SampleValue)]

    /// What the rule writes now; its alerts are brought up to date.
    func evaluate(_ rule: Rule, _ state: inout RuleState) throws -> Written {
        let known = try (overlay.source as? any RecordingSource)?.said(by: rule, at: sampleTime)
        let answer = try known.map(Self.once) ?? vector(rule.expression, at: sampleTime)
        switch rule.kind {
        case .record: return try recorded(rule, answer)
        case .alert(let terms): return try alerted(rule, terms, answer, &state)
        }
    }

    /// Series as a source has evaluated them for one time.
    private static func once(_ series: [Series]) -> Written {
        series.map { one in
            precondition(one.samples.times.count == 1, "what is evaluated at one time has one sample")
            return (one.labels, one.samples[0])
        }
    }

    /// What an expression says once; a number is a series without labels.
    private func vector(_ expression: PromQLExpression, at time: Int64) throws -> Written {
        let question = options.question(expression, at: .instant(time))
        switch try PromQLEvaluator.answer(question, over: overlay, within: budget).value {
        case .vector(let samples): return samples.map { ($0.labels, $0.value) }
        case .scalar(_, let value): return [(LabelSet([]), .float(value))]
        case .matrix, .string: throw RuleFailure("rule result is not a vector or scalar")
        }
    }

    private func recorded(_ rule: Rule, _ answer: Written) throws -> Written {
        var seen: Set<LabelSet> = []
        var written: Written = []
        for sample in answer {
            let labels = rule.recordedLabels(sample.labels)
            guard seen.insert(labels).inserted else {
                throw RuleFailure("vector contains metrics with the same labelset after applying rule labels")
            }
            written.append((labels, sample.value))
        }
        guard group.limit == 0 || written.count <= group.limit else {
            throw RuleFailure("exceeded limit of \(group.limit) with \(written.count) series")
        }
        return written.sorted { $0.labels < $1.labels }
    }

    // MARK: Alerts

    private func alerted(
        _ rule: Rule, _ terms: Rule.AlertTerms, _ answer: Written, _ state: inout RuleState
    ) throws -> Written {
        var found: [LabelSet: RuleAlert] = [:]
        for sample in answer {
            let alert = filled(rule, terms, sample)
            guard found.updateValue(alert, forKey: alert.labels) == nil else {
                throw RuleFailure("vector contains metrics with the same labelset after applying alert labels")
            }
        }
        if state.written.isEmpty {
            // Whoever keeps no series of a state knows them by the alerts: what ends now ends for the rules behind it.
            let active = state.alerts.filter { $0.stage != .resolved }
            state.written = active.flatMap { series(of: $0, rule.name) }.map(\.labels).sorted()
        }
        var next: [RuleAlert] = []
        for known in state.alerts {
            var alert = known
            let fresh = found.removeValue(forKey: known.labels)
            if let fresh {
                if known.stage == .resolved {
                    alert = fresh
                } else {
                    (alert.value, alert.annotations) = (fresh.value, fresh.annotations)
                }
            }
            if let kept = AlertMachine.next(alert, isThere: fresh != nil, terms, at: time) { next.append(kept) }
        }
        for alert in found.values.sorted(by: { $0.labels < $1.labels }) {
            if let kept = AlertMachine.next(alert, isThere: true, terms, at: time) { next.append(kept) }
        }
        next.sort { $0.labels < $1.labels }
        let active = next.filter { $0.stage != .resolved }
        guard group.limit == 0 || active.count <= group.limit else {
            // Prometheus forgets them all: what was told ends by itself.
            state.alerts = []
            throw RuleFailure("exceeded limit of \(group.limit) with \(active.count) alerts")
        }
        state.alerts = next
        return active.flatMap { series(of: $0, rule.name) }
    }

    /// `ALERTS` and `ALERTS_FOR_STATE`.
    private func series(of alert: RuleAlert, _ name: ByteText) -> Written {
        let labels = alert.labels.labels.map { ($0.name, $0.value) } + [(Names.alert, name)]
        let stage: (name: ByteText, value: ByteText) = ("alertstate", ByteText(alert.stage.word.utf8))
        return [
            (LabelSet(labels + [(LabelMatcher.metricName, "ALERTS"), stage]), .float(1)),
            (
                LabelSet(labels + [(LabelMatcher.metricName, "ALERTS_FOR_STATE")]),
                .float(Double(floorDivide(alert.activeAt, 1000)))
            ),
        ]
    }

    private func filled(_ rule: Rule, _ terms: Rule.AlertTerms, _ sample: Written.Element) -> RuleAlert {
        var value = 0.0
        if case .float(let float) = sample.value { value = float }
        let data = TemplateData(
            labels: sample.labels, value: value, externalLabels: options.externalLabels,
            externalURL: options.externalURL, time: time)
        var labels = sample.labels.dropping([LabelMatcher.metricName]).labels.map { ($0.name, $0.value) }
        labels += rule.labels.map { ($0.name, expanded($0, data)) }
        let annotations = terms.annotations.map { SeriesLabel(name: $0.name, value: expanded($0, data)) }
        return RuleAlert(
            labels: LabelSet(labels + [(Names.alert, rule.name)]), annotations: annotations, value: value,
            stage: .pending, activeAt: time)
    }

    /// A text that cannot be filled in says why, as Prometheus' do: an alert without words is better than none.
    private func expanded(_ text: RuleText, _ data: TemplateData) -> ByteText {
        guard let template = text.template else { return text.text }
        do throws(TemplateError) {
            return try template.expanded(for: data) { expression throws(TemplateError) in
                try samples(of: expression)
            }
        } catch {
            return ByteText("<error expanding template: \(error)>".utf8)
        }
    }

    private func samples(of text: ByteText) throws(TemplateError) -> [TemplateSample] {
        do {
            let expression = try PromQLExpression(text.bytes)
            return try vector(expression, at: time).map { sample in
                var value = 0.0
                if case .float(let float) = sample.value { value = float }
                return TemplateSample(labels: sample.labels, value: value)
            }
        } catch let failure as RuleFailure {
            throw TemplateError("error executing query: \(failure.reason)")
        } catch {
            throw TemplateError("error executing query: \(error)")
        }
    }

    // MARK: Series

    /// Writes what a rule gave, and ends what it gave before.
    mutating func write(_ written: Written, _ state: inout RuleState, to samples: inout [RuleSample]) {
        var labels: Set<LabelSet> = []
        for (series, value) in written where overlay.write(series, value) {
            labels.insert(series)
            samples.append(RuleSample(labels: series, time: sampleTime, value: value))
        }
        for gone in state.written where !labels.contains(gone) { end(gone, in: &samples) }
        state.written = labels.sorted()
    }

    /// A source that evaluates rules for those who name them has not seen the alerts of this evaluation.
    /// - Parameter written: nil: it failed.
    mutating func settle(_ rule: Rule, _ written: Written?) {
        guard rule.kind == .record, let source = overlay.source as? any RecordingSource else { return }
        let series = written.map { written in
            written.map { labels, value in
                var run = SampleRun()
                run.append(sampleTime, value)
                return Series(labels: labels, samples: run)
            }
        }
        if let settled = source.settled(rule, as: series, at: sampleTime) as? Source { overlay.source = settled }
    }

    mutating func end(_ labels: LabelSet, in samples: inout [RuleSample]) {
        guard overlay.write(labels, .float(.staleMarker)) else { return }
        samples.append(RuleSample(labels: labels, time: sampleTime, value: .float(.staleMarker)))
    }
}

/// Names that alerts have.
enum Names {
    static let alert: ByteText = "alertname"
}
