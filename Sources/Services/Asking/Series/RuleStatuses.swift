import JSONTexts

/// Whoever evaluates rules, as the API tells of it.
package protocol RuleStatuses: Sendable {
    /// The groups with their rules, in their order; none where no rules are evaluated.
    var groups: [RuleGroupStatus] { get }
}

/// No rules are evaluated.
package struct NoRules: RuleStatuses {
    /// As it is.
    package init() {}
    /// See ``RuleStatuses``.
    package var groups: [RuleGroupStatus] { [] }
}

/// A group of rules and how it went.
package struct RuleGroupStatus: Sendable {
    /// Its name.
    package var name: String
    /// The file that it stands in.
    package var file: String
    /// In the order in which they are evaluated.
    package var rules: [RuleStatus]
    // tests: what is shown is read as a value.
    /// ns from one evaluation to the next.
    package var intervalNanoseconds: Int64
    /// How many alerts a rule may have; 0: any number.
    package var limit = 0
    /// ns that the last evaluation took.
    package var evaluationNanoseconds: Int64 = 0
    /// When that was: ns since 1970 UTC.
    package var evaluatedAt: Int64 = 0

    /// A group that was not evaluated yet.
    package init(name: String, file: String, rules: [RuleStatus], intervalNanoseconds: Int64) {
        (self.name, self.file, self.rules) = (name, file, rules)
        self.intervalNanoseconds = intervalNanoseconds
    }
}

/// A rule and how it went.
package struct RuleStatus: Sendable {
    /// What a rule does with what its expression says.
    package enum Kind: Sendable {
        /// Keeps it as series.
        case recording
        /// Has alerts: ns that it must hold, and ns that they go on firing afterwards.
        case alerting(holdNanoseconds: Int64, keepNanoseconds: Int64, annotations: [(name: String, value: String)])
    }

    /// What it does.
    package var kind: Kind
    /// Of the series, or of the alert.
    package var name: String
    /// The expression.
    package var query: String
    /// What it adds to what it makes.
    package var labels: [(name: String, value: String)] = []
    /// `ok`, `err` or `unknown`.
    package var health = "unknown"
    /// Why the last evaluation failed; empty: it did not.
    package var lastError = ""
    /// ns that the last evaluation took.
    package var evaluationNanoseconds: Int64 = 0
    /// When that was: ns since 1970 UTC.
    package var evaluatedAt: Int64 = 0
    /// What it found to be so.
    package var alerts: [AlertStatus] = []

    /// A rule that was not evaluated yet.
    package init(_ kind: Kind, name: String, query: String) { (self.kind, self.name, self.query) = (kind, name, query) }

    /// `firing`, `pending` or `inactive`: the worst of its alerts.
    var state: String {
        alerts.contains(where: \.isFiring) ? "firing" : alerts.isEmpty ? "inactive" : "pending"
    }
}

/// An alert that is pending or fires.
package struct AlertStatus: Sendable {
    /// With the rule's own.
    package var labels: [(name: String, value: String)]
    /// Filled in.
    package var annotations: [(name: String, value: String)] = []
    /// Otherwise it is pending.
    package var isFiring: Bool
    /// Since when: ns since 1970 UTC.
    package var activeAt: Int64
    /// Since when it only goes on firing, likewise; nil: it does not.
    package var keepFiringSince: Int64?
    /// What the expression says.
    package var value: Double

    /// Takes each part as given.
    package init(labels: [(name: String, value: String)], isFiring: Bool, activeAt: Int64, value: Double) {
        (self.labels, self.isFiring, self.activeAt, self.value) = (labels, isFiring, activeAt, value)
    }
}

