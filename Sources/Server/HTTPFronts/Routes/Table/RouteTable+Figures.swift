import Asking
import Reports

/// The rows of pages of reports, budgets and alerts.
extension RouteTable {
    static let figures: [Route] = {
        var report = page(.reportPage, "/reports/{kind}", "service levels, cost or outcomes, with charts")
        report.parameters.insert(
            .path("kind", .choice(ReportKind.allCases.map(\.rawValue)), "which report"), at: 0)
        report.otherStatuses.append(404)
        var alert = page(.alertPage, "/alerts/{name}", "one alert: instances, history, conversations")
        alert.parameters.insert(.path("name", .text, "the alert, such as PlimsollDown"), at: 0)
        alert.parameters.append(
            .query(
                ConversationAddress.parameter, .text,
                "its name, where no path can hold it (. and ..); the path has \(ConversationAddress.substitute) in "
                    + "its place"))
        alert.otherStatuses.append(404)
        return [
            report, page(.budgetsPage, "/slos", "error budgets, and what burned them"),
            page(.alertsPage, "/alerts", "what is pending and fires, and every rule"), alert,
        ]
    }()
}
