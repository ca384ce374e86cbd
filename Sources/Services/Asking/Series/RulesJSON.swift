import JSONTexts

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
