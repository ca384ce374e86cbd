import AlertRules
import Bytes
import JSONTexts
import PromQLText
import RuleFiles
package import Sending

/// What a server evaluates and whom it tells, as the configuration of a Prometheus says it that does the same.
package enum PrometheusConfiguration {
    /// YAML whose values are written as JSON. What in an address opens something is not in it.
    /// - Parameters:
    ///   - manager: who evaluates rules; nil: nobody does.
    ///   - destinations: who is told of alerts; of them Alertmanagers have a place in it.
    /// - Complexity: O(bytes).
    package static func yaml(of manager: RuleManager?, telling destinations: [AlertDestination]) -> String {
        let beginning = "# plimsoll keeps its own metrics and scrapes nobody\n"
        guard let set = manager?.rules else { return beginning + "global: {}\n" }
        let global = JSONWriter.object { json in
            json.member("evaluation_interval", duration(set.options.interval))
            // Older ones do not know it.
            if set.options.queryOffset != 0 { json.member("rule_query_offset", duration(set.options.queryOffset)) }
            json.key("external_labels")
            json.value(set.options.externalLabels.labels)
        }
        var files = JSONWriter()
        files.array(set.files) { $1.value($0.name) }
        let alerting = JSONWriter.object { json in
            json.key("alertmanagers")
            json.array(destinations.filter { $0.kind == .alertmanager }) { write($0.url, to: &$1) }
        }
        return beginning + "global: \(global)\nrule_files: \(files.text)\nalerting: \(alerting)\n"
    }

    private static func write(_ url: DestinationURL, to json: inout JSONWriter) {
        let parts = url.description.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let path = parts.count > 3 ? "/" + parts[3].prefix { $0 != "?" } : "/"
        let end = "/api/v2/alerts"
        json.object { json in
            json.member("scheme", String(parts[0].dropLast()))
            json.member("path_prefix", path.hasSuffix(end) ? String(path.dropLast(end.count)) : path)
            json.key("static_configs")
            json.array([url.host]) { host, json in
                json.object { json in
                    json.key("targets")
                    json.array([host]) { $1.value($0) }
                }
            }
        }
    }

    /// - Parameter milliseconds: at least 0.
    private static func duration(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
