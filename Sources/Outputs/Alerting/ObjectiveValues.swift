import Domain
import JSONTexts

/// What templates say of a set of objectives.
enum ObjectiveValues {
    /// Lines that panels and tables show although they may not be among the objectives; without bounds then.
    private static let shown: [ObjectiveMeasure] = [
        .availability, .errorRate, .costPerAnswer, .satisfaction, .answerDuration(.p50), .answerDuration(.p95),
        .firstToken(.p50),
    ]

    /// - Parameter runbooks: where the page of an alert is, without its name and the slash before it.
    static func values(_ set: ObjectiveSet, runbooks: String) -> TemplateValues {
        var values = TemplateValues()
        values.texts["runbooks"] = runbooks
        values.alerts = AlertNames(set)
        values.texts["answer_limit.text"] = set.answerLimits.text
        values.texts["answer_limit.sql"] = sql(set.answerLimits)
        values.texts["budget.days"] = "\(set.budgetDays)"
        for list in ["answer", "first_token"] { values.lists[list] = [] }
        for (index, objective) in set.objectives.enumerated() {
            var line = self.line(objective)
            place(index, of: set.objectives.count, &line)
            switch objective.measure {
            case .answerDuration: values.lists["answer"]?.append(line)
            case .firstToken: values.lists["first_token"]?.append(line)
            case .availability, .errorRate, .costPerAnswer, .satisfaction:
                // order: each goes to a place of its own.
                for (name, text) in line.texts { values.texts["\(objective.name).\(name)"] = text }
                values.flags.insert(objective.name)
                if !objective.isSilent { values.flags.insert("\(objective.name).alerting") }
            }
            if objective.measure == .availability { add(objective, set, &values) }
        }
        for measure in shown {
            let objective = set.objective(measure)
            values.texts["\(measure.name).steps"] = steps(measure, objective)
            values.texts["\(measure.name).promise"] = objective.map(promise) ?? ""
            values.texts["\(measure.name).lines"] = lines(measure, objective)
            values.texts.merge(channels(objective).map { ("\(measure.name).\($0.key)", $0.value) }) { $1 }
        }
        return values
    }

    // MARK: One line

    private static func line(_ objective: Objective) -> TemplateValues {
        var values = TemplateValues()
        let limit = objective.alertLimit ?? objective.target
        values.texts = [
            "name": objective.name, "dashed": objective.name.replacing("_", with: "-"), "title": objective.title,
            "target.text": objective.target.text, "target.number": objective.target.number,
            "target.bucket": bucket(objective.target),
            "limit.text": limit.text, "limit.number": limit.number,
            "limit.tight": limit.text.replacing(" %", with: "%"),
            "limit.word": objective.alertLimit == nil ? "target" : "limit", "severity": severity(objective),
            "steps": steps(objective.measure, objective), "promise": promise(objective),
        ]
        values.texts.merge(channels(objective)) { $1 }
        if case .share(let target) = objective.target {
            values.texts["complement.number"] = ObjectiveText.share(1_000_000 - target)
            values.texts["complement.text"] = ObjectiveText.percent(1_000_000 - target)
        }
        if objective.alertLimit != nil { values.flags.insert("alert") }
        if !objective.isSilent { values.flags.insert("alerting") }
        switch objective.measure {
        case .answerDuration(let percentile), .firstToken(let percentile):
            let isMedian = percentile == .p50
            let beyond = DecimalText.render(Int128(1000 - percentile.permille), scale: 1)
            for (name, text) in [
                ("name", percentile.name), ("camel", percentile.camel), ("quantile", percentile.quantile),
                ("number", percentile.number),
                // Two beyond it at least, and never a handful.
                ("samples", "\(max(20, 2 * 1000 / (1000 - percentile.permille)))"), ("words", percentile.words),
                ("words_inside", isMedian ? "median" : percentile.words),
            ] { values.texts["percentile.\(name)"] = text }
            values.texts["beyond.text"] = isMedian ? "Half" : "\(beyond) %"
            values.texts["beyond.inside"] = isMedian ? "half" : "\(beyond) %"
        default: break
        }
        return values
    }

