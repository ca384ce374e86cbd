package import Domain
import Yams

/// What is said of objectives: changes of the built-in set. Names are free here, so they are read apart from the other settings, and only
/// in files. Where nothing is said, the set that the store has stays in force.
///
///     answer_limit: 30s
///     answer_limits:
///       email: 5m
///     error_budget: 30d
///     objectives:                  # or `default`: the built-in ones
///       availability: {target: 99.95%, alert: 99.5%}
///       answer_p90: {target: 4s, alert: 6s}
///       answer_p95: none           # no such line
package struct ObjectiveSettings: Sendable {
    /// The settings below which names are free.
    package static let groups = ["answer_limits", "objectives"]
    /// One line for people on each, in the form of the list of settings.
    package static let purposes = [
        "answer_limits.CHANNEL: the same for one channel, such as email: 5m",
        "objectives.NAME: {target: …, alert: …} of a line of the service level table, none for no such line; names: "
            + "availability, answer_pN, first_token_pN (any percentile N), error_rate, cost_per_answer, satisfaction",
        "objectives: default for the built-in ones, where others were set before",
    ]

    /// What becomes of one line.
    private struct Line: Sendable {
        var measure: ObjectiveMeasure
        var place: Int?
        var isRemoved = false
        var target: ObjectiveBound?
        /// Some nil: no alert.
        var alert: ObjectiveBound??
    }

    var answerLimitNanoseconds: Int64?
    var budgetDays: Int?
    private var channels: [AnswerLimits.Channel] = []
    private var channelsPlace: Int?
    private var lines: [Line] = []
    private var isDefaultAsked = false
    /// How many values the file has of it.
    private(set) var count = 0

    /// Nothing said.
    init() {}

    /// The set that follows; nil where nothing was said.
    package var set: ObjectiveSet? {
        let isAnySaid = answerLimitNanoseconds != nil || budgetDays != nil || !channels.isEmpty || !lines.isEmpty
        guard isDefaultAsked || isAnySaid else { return nil }
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(nanoseconds: answerLimitNanoseconds ?? set.answerLimits.nanoseconds, channels: channels)
        if let budgetDays { set.budgetDays = budgetDays }
        for line in lines {
            let known = set.objectives.firstIndex { $0.measure == line.measure }
            if line.isRemoved {
                if let known { set.objectives.remove(at: known) }
            } else if let known {
                if let target = line.target { set.objectives[known].target = target }
                if let alert = line.alert { set.objectives[known].alertLimit = alert }
            } else if let target = line.target {
                set.add(Objective(line.measure, target: target, alertLimit: line.alert ?? nil))
            }
        }
        return set
    }

    /// What is wrong with the set as a whole.
    var findings: [SettingsFinding] {
        guard let set else { return [] }
        for line in lines {
            do throws(ObjectiveProblem) {
                try set.objective(line.measure)?.check()
            } catch {
                return [SettingsFinding(line: line.place, message: "objectives.\(line.measure.name): expected \(error)")]
            }
        }
        do throws(ObjectiveProblem) {
            try set.check()
        } catch {
            return [SettingsFinding(line: channelsPlace ?? lines.first?.place, message: "expected \(error)")]
        }
        return []
    }

    // MARK: Reading

    /// Reads what stands below one of the ``groups``.
    /// - Returns: the mistakes in it.
    mutating func read(_ group: String, _ value: Node, line: Int?) -> [SettingsFinding] {
        if case .scalar(let scalar) = value, group == "objectives", scalar.string == "default" {
            isDefaultAsked = true
            count += 1
            return []
        }
        guard case .mapping(let mapping) = value else {
            return [SettingsFinding(line: line, message: "\(group): expected names with values below it")]
        }
        var findings: [SettingsFinding] = []
        for (name, value) in mapping {
            let place = name.mark?.line
            do throws(SettingsFinding) {
                if group == "objectives" {
                    try readObjective(name.string ?? "", value, place)
                } else {
                    try readLimit(name.string ?? "", value, place)
                }
                count += 1
            } catch {
                findings.append(error)
            }
        }
        return findings
    }

    private mutating func readLimit(_ name: String, _ value: Node, _ place: Int?) throws(SettingsFinding) {
        channelsPlace = channelsPlace ?? place
        let limit = try Self.text(value, "answer_limits.\(name)", place, SettingText.nanoseconds)
        channels.append(AnswerLimits.Channel(name: Array(name.utf8), nanoseconds: limit))
    }

    private mutating func readObjective(_ name: String, _ value: Node, _ place: Int?) throws(SettingsFinding) {
        guard let measure = ObjectiveMeasure(name: name) else {
            throw SettingsFinding(
                line: place,
                message: "there is no objective \(name); known: availability, answer_pN, first_token_pN (such as answer_p95), error_rate, "
                    + "cost_per_answer, satisfaction")
        }
        var line = Line(measure: measure, place: place)
        if case .scalar(let scalar) = value, scalar.string == "none" {
            line.isRemoved = true
            lines.append(line)
            return
        }
        guard case .mapping(let mapping) = value else {
            throw SettingsFinding(line: place, message: "objectives.\(name): expected {target: …, alert: …} or none")
        }
        for (part, value) in mapping {
            let key = "objectives.\(name).\(part.string ?? "")"
            let partPlace = part.mark?.line
            switch part.string {
            case "target":
                line.target = try Self.text(value, key, partPlace) { text throws(SettingProblem) in
                    try SettingText.bound(text, of: measure)
                }
            case "alert":
                line.alert = try Self.text(value, key, partPlace) { text throws(SettingProblem) in
                    text == "none" ? .some(nil) : .some(try SettingText.bound(text, of: measure))
                }
            default: throw SettingsFinding(line: partPlace, message: "there is no \(key); known: target, alert")
            }
        }
        guard line.target != nil || ObjectiveSet.builtIn.objective(measure) != nil else {
            throw SettingsFinding(line: place, message: "objectives.\(name): expected a target, since no built-in one has this name")
        }
        lines.append(line)
    }

    private static func text<Value>(
        _ node: Node, _ key: String, _ place: Int?, _ read: (String) throws(SettingProblem) -> Value
    ) throws(SettingsFinding) -> Value {
        guard case .scalar(let scalar) = node else { throw SettingsFinding(line: place, message: "\(key): expected one value") }
        do throws(SettingProblem) {
            return try read(scalar.string)
        } catch {
            throw SettingsFinding(line: place, message: "\(key): expected \(error.expected)")
        }
    }
}
