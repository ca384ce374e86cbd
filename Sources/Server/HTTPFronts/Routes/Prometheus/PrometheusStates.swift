import Asking
import Bytes
import Domain
import Hummingbird
import Intakes
import JSONTexts
import Platform
import RequestFields
import Rules
import Sending

/// What clients of Prometheus ask of the server itself. Whatever it has not, it says in the form in which Prometheus
/// would have none.
extension Routes {
    /// The version of Prometheus whose API and language these are: clients judge by it what they may ask.
    private static let apiVersion = "3.5.0"

    func state(_ name: RouteName, _ form: FormParameters, _ request: Request) async throws -> Response {
        switch name {
        case .ruleStates:
            let filter = try Self.ruleFilter(form)
            let refused = ruleStanding?.failure.map { ["rule files are not taken, the rules before go on: \($0)"] }
            let warnings = (refused ?? []) + alertSenders.compactMap(\.complaint)
            return try await threads.figures.run { [rules] in
                let text = RulesJSON.groups(rules, filter)
                return PrometheusReply.response(warnings: warnings) { $0.raw(text) }
            }
        case .alertStates:
            return try await threads.figures.run { [rules] in
                let text = RulesJSON.alerts(rules)
                return PrometheusReply.response { $0.raw(text) }
            }
        case .alertmanagers:
            let told = alertSenders.filter { $0.target.kind == .alertmanager }
            return PrometheusReply.response { json in
                json.object { json in
                    json.key("activeAlertmanagers")
                    json.array(told) { sender, json in
                        json.object { $0.member("url", sender.target.url.description) }
                    }
                    json.key("droppedAlertmanagers")
                    json.raw("[]")
                }
            }
        case .scrapeTargets: return targets(form, request)
        case .buildInfo: return buildInfo
        case .runtimeInfo: return runtimeInfo
        case .serverFlags: return serverFlags
        case .serverConfiguration:
            let text = PrometheusConfiguration.yaml(of: ruleManager, telling: alertSenders.map(\.target))
            return PrometheusReply.response { json in json.object { $0.member("yaml", text) } }
        default: preconditionFailure("\(name) is no route of Prometheus' API")
        }
    }

    private static func ruleFilter(_ form: FormParameters) throws(SeriesRefusal) -> RulesJSON.Filter {
        func texts(_ name: String) -> [String] { form.all(name).map { String(decoding: $0, as: UTF8.self) } }
        var filter = RulesJSON.Filter()
        if let type = form["type"] {
            guard type == "alert" || type == "record" else {
                throw SeriesRefusal(parameter: "type", "not supported value \"\(type)\"")
            }
            filter.type = type
        }
        (filter.names, filter.groups, filter.files) = (texts("rule_name[]"), texts("rule_group[]"), texts("file[]"))
        if let text = form["exclude_alerts"] {
            guard text == "true" || text == "false" else {
                throw SeriesRefusal(parameter: "exclude_alerts", "error converting exclude_alerts: true or false")
            }
            filter.isWithoutAlerts = text == "true"
        }
        return filter
    }

    /// Ourselves, whose metrics all series are.
    private func targets(_ form: FormParameters, _ request: Request) -> Response {
        let address = "http://\(request.head.authority ?? "plimsoll")/metrics"
        let state = form["state"]?.lowercased() ?? "any"
        let isWanted = ["any", "active"].contains(state) && form["scrapePool"].map { $0 == "plimsoll" } != false
        let (now, step) = (clock.wallNanoseconds(), PinnedSeries.stepNanoseconds)
        let interval = "\(step / Nanoseconds.second)s"
        return PrometheusReply.response { json in
            json.beginObject()
            json.key("activeTargets")
            json.array(isWanted ? [address] : []) { address, json in
                json.beginObject()
                json.key("discoveredLabels")
                json.object { _ in }
                json.key("labels")
                json.object { json in
                    for label in PinnedSeries.target { json.member("\(label.name)", "\(label.value)") }
                }
                json.member("scrapePool", "plimsoll")
                json.member("scrapeUrl", address)
                json.member("globalUrl", address)
                json.member("lastError", "")
                json.key("lastScrape")
                json.value(time: now / step * step, decimals: .three)
                json.member("lastScrapeDuration", 0)
                json.member("health", "up")
                json.member("scrapeInterval", interval)
                json.member("scrapeTimeout", interval)
                json.endObject()
            }
            json.key("droppedTargets")
            json.raw("[]")
            json.key("droppedTargetCounts")
            json.raw("{}")
            json.endObject()
        }
    }

    private var buildInfo: Response {
        PrometheusReply.response { json in json.object { writeBuild(Self.apiVersion, to: &$0) } }
    }

    /// The members by which clients of Prometheus' family know a program: its API's version, and what it is.
    func writeBuild(_ version: String, to json: inout JSONWriter) {
        json.member("version", version)
        json.member("revision", "plimsoll-" + Version.text)
        json.member("branch", "plimsoll")
        json.member("buildUser", "plimsoll")
        json.member("buildDate", "")
        json.member("goVersion", "")
    }

    /// Where the process runs is nobody's business: what would say so is empty.
    private var runtimeInfo: Response {
        let (now, standing) = (clock.wallNanoseconds(), ruleStanding)
        return PrometheusReply.response { json in
            json.beginObject()
            json.key("startTime")
            json.value(time: startWallNanoseconds, decimals: .three)
            json.member("CWD", "")
            json.member("hostname", "")
            json.key("serverTime")
            json.value(time: now, decimals: .three)
            json.member("reloadConfigSuccess", standing?.failure == nil)
            json.key("lastConfigTime")
            json.value(time: standing?.takenAt ?? startWallNanoseconds, decimals: .three)
            json.member("corruptionCount", health.damage.count)
            json.member("goroutineCount", 0)
            json.member("GOMAXPROCS", workers.parallelism)
            json.member("GOMEMLIMIT", limits.memoryBytesMax)
            json.member("GOGC", "")
            json.member("GODEBUG", "")
            json.member("storageRetention", "")
            json.endObject()
        }
    }

    private var serverFlags: Response {
        PrometheusReply.response { json in
            json.object { json in
                json.member("query.lookback-delta", "\(SeriesQuestion.lookbackStandard / 60_000)m")
                json.member("query.max-concurrency", String(limits.queriesRunningMax))
                json.member("query.max-samples", String(SeriesQuestion.samplesMax))
                json.member("query.timeout", "\(limits.queryTimeLimit.components.seconds)s")
                json.member("web.enable-admin-api", "false")
                json.member("web.enable-remote-write-receiver", "false")
            }
        }
    }
}