    /// How a line about certain channels selects series, alone in braces, behind other matchers, and the latter within
    /// a quoted text; how many answers it rests on; and what people read. All without a matcher where a line is about
    /// all channels.
    private static func channels(_ objective: Objective?) -> [String: String] {
        let names = (objective?.channels ?? []).map { String(decoding: $0, as: UTF8.self) }
        let matcher = names.isEmpty ? "" : "channel=~\"\(names.map(pattern).joined(separator: "|"))\""
        let (alone, behind) = (names.isEmpty ? "" : "{\(matcher)}", names.isEmpty ? "" : ", \(matcher)")
        var texts = [
            "channels.in": alone, "channels.and": behind, "channels.and_quoted": behind.replacing("\"", with: "\\\""),
            "channels.words": names.isEmpty ? "" : ", of channel \(names.joined(separator: ", "))",
            "channels.scope": names.isEmpty ? "whole service" : "channel \(names.joined(separator: ", "))",
        ]
        for window in ["5m", "15m"] {
            let (all, gone) = ("support_answers_total\(alone)", "support_answers_corrected_total\(alone)")
            texts["answers.\(window)"] =
                names.isEmpty
                ? "job:support_answers:increase\(window)"
                : "sum by (job) (increase(\(all)[\(window)]) - increase(\(gone)[\(window)]))"
        }
        return texts
    }

    /// A name as a regular expression that matches nothing else. Of what names may have, these two alone mean something
    /// else there.
    private static func pattern(_ name: String) -> String {
        name.replacing(".", with: "[.]").replacing("+", with: "[+]")
    }

    /// Beyond a target without an alert limit it is worth knowing, not worth waking for.
    private static func severity(_ objective: Objective) -> String {
        guard objective.alertLimit != nil else { return "info" }
        switch objective.measure {
        case .availability, .answerDuration, .errorRate: return "critical"
        case .firstToken, .costPerAnswer, .satisfaction: return "warning"
        }
    }

    /// How a bucket of a histogram is selected: Prometheus 2 keeps the bound as it was written, 2 in one format and 2.0
    /// in the other.
    private static func bucket(_ bound: ObjectiveBound) -> String {
        let number = bound.number
        return number.utf8.contains(UInt8(ascii: ".")) ? "=\"\(number)\"" : "=~\"\(number)|\(number).0\""
    }

    // MARK: Dashboards

    /// Where the panel of a line stands: all share the five rows below the title, up to eight beside each other.
    private static func place(_ index: Int, of count: Int, _ line: inout TemplateValues) {
        let rows = (count + 7) / 8
        let (perRow, row) = ((count + rows - 1) / rows, index / ((count + rows - 1) / rows))
        let inRow = min(perRow, count - row * perRow)
        let column = index - row * perRow
        func edge(_ part: Int, _ parts: Int, _ whole: Int) -> Int { part * whole / parts }
        let (x, y) = (edge(column, inRow, 24), edge(row, rows, 5))
        // Numbers of panels are for ever: 2 to 8 are those of the first seven, others are not used elsewhere.
        line.texts["id"] = "\(index < 7 ? 2 + index : 200 + index)"
        (line.texts["x"], line.texts["y"]) = ("\(x)", "\(1 + y)")
        (line.texts["w"], line.texts["h"]) = ("\(edge(column + 1, inRow, 24) - x)", "\(edge(row + 1, rows, 5) - y)")
    }

    /// Where a colour begins on a scale; nil: at its start.
    private typealias Step = (color: String, from: String?)

    private static func json(_ steps: [Step]) -> String {
        var json = JSONWriter(.spaced)
        json.array(steps) { step, json in
            json.object { json in
                json.member("color", step.color)
                json.key("value")
                if let number = step.from { json.raw(number) } else { json.null() }
            }
        }
        return json.text
    }

    private static func steps(_ measure: ObjectiveMeasure, _ objective: Objective?) -> String {
        guard let objective else { return json([("blue", nil)]) }
        let isBelow = measure.direction == .below
        var steps: [Step] = [(isBelow ? "green" : objective.alertLimit == nil ? "orange" : "red", nil)]
        if isBelow {
            steps.append(("orange", objective.target.number))
            if let limit = objective.alertLimit { steps.append(("red", limit.number)) }
        } else {
            if let limit = objective.alertLimit { steps.append(("orange", limit.number)) }
            steps.append(("green", objective.target.number))
        }
        return json(steps)
    }

