package import Bytes
import Domain
import JSONTexts

/// At which times rules of alerts were evaluated, and at which they were not, as when no server ran, the rule was not
/// yet there or failed: by what was noted with the states of their groups, and what the running process has evaluated
/// since. Of what nobody noted nothing is known but that: an alert that does not show there was not quiet.
package struct EvaluatedTimes: Sendable {
    /// What types its rows have.
    package static let noteType = SystemNoteKind.alertsEvaluated.rawValue

    private typealias Stretch = TimeStretches.Stretch

    /// What is known of the rules of one alert.
    private struct Alert: Sendable {
        /// As rules have it.
        let name: ByteText
        /// Evaluated, each evaluation up to where the next one would be; ascending, with time between them.
        let evaluated: [Stretch]
        /// All of the rest.
        let missing: [Stretch]
    }

    /// By the bytes of their names.
    private let alerts: [Alert]
    private let asked: Stretch
    // tests: years of rows take no memory.
    /// How many stretches were held, when all rows had been read.
    package let stretchesHeld: Int

    /// Notes between two looks at the clock.
    private static let notesPerLook = 4096

    /// - Parameters:
    ///   - notes: the data of the rows, in any order, perhaps several times.
    ///   - manager: who evaluates now; its rules are meant. nil: nobody does, and there are none.
    ///   - name: of one alert; nil: of all.
    ///   - from: ms since 1970.
    ///   - to: ms since 1970, not included.
    ///   - now: ms since 1970; of later times nothing is said.
    ///   - look: throws when the work is to end.
    /// - Throws: what `look` does.
    /// - Complexity: O(names in notes · log gaps); what is held is gaps.
    package init(
        _ notes: some Sequence<String>, evaluatedBy manager: RuleManager?, only name: ByteText? = nil, from: Int64,
        to: Int64, now: Int64, look: () throws -> Void = {}
    ) throws {
        let asked = Stretch(from: from, to: max(from, min(to, now)))
        var known: [ByteText: [ExactText?: Known]] = [:]
        // order: each alert by itself
        for (alert, groups) in Self.groups(manager?.rules ?? RuleSet.none) where name == nil || name == alert {
            // Of several groups each has to be looked at by itself, and those that had it once are none of them.
            // order: each group by itself
            let places: [ExactText?] = groups.count == 1 ? [nil] : Array(groups)
            known[alert] = Dictionary(uniqueKeysWithValues: places.map { ($0, Known()) })
        }
        func take(_ note: EvaluationNote) {
            let stretch = Stretch(from: note.first, to: note.last.saturatingAdd(note.interval))
            guard stretch.from < asked.to, stretch.to > asked.from else { return }
            for alert in note.alerts {
                known[alert]?[nil]?.take(stretch, note.interval)
                known[alert]?[note.group]?.take(stretch, note.interval)
            }
        }
        for (place, text) in notes.enumerated() {
            if place % Self.notesPerLook == 0 { try look() }
            if let note = EvaluationNote(data: text) { take(note) }
        }
        for note in manager?.unnoted ?? [] { take(note) }
        self.asked = asked
        stretchesHeld = known.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.stretches.count } }
        alerts = known.map { alert, groups in
            // An alert was quiet where all of its rules were evaluated.
            // order: what all have in common is the same in each
            let evaluated = groups.values.map { Self.evaluated($0, asked, isNow: to >= now) }
            return Self.alert(alert, evaluated.dropFirst().reduce(evaluated.first ?? [], TimeStretches.common), asked)
        }.sorted { $0.name < $1.name }
    }

    /// From when on (ns since 1970) there may be rows that tell of a time or of later ones: each is noted after the
    /// last evaluation of which it tells, which counts up to the next one. A day leaves room for clocks that are set.
    package static func rows(since time: Int64, evaluatedBy manager: RuleManager?) -> Int64 {
        let rules = manager?.rules ?? RuleSet.none
        let interval = rules.places.map { rules.interval(of: $0.group) }.max() ?? 0
        let before = Nanoseconds.day.saturatingAdd(interval.saturatingMultiply(by: 1_000_000))
        return max(0, time.saturatingSubtract(before))
    }

    private struct Known {
        private(set) var stretches = TimeStretches()
        /// ms from one evaluation to the next, of the latest; nil: there was none.
        var interval: Int64? { latest?.interval }
        private var latest: (stretch: Stretch, interval: Int64)?

        mutating func take(_ stretch: Stretch, _ interval: Int64) {
            stretches.take(stretch)
            if let latest, (latest.stretch.from, latest.stretch.to) > (stretch.from, stretch.to) { return }
            latest = (stretch, interval)
        }
    }

    /// In which groups alerts are.
    private static func groups(_ rules: RuleSet) -> [ByteText: Set<ExactText>] {
        var groups: [ByteText: Set<ExactText>] = [:]
        for place in rules.places {
            for alert in EvaluationNote.alerts(of: place.group) { groups[alert, default: []].insert(place.key) }
        }
        return groups
    }

    private static func evaluated(_ known: Known, _ asked: Stretch, isNow: Bool) -> [Stretch] {
        var joined = known.stretches.joined
        // The next evaluation is not missing as long as its time has only just come.
        if isNow, let place = joined.indices.last, let interval = known.interval,
            asked.to.saturatingSubtract(joined[place].to) < interval
        {
            joined[place].to = max(joined[place].to, asked.to)
        }
        // Where nothing is asked there is nothing of it.
        return joined.map { Stretch(from: max($0.from, asked.from), to: min($0.to, asked.to)) }
            .filter { $0.from < $0.to }
    }

    private static func alert(_ name: ByteText, _ evaluated: [Stretch], _ asked: Stretch) -> Alert {
        var missing: [Stretch] = []
        var reached = asked.from
        for stretch in evaluated {
            if reached < stretch.from { missing.append(Stretch(from: reached, to: stretch.from)) }
            reached = stretch.to
        }
        if reached < asked.to { missing.append(Stretch(from: reached, to: asked.to)) }
        return Alert(name: name, evaluated: evaluated, missing: missing)
    }

    /// `{"from":…,"to":…,"alerts":[{"alert":…,"evaluated":[{"from":…,"to":…}],"not_evaluated":[…]}]}`
    package var json: String {
        JSONWriter.object { json in
            Self.write(asked, to: &json)
            json.key("alerts")
            json.array(alerts) { alert, json in
                json.object { json in
                    json.key("alert")
                    json.value(utf8: alert.name.bytes[...])
                    json.key("evaluated")
                    json.array(alert.evaluated) { stretch, json in json.object { Self.write(stretch, to: &$0) } }
                    json.key("not_evaluated")
                    json.array(alert.missing) { stretch, json in json.object { Self.write(stretch, to: &$0) } }
                }
            }
        } + "\n"
    }

    private static func write(_ stretch: Stretch, to json: inout JSONWriter) {
        json.member("from", RFC3339.render(stretch.from.saturatingMultiply(by: 1_000_000)))
        json.member("to", RFC3339.render(stretch.to.saturatingMultiply(by: 1_000_000)))
    }
}
