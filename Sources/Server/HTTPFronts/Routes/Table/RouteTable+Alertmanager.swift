import Access

/// The rows of Alertmanager's API v2 by which amtool sees what fires. Nothing is silenced here, and nobody but the
/// rules says what fires: what would change something is not among them.
extension RouteTable {
    static let alertmanager: [Route] = [
        row(
            .firingAlerts, "alerts", "alerts that fire, for amtool",
            [
                .query("filter", .list(.text), "alerts whose labels pass, several times, such as severity=page"),
                .query("receiver", .text, "a pattern of receivers; the only one is plimsoll"),
                .query("active", .flag, "false: none"),
                .query("silenced", .flag, "nothing is silenced"),
                .query("inhibited", .flag, "nothing is inhibited"),
                .query("unprocessed", .flag, "nothing is left unprocessed"),
            ], .list(.any), [400]),
        row(.silences, "silences", "none, for amtool", [], .list(.any)),
        row(.alertmanagerStatus, "status", "which Alertmanager this answers as", [], .map(.any)),
    ]

    private static func row(
        _ name: RouteName, _ address: String, _ summary: String, _ parameters: [RouteParameter], _ answer: JSONSchema,
        _ statuses: [Int] = []
    ) -> Route {
        var route = Route(name, .get, "/api/v2/" + address, needs: .read, .series, summary)
        (route.parameters, route.otherStatuses) = (parameters, statuses)
        route.answers = [RouteContent("application/json", answer)]
        route.refusals = [RouteContent("application/json", JSONSchema.text)]
        return route
    }
}