    private static func promise(_ objective: Objective) -> String {
        let word =
            switch objective.direction {
            // Equality is met.
            case .atLeast, .above: "at least "
            case .below: "at most "
            }
        let alert = objective.alertLimit.map {
            ", alert \(objective.direction == .below ? "above" : "below") \($0.text)."
        }
        let scope = objective.channels.isEmpty ? "" : " for \(objective.channelsText)"
        return " Target \(word)\(objective.target.text)\(scope)" + (alert ?? "; the table has no alert limit for it.")
    }

    private static func lines(_ measure: ObjectiveMeasure, _ objective: Objective?) -> String {
        guard let objective else { return "" }
        let alert = objective.alertLimit.map { " and alert limit (\($0.text))" } ?? ""
        let percentile =
            switch measure {
            case .answerDuration(let percentile), .firstToken(let percentile): " of \(percentile.title)"
            default: ""
            }
        return
            " The dashed \(alert.isEmpty ? "line is" : "lines are") "
            + "target (\(objective.target.text))\(alert)\(percentile)."
    }

    // MARK: Availability

    private static func add(_ objective: Objective, _ set: ObjectiveSet, _ values: inout TemplateValues) {
        let burn = BurnRates(objective, budgetDays: set.budgetDays)
        values.texts["availability.alerts"] = AlertNames.names(objective, budgetDays: set.budgetDays).joined(
            separator: ", ")
        for (name, rate) in [
            ("hour", burn.hour), ("six_hours", burn.sixHours), ("day", burn.day), ("three_days", burn.threeDays),
        ] {
            values.texts["burn.\(name)"] = rate.number
            if rate.isAsked { values.flags.insert("burn.\(name)") }
        }
        for (name, isAsked, isBoth) in [
            ("fast", burn.isFastAsked, burn.hour.isAsked && burn.sixHours.isAsked),
            ("slow", burn.isSlowAsked, burn.day.isAsked && burn.threeDays.isAsked),
        ] {
            if isAsked { values.flags.insert("burn.\(name)") }
            if isBoth { values.flags.insert("burn.\(name).both") }
        }
        // One line of the slow alert is enough for a panel: the lowest one.
        let slow = burn.threeDays.isAsked ? (burn.threeDays, "3 d", "yellow") : (burn.day, "1 d", "yellow")
        let lines = [(burn.hour, "1 h", "red"), (burn.sixHours, "6 h", "orange"), slow].filter {
            $0.0.isAsked && !objective.isSilent
        }
        let steps: [Step] = [("green", nil)] + lines.reversed().map { ($0.2, $0.0.number) }
        values.texts["burn.steps"] = json(steps)
        let places = lines.map { "\($0.0.number) (\($0.1))" }.joined(separator: ", ")
        values.texts["burn.lines"] = lines.isEmpty ? "" : " The lines are where the burn alerts stand: \(places)."
        values.texts["burn.fast.rates"] = rates([(burn.hour, "an hour uses 2 %"), (burn.sixHours, "six hours use 5 %")])
        values.texts["burn.slow.rates"] = rates([
            (burn.day, "a day uses 10 %"), (burn.threeDays, "three days use 10 %"),
        ])
    }

    /// `At 14.4 times the allowed rate an hour uses 2 % of the budget, at 6 times six hours use 5 %`, of the rates that
    /// an alert asks for.
    private static func rates(_ uses: [(rate: BurnRates.Rate, text: String)]) -> String {
        uses.filter { $0.rate.isAsked }.enumerated().map { index, use in
            index == 0
                ? "At \(use.rate.number) times the allowed rate \(use.text) of the budget"
                : "at \(use.rate.number) times \(use.text)"
        }.joined(separator: ", ")
    }

    /// The limit of a row of `turns` in nanoseconds. Names of channels hold nothing that SQL or a shell would read as
    /// anything else.
    private static func sql(_ limits: AnswerLimits) -> String {
        guard !limits.channels.isEmpty else { return "\(limits.nanoseconds)" }
        let cases = limits.channels.map { "when '\(String(decoding: $0.name, as: UTF8.self))' then \($0.nanoseconds) " }
        return "case channel \(cases.joined())else \(limits.nanoseconds) end"
    }
}
