import Asking
import Bytes
import Dashboarding
import Domain
import PromQLText
import Reports
import RequestFields
import Rules

/// What addresses say of a question: times, filters, cursors, variables, selectors. Each input is a query string.
extension FuzzTarget {
    static let questions: [FuzzTarget] = [report, conversations, board, seriesQuestion]

    private static let now: Int64 = 1_785_578_400_123_456_789

    /// Text of parameters, as a front reads it.
    private static func text(_ form: FormParameters, _ name: String) -> [String] {
        form.all(name).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let report = FuzzTarget(
        "http-report", "asked twice it is the same question; a refusal has words and a hint",
        texts: [
            "from=now-30d/d&to=now/d&timezone=Europe/Berlin&by=model,day&where=model%3Dgpt-4o&where=tenant%3D",
            "from=2026-08-01&to=2026-08-02T09:30:00%2B02:00&rule=zendesk-2026&objectives=1&by=channel&by=week",
            "from=1785574800.5&to=now%2B1M-1fy/fQ&timezone=%2B05:30", "timezone=posixrules&to=0000-01-01",
        ]
    ) { bytes in
        let form = FormParameters(query: String(decoding: bytes, as: UTF8.self))
        for kind in ReportKind.allCases {
            func read() -> Result<ReportRequest, ReportError> {
                do throws(ReportError) {
                    return .success(
                        try ReportRequest(
                            kind: kind, from: form["from"], to: form["to"], by: text(form, "by"),
                            filters: text(form, "where"), rule: form["rule"], timeZone: form["timezone"],
                            objectives: form["objectives"], now: now))
                } catch { return .failure(error) }
            }
            let asked = read()
            try require(asked == read(), "the same question twice")
            if case .failure(let error) = asked {
                try require(!error.message.isEmpty && !error.hint.isEmpty, "a refusal in words")
            }
        }
    }

    private static let conversations = FuzzTarget(
        "http-conversations", "a list, or a refusal with a hint; a cursor is written and read again the same",
        texts: [
            "sort=cost&limit=10&"
                + "cursor=1.cost.1785000000000000000.1785578400000000000.123456.1785578399000000000.632d31.74",
            "sort=newest&before=1.newest.-9223372036854775808.9223372036854775807.-1.0..&tenant=a&outcome=resolved",
            "from=now-7d&to=now&id=c-&errors=1&min_cost=0.01&min_duration=1.5&sort=duration&channel=web&topic=a",
            "sort=slowest&order=asc&before=1.slowest-asc.0.1.-1.0.61.74", "sort=last&cursor=1.last.0.1.0.0.61.74",
            "user=u_0123456789abcdef0123456789abcdef&limit=500&rule=intercom-fin&variant=b",
        ]
    ) { bytes in
        let form = FormParameters(query: String(decoding: bytes, as: UTF8.self))
        func place(_ value: (String) -> String?) -> Result<String?, ReportError> {
            do throws(ReportError) {
                return .success(try ConversationRequest(now: now, rule: .house1, value).placeText)
            } catch { return .failure(error) }
        }
        switch place({ form[$0] }) {
        case .failure(let error):
            try require(!error.message.isEmpty && !error.hint.isEmpty, "a refusal in words")
        case .success(.none): break
        case .success(.some(let written)):
            let again = place { $0 == "cursor" ? written : ["sort", "order"].contains($0) ? form[$0] : nil }
            try require(again == .success(written), "a cursor that is written is read as it was")
        }
    }

    private static let board = FuzzTarget(
        "http-board", "a range that holds time; a value of a variable stays that value whatever it spells",
        texts: [
            "from=now-6h&to=now&timezone=Europe/Berlin&var-v=gpt-4o",
            "from=1785000000000&to=1785578400000&var-v=a%22%7D",
            "from=now/w&to=now/fy&week=sunday&var-v=%5C%5C%22%20or%20%60x%60%20%23%0A$v&find-v=%5B", "var-v=.*|b&to=z",
        ]
    ) { bytes in
        let form = FormParameters(query: String(decoding: bytes, as: UTF8.self))
        let defaults = BoardTimes.Defaults(
            from: "now-6h", to: "now", weekStart: form["week"] ?? "", fiscalYearStartMonth: 3)
        let times = BoardTimes(
            from: form["from"], to: form["to"], zone: form["timezone"], defaults: defaults, now: now)
        try require(times.from < times.to, "a range that holds time")
        let timing = PanelTiming(from: times.from, to: times.to, points: 1_000, least: 0)
        try require(timing.step > 0 && (1...1_002).contains(timing.pointCount), "\(timing.pointCount) points")
        for (_, value) in form.pairs(beginning: "find-") { _ = ValueSearch(ByteText(value)).finds("gpt-4o") }
        let values = form.pairs(beginning: "var-").map(\.value)
        // A longer one makes a pattern that nobody compiles.
        guard let value = values.first, !value.isEmpty, value.count <= 256, QuotedText.isUTF8(value) else { return }
        // PromQL takes it for bytes that are no UTF-8, in quotes as well.
        if value.contains([0xEF, 0xBF, 0xBD]) { return }
        let interpolation = Interpolation(timing, ["v": .values([ByteText(value)])])
        for expression in [#"x{b="$v",c=~"${v}"}"#, #"x{b='${v:raw}',c=~'$v'}"#] {
            let asked: [UInt8]
            do throws(InterpolationError) { asked = try interpolation.text(expression) } catch {
                throw FuzzFinding("a value cannot stand in quotes: \(error)")
            }
            let wanted: SeriesMatchers
            do throws(PromQLError) { wanted = try SeriesMatchers(selector: asked) } catch {
                throw FuzzFinding("with the value it is no selector: \(error)")
            }
            for label: ByteText in ["b", "c"] {
                try require(wanted.passes(ByteText(value), of: label), "the value passes")
                try require(!wanted.passes(ByteText(value + [0x78]), of: label), "another value does not")
            }
            try require(wanted.matchers.count == 3, "no more is asked than the expression says")
        }
    }

    private static let seriesQuestion = FuzzTarget(
        "http-series", "a question of Prometheus' API, or a refusal that names its parameter",
        texts: [
            "query=up&start=1785574800&end=2026-08-01T09:00:00Z&step=15s&timeout=1m&as_of=position:12",
            "time=1785578400.123&match[]=up&match[]={__name__=~%22a.*%22,b!=%22%22}&filter=severity=~%22page|ticket%22",
            "time=-292273086-05-16T16:47:06Z&step=1e300&start=9e18&end=-9e18&filter=team=a&receiver=p.*",
            "as_of=9999-12-31T23:59:59.999Z&step=1y2w3d4h5m6s7ms&match[]={a=\"b\"} or {c=\"d\"}&filter=a!~(",
        ]
    ) { bytes in
        let form = FormParameters(body: bytes, query: nil)
        /// What a parameter says; nil where it is refused, in words that name it.
        func read<Value>(
            _ name: String, _ reading: (String) throws(SeriesRefusal) -> Value
        ) throws(FuzzFinding) -> Value? {
            guard let text = form[name] else { return nil }
            do throws(SeriesRefusal) { return try reading(text) } catch {
                try require(error.message.contains(name), "\(error.message) names \(name)")
                return nil
            }
        }
        let start = try read("start") { text throws(SeriesRefusal) in try SeriesTimeText.time(text, "start") }
        let end = try read("end") { text throws(SeriesRefusal) in try SeriesTimeText.optionalTime(text, "end") }
        let step = try read("step") { text throws(SeriesRefusal) in try SeriesTimeText.duration(text, "step") }
        _ = try read("time") { text throws(SeriesRefusal) in try SeriesTimeText.optionalTime(text, "time") }
        _ = try read("timeout") { text throws(SeriesRefusal) in try SeriesTimeText.duration(text, "timeout") }
        _ = try read("as_of") { text throws(SeriesRefusal) in try EarlierSeries.moment(text) }
        if let start, let end, let step {
            var question = SeriesQuestion(form.bytes("query") ?? [], from: start, through: end, step: step)
            do throws(SeriesRefusal) { try question.check() } catch {
                try require(!error.message.isEmpty, "a refusal in words")
            }
        }
        for selector in form.all("match[]") {
            do throws(PromQLError) { _ = try SeriesMatchers(selector: selector) } catch {
                try require(!error.faults.isEmpty, "a refusal has a fault")
            }
        }
        do throws(SeriesRefusal) {
            _ = try AlertListing(form.all("filter"), receiver: form["receiver"].map { Array($0.utf8) })
        } catch {
            let isNamed = ["filter", "receiver"].contains { error.message.contains($0) }
            try require(isNamed, "\(error.message) names its parameter")
        }
    }
}
