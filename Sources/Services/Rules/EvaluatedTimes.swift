package import Bytes
import Domain
import JSONTexts

/// At which times rules of alerts were evaluated, and at which they were not, as when no server ran, the rule was not
/// yet there or failed: by what was noted with the states of their groups, and what the running process has evaluated
/// since. Of what nobody noted nothing is known but that: an alert that does not show there was not quiet.
package struct EvaluatedTimes: Sendable {
    /// The type of its rows.
    package static let noteType = SystemNoteKind.rulesEvaluated.rawValue

    /// A stretch of time.
    private struct Stretch: Sendable {
        /// ms since 1970.
        let from: Int64
        /// ms since 1970, not included.
        var to: Int64
    }

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
    /// - Complexity: O(notes · log notes).
    package init(
        _ notes: [String], evaluatedBy manager: RuleManager?, only name: ByteText? = nil, from: Int64, to: Int64,
        now: Int64, look: () throws -> Void = {}
    ) throws {
        let asked = Stretch(from: from, to: max(from, min(to, now)))
        var known: [ByteText: [Known]] = [:]
        for alert in manager?.rules.alertNames ?? [] {
            let alert = ByteText(alert.utf8)
            if name == nil || name == alert { known[alert] = [] }
        }
        func take(_ note: EvaluationNote) {
            let stretch = Stretch(from: note.first, to: note.last.saturatingAdd(note.interval))
            guard stretch.from < asked.to, stretch.to > asked.from else { return }
            for alert in note.alerts { known[alert]?.append(Known(stretch: stretch, interval: note.interval)) }
        }
        for (place, text) in notes.enumerated() {
            if place % Self.notesPerLook == 0 { try look() }
            if let note = EvaluationNote(data: text) { take(note) }
        }
        for note in manager?.unnoted ?? [] { take(note) }
        self.asked = asked
        alerts = known.map { Self.alert($0.key, $0.value, asked, isNow: to >= now) }.sorted { $0.name < $1.name }
    }

    private struct Known {
        var stretch: Stretch
        let interval: Int64
    }

    private static func alert(_ name: ByteText, _ known: [Known], _ asked: Stretch, isNow: Bool) -> Alert {
        var joined: [Stretch] = []
        var interval: Int64 = 0
        for one in known.sorted(by: { ($0.stretch.from, $0.stretch.to) < ($1.stretch.from, $1.stretch.to) }) {
            interval = one.interval
            if let place = joined.indices.last, one.stretch.from <= joined[place].to {
                joined[place].to = max(joined[place].to, one.stretch.to)
            } else {
                joined.append(one.stretch)
            }
        }
        // The next evaluation is not missing as long as its time has only just come.
        if isNow, let place = joined.indices.last, asked.to.saturatingSubtract(joined[place].to) < interval {
            joined[place].to = max(joined[place].to, asked.to)
        }
        joined = joined.map { Stretch(from: max($0.from, asked.from), to: min($0.to, asked.to)) }
        var missing: [Stretch] = []
        var reached = asked.from
        for stretch in joined {
            if reached < stretch.from { missing.append(Stretch(from: reached, to: stretch.from)) }
            reached = stretch.to
        }
        if reached < asked.to { missing.append(Stretch(from: reached, to: asked.to)) }
        return Alert(name: name, evaluated: joined, missing: missing)
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