/// Rules and alerts as Prometheus writes them in JSON.
package enum RulesJSON {
    /// Which rules are asked for.
    package struct Filter: Sendable {
        /// `alert` or `record`; nil: both.
        package var type: String?
        /// Names of rules; empty: all.
        package var names: [String] = []
        /// Names of groups; empty: all.
        package var groups: [String] = []
        /// Files that groups stand in; empty: all.
        package var files: [String] = []
        /// Whether alerts are left out.
        package var isWithoutAlerts = false

        /// All rules.
        package init() {}

        fileprivate func wants(_ rule: RuleStatus) -> Bool {
            let isAlert = if case .alerting = rule.kind { true } else { false }
            if let type, type != (isAlert ? "alert" : "record") { return false }
            return Self.has(names, rule.name)
        }

        fileprivate func wants(_ group: RuleGroupStatus) -> Bool {
            Self.has(groups, group.name) && Self.has(files, group.file)
        }

        private static func has(_ names: [String], _ name: String) -> Bool { names.isEmpty || names.contains(name) }
    }

    /// `{"groups":[…]}`; groups without a wanted rule are left out where some are not wanted.
    package static func groups(_ states: any RuleStatuses, _ filter: Filter) -> String {
        let groups = states.groups.filter(filter.wants).map { group in
            var group = group
            group.rules = group.rules.filter(filter.wants)
            return group
        }
        let isFiltered = filter.type != nil || !filter.names.isEmpty
        return JSONWriter.object { json in
            json.key("groups")
            json.array(groups.filter { !isFiltered || !$0.rules.isEmpty }) { write($0, filter, to: &$1) }
        }
    }

    /// `{"alerts":[…]}`.
    package static func alerts(_ states: any RuleStatuses) -> String {
        JSONWriter.object { json in
            json.key("alerts")
            json.array(states.groups.flatMap(\.rules).flatMap(\.alerts)) { write($0, to: &$1) }
        }
    }

    /// `[{"group":…,"labels":…,…}]`: alerts of rules that are not among those that are shown.
    package static func alerts(ofOthers alerts: [(group: String, alert: AlertStatus)]) -> String {
        var json = JSONWriter()
        json.array(alerts) { one, json in write(one.alert, of: one.group, to: &json) }
        return json.text
    }

    private static func write(_ group: RuleGroupStatus, _ filter: Filter, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", group.name)
        json.member("file", group.file)
        json.key("rules")
        json.array(group.rules) { write($0, filter, to: &$1) }
        json.member("interval", seconds(group.intervalNanoseconds))
        json.member("limit", group.limit)
        json.member("evaluationTime", seconds(group.evaluationNanoseconds))
        json.key("lastEvaluation")
        json.value(time: group.evaluatedAt)
        json.endObject()
    }

    private static func write(_ rule: RuleStatus, _ filter: Filter, to json: inout JSONWriter) {
        json.beginObject()
        switch rule.kind {
        case .recording:
            json.member("name", rule.name)
            json.member("query", rule.query)
            if !rule.labels.isEmpty { write(rule.labels, as: "labels", to: &json) }
        case .alerting(let hold, let keep, let annotations):
            json.member("state", rule.state)
            json.member("name", rule.name)
            json.member("query", rule.query)
            json.member("duration", seconds(hold))
            json.member("keepFiringFor", seconds(keep))
            write(rule.labels, as: "labels", to: &json)
            write(annotations, as: "annotations", to: &json)
            json.key("alerts")
            json.array(filter.isWithoutAlerts ? [] : rule.alerts) { write($0, to: &$1) }
        }
        json.member("health", rule.health)
        if !rule.lastError.isEmpty { json.member("lastError", rule.lastError) }
        json.member("evaluationTime", seconds(rule.evaluationNanoseconds))
        json.key("lastEvaluation")
        json.value(time: rule.evaluatedAt)
        if case .recording = rule.kind { json.member("type", "recording") } else { json.member("type", "alerting") }
        json.endObject()
    }

    private static func write(_ alert: AlertStatus, of group: String? = nil, to json: inout JSONWriter) {
        json.beginObject()
        if let group { json.member("group", group) }
        write(alert.labels, as: "labels", to: &json)
        write(alert.annotations, as: "annotations", to: &json)
        json.member("state", alert.isFiring ? "firing" : "pending")
        json.key("activeAt")
        json.value(time: alert.activeAt)
        if let since = alert.keepFiringSince {
            json.key("keepFiringSince")
            json.value(time: since)
        }
        json.member("value", SeriesJSON.exponentText(alert.value))
        json.endObject()
    }

    private static func write(_ pairs: [(name: String, value: String)], as name: String, to json: inout JSONWriter) {
        json.key(name)
        json.object { json in
            for pair in pairs { json.member(pair.name, pair.value) }
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
}
