package import Domain
import JSONTexts
import Yams

/// What is said of objectives: changes of the built-in set. Names are free here, so they are read apart from the other
/// settings, and only in files. Where nothing is said, the set that the store has stays in force.
///
///     answer_limit: 30s
///     answer_limits:
///       email: 5m
///     error_budget: 30d
///     objectives:                  # or `default`: the built-in ones
///       availability: {target: 99.95%, alert: 99.5%}
///       answer_p90: {target: 4s, alert: 6s}
///       answer_p95: none           # no such line
///       error_rate: {alert: none}  # no rule about it
///       satisfaction: {channels: [chat, web]}  # of these channels only
package struct ObjectiveSettings: Sendable {
    /// The settings below which names are free.
    static let groups = ["answer_limits", "objectives"]
    /// One line for people on each, in the form of the list of settings.
    package static let purposes = [
        "answer_limits.CHANNEL: the same for one channel, such as email: 5m",
        "objectives.NAME: {target: …, alert: …, channels: […]} of a line of the service level table, alert: none for no alert, none for no "
            + "such line, channels where it is about these only; "
            + "names: availability, answer_pN, first_token_pN (any percentile N), error_rate, cost_per_answer, satisfaction",
        "objectives: default for the built-in ones, where others were set before",
    ]

    /// What is said of an objective.
    private enum Part: String, CaseIterable { case target, alert, channels }

    /// What becomes of one line.
    private struct Line: Sendable {
        var measure: ObjectiveMeasure
        var place: Int?
        var isRemoved = false
        var target: ObjectiveBound?
        /// Some nil: no alert.
        var alert: ObjectiveBound??
        /// nil: nothing said.
        var channels: [[UInt8]]?
        /// Whether some of it could not be read.
        var isUnread = false

        /// Whether there is to be no alert.
        var isSilent: Bool { if case .some(.none) = alert { true } else { false } }
    }

    var answerLimitNanoseconds: Int64?
    var budgetDays: Int?
    private var channels: [AnswerLimits.Channel] = []
    private var channelsPlace: Int?
    private var lines: [Line] = []
    /// Whether there is a name or a value of an objective that could not be read: nobody knows then how many there are
    /// to be.
    private var isAnyUnread = false
    private var isDefaultAsked = false
    /// How many values the file has of it.
    private(set) var count = 0
    /// Channels that miss a known one by a slip: no mistakes, since events may name any.
    private var slips: [SettingsFinding] = []

    /// Nothing said.
    init() {}

    /// What is no mistake and looks like a slip; ascending by line.
    package var remarks: [SettingsFinding] { slips.sorted { ($0.line ?? 0) < ($1.line ?? 0) } }

    /// The set that follows; nil where nothing was said.
    package var set: ObjectiveSet? {
        let isAnySaid = answerLimitNanoseconds != nil || budgetDays != nil || !channels.isEmpty || !lines.isEmpty
        guard isDefaultAsked || isAnySaid else { return nil }
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(
            nanoseconds: answerLimitNanoseconds ?? set.answerLimits.nanoseconds, channels: channels)
        if let budgetDays { set.budgetDays = budgetDays }
        for line in lines {
            let known = set.objectives.firstIndex { $0.measure == line.measure }
            if line.isRemoved {
                if let known { set.objectives.remove(at: known) }
            } else if let known {
                if let target = line.target { set.objectives[known].target = target }
                if let channels = line.channels { set.objectives[known].channels = channels }
                if let alert = line.alert {
                    set.objectives[known].alertLimit = alert
                    set.objectives[known].isSilent = line.isSilent
                }
            } else if let target = line.target {
                var objective = Objective(
                    line.measure, target: target, alertLimit: line.alert ?? nil, isSilent: line.isSilent)
                objective.channels = line.channels ?? []
                set.add(objective)
            }
        }
        return set
    }

    /// All that is wrong with lines, each with what it changes, and with the set as a whole.
    var findings: [SettingsFinding] {
        guard let set else { return [] }
        var findings: [SettingsFinding] = []
        for line in lines where !line.isRemoved {
            let problems =
                line.isUnread
                ? Objective.problems(target: line.target, alertLimit: line.alert ?? nil)
                    + Objective.problems(channels: line.channels ?? [], of: line.measure)
                : set.objective(line.measure)?.problems ?? []
            findings += problems.map {
                SettingsFinding(line: line.place, message: "objectives.\(line.measure.name): expected \($0)")
            }
        }
        if channels.count > AnswerLimits.channelsMax {
            let message =
                "answer_limits: expected at most \(AnswerLimits.channelsMax) channels with a limit of their own"
            findings.append(SettingsFinding(line: channelsPlace, message: message))
        }
        if !isAnyUnread, !(1...ObjectiveSet.objectivesMax).contains(set.objectives.count) {
            let message = "objectives: expected 1 to \(ObjectiveSet.objectivesMax) objectives"
            findings.append(SettingsFinding(line: lines.first?.place, message: message))
        }
        // What is left is a kind of mistake that nothing above names.
        guard findings.isEmpty, !isAnyUnread else { return findings }
        do throws(ObjectiveProblem) {
            try set.check()
        } catch {
            findings.append(SettingsFinding(line: channelsPlace ?? lines.first?.place, message: "expected \(error)"))
        }
        return findings
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
            if group == "objectives" { isAnyUnread = true }
            return [SettingsFinding(line: line, message: "\(group): expected names with values below it")]
        }
        var findings: [SettingsFinding] = []
        for (name, value) in mapping {
            let (text, place) = (name.string ?? "", name.mark?.line)
            let mistakes = group == "objectives" ? readObjective(text, value, place) : readLimit(text, value, place)
            if mistakes.isEmpty { count += 1 } else if group == "objectives" { isAnyUnread = true }
            findings += mistakes
        }
        return findings
    }

    /// What one value throws, added to the mistakes.
    private static func collect(_ findings: inout [SettingsFinding], _ read: () throws(SettingsFinding) -> Void) {
        do throws(SettingsFinding) {
            try read()
        } catch {
            findings.append(error)
        }
    }

    private mutating func readLimit(_ name: String, _ value: Node, _ place: Int?) -> [SettingsFinding] {
        channelsPlace = channelsPlace ?? place
        let (key, bytes) = ("answer_limits.\(name)", Array(name.utf8))
        var findings: [SettingsFinding] = []
        if !AnswerLimits.isPlain(bytes) {
            let message = "\(key): expected channels with a limit of their own to have \(AnswerLimits.namesText)"
            findings.append(SettingsFinding(line: place, message: message))
        }
        // `1` and `"1"` are two names in YAML.
        if channels.contains(where: { $0.name == bytes }) {
            findings.append(SettingsFinding(line: place, message: "given twice: \(key)"))
        }
        var limit: Int64?
        Self.collect(&findings) { () throws(SettingsFinding) in
            let read: Int64 = try Self.text(value, key, place, SettingText.answerLimit)
            limit = read
        }
        if findings.isEmpty, let limit {
            channels.append(AnswerLimits.Channel(name: bytes, nanoseconds: limit))
            remark(on: bytes, "answer_limits", place)
        }
        return findings
    }

    /// Notes a channel that nobody may write in, since another one was meant.
    private mutating func remark(on channel: [UInt8], _ key: String, _ place: Int?) {
        let (registry, name) = (SchemaRegistry.builtIn, String(decoding: channel, as: UTF8.self))
        let column = registry.wellKnown.channel
        let known = registry.columns[Int(column)].knownValues
        guard !known.contains(name), let meant = registry.word(meantBy: name, of: column, among: known) else { return }
        let message = "\(key): did you mean \(meant)? What is said of \(name) holds for events that name this channel"
        slips.append(SettingsFinding(line: place, message: message))
    }

    private mutating func readObjective(_ name: String, _ value: Node, _ place: Int?) -> [SettingsFinding] {
        func mistake(_ message: String) -> [SettingsFinding] { [SettingsFinding(line: place, message: message)] }
        guard let measure = ObjectiveMeasure(name: name) else {
            let hint = nameHint(
                to: name, among: ObjectiveMeasure.usual.map(\.name), orElse: "known: \(ObjectiveMeasure.namesText)")
            return mistake("there is no objective \(name); \(hint)")
        }
        if lines.contains(where: { $0.measure == measure }) { return mistake("given twice: objectives.\(name)") }
        var line = Line(measure: measure, place: place)
        if case .scalar(let scalar) = value, scalar.string == "none" {
            line.isRemoved = true
            lines.append(line)
            return []
        }
        guard case .mapping(let mapping) = value else {
            return mistake("objectives.\(name): expected {target: …, alert: …, channels: […]} or none")
        }
        var findings: [SettingsFinding] = []
        var isTargetSaid = false
        for (part, value) in mapping {
            isTargetSaid = isTargetSaid || part.string == Part.target.rawValue
            Self.collect(&findings) { () throws(SettingsFinding) in
                try Self.readPart(part, value, "objectives.\(name).\(part.string ?? "")", &line)
            }
            guard part.string == Part.channels.rawValue else { continue }
            for channel in line.channels ?? [] { remark(on: channel, "objectives.\(name).channels", part.mark?.line) }
        }
        if !isTargetSaid, ObjectiveSet.builtIn.objective(measure) == nil {
            findings += mistake("objectives.\(name): expected a target, since no built-in one has this name")
        }
        line.isUnread = !findings.isEmpty
        lines.append(line)
        return findings
    }

    private static func readPart(_ part: Node, _ value: Node, _ key: String, _ line: inout Line) throws(SettingsFinding)
    {
        let (measure, place) = (line.measure, part.mark?.line)
        switch part.string.flatMap(Part.init(rawValue:)) {
        case .target:
            line.target = try Self.text(value, key, place) { text throws(SettingProblem) in
                try SettingText.bound(text, of: measure)
            }
        case .alert:
            let alert: ObjectiveBound? = try Self.text(value, key, place) { text throws(SettingProblem) in
                try SettingText.value(text, or: "none") { text throws(SettingProblem) in
                    try SettingText.bound(text, of: measure)
                }
            }
            line.alert = .some(alert)
        case .channels: line.channels = try readChannels(value, key, place)
        case nil:
            let hint = nameHint(to: part.string ?? "", known: Part.allCases.map(\.rawValue))
            throw SettingsFinding(line: place, message: "there is no \(key); \(hint)")
        }
    }

    /// A list of names, or one of them, ascending by their bytes.
    private static func readChannels(_ node: Node, _ key: String, _ place: Int?) throws(SettingsFinding) -> [[UInt8]] {
        var nodes = [node]
        if case .sequence(let sequence) = node { nodes = Array(sequence) }
        var names: [[UInt8]] = []
        for node in nodes {
            guard case .scalar(let scalar) = node else {
                throw SettingsFinding(line: place, message: "\(key): expected a list of channels")
            }
            names.append(Array(scalar.string.utf8))
        }
        guard !names.isEmpty else { throw SettingsFinding(line: place, message: "\(key): expected a list of channels") }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func text<Value>(
        _ node: Node, _ key: String, _ place: Int?, _ read: (String) throws(SettingProblem) -> Value
    ) throws(SettingsFinding) -> Value {
        guard case .scalar(let scalar) = node else {
            throw SettingsFinding(line: place, message: "\(key): expected one value")
        }
        do throws(SettingProblem) {
            return try read(scalar.string)
        } catch {
            throw SettingsFinding(line: place, message: "\(key): expected \(error.expected)")
        }
    }
}
