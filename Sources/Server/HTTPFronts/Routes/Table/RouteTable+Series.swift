import Access

/// The rows of Prometheus' HTTP API. Names that a row does not know are passed over, as Prometheus does: its clients
/// send what other servers of this API know. Only what misses `as_of` by a mark or a capital is refused.
extension RouteTable {
    static let series: [Route] = questions + [link] + indexes + states

    private static let prefix = "/api/v1/"
    private static let time = "seconds since 1970 with decimals, or RFC 3339"
    private static let length = "seconds with decimals, or such as 5m"

    private static let query = RouteParameter.query("query", .text, "an expression of PromQL", isRequired: true)
    private static let limit = RouteParameter.query("limit", .integer, "so many at most; 0 or without it: all")
    private static let matches = RouteParameter.query(
        "match[]", .list(.text), "a selector of series, several times; all series without it")
    private static let period: [RouteParameter] = [
        .query("start", .text, "series with a sample since then: \(time)"),
        .query("end", .text, "series with a sample until then: \(time)"), asOf,
    ]
    private static let asOf = RouteParameter.query(
        "as_of", .text, "as the store was known then: \(time), or position: and a number; as it is now without it")
    private static let asked: [RouteParameter] = [
        .query("timeout", .text, "how long it may take: \(length); at most the server's limit"),
        .query("lookback_delta", .text, "how far back a sample stands for a later time: \(length); 5m without it"),
        limit, .query("stats", .text, "anything: what the answer took is told, too"), asOf,
    ]

    /// What an answer looks like around what is asked for.
    private static func answer(_ data: JSONSchema) -> [RouteContent] {
        let schema = JSONSchema.object([
            .always("status", .choice(["success"])), .always("data", data),
            .perhaps("warnings", .list(.text), "What may be wrong with the answer."),
            .perhaps("infos", .list(.text), "What is worth a look."),
        ])
        return [RouteContent("application/json", schema)]
    }

    private static func row(
        _ name: RouteName, _ address: String, _ summary: String, _ parameters: [RouteParameter], _ data: JSONSchema,
        _ statuses: [Int] = []
    ) -> Route {
        var route = Route(name, .get, prefix + address, needs: .read, .series, summary)
        (route.parameters, route.answers, route.otherStatuses) = (parameters, answer(data), statuses)
        route.refusals = [RouteContent("application/json", .seriesRefusal)]
        return route
    }

    /// The row, and the one for who asks the same by a form.
    private static func both(_ route: Route, _ form: RouteName) -> [Route] {
        var second = Route(form, .post, route.path, needs: .read, .series, route.summary)
        (second.detail, second.answers, second.refusals) = (route.detail, route.answers, route.refusals)
        (second.isForm, second.otherStatuses) = (true, route.otherStatuses + [408, 413, 415])
        let members = route.parameters.map {
            SchemaMember(name: $0.name, schema: $0.type, meaning: $0.meaning, isRequired: $0.isRequired)
        }
        second.bodies = [RouteContent("application/x-www-form-urlencoded", .object(members))]
        second.parameters = [
            .header("Content-Encoding", .choice(["gzip", "zstd", "deflate", "identity"]), "how the form is compressed")
        ]
        return [route, second]
    }

    private static let questions: [Route] = {
        let value = JSONSchema.object([
            .always("resultType", .choice(["scalar", "string", "vector", "matrix"])), .always("result", .list(.any)),
            .perhaps("stats", .map(.any)),
        ])
        let statuses = [400, 422, 429, 503]
        var instant = row(
            .instantQuery, "query", "ask in PromQL: once",
            [query, .query("time", .text, "when: \(time); now without it")] + asked, value, statuses)
        instant.detail =
            "Of what it took, samples are those that were read, each once, and the most that were held at a time."
        var range = row(
            .rangeQuery, "query_range", "ask in PromQL: again and again",
            [
                query, .query("start", .text, "the first time: \(time)", isRequired: true),
                .query("end", .text, "no time is later: \(time)", isRequired: true),
                .query("step", .text, "from one time to the next: \(length)", isRequired: true),
            ] + asked, value, statuses)
        range.detail = "A series has at most 11,001 points."
        var exemplars = row(
            .queryExemplars, "query_exemplars", "exemplars of series",
            [query, .query("start", .text, "from then on: \(time)"), .query("end", .text, "until then: \(time)"), asOf],
            .list(.map(.any)), statuses)
        exemplars.detail =
            "Events with a trace, of each hundredth of the time the last: of counters, and of histograms under their "
            + "buckets and their native names. Labels are trace_id, span_id and conversation_id."
        return both(instant, .instantQueryForm) + both(range, .rangeQueryForm)
            + both(exemplars, .queryExemplarsForm)
            + both(
                row(.formatQuery, "format_query", "PromQL, well set", [query], .text, [400, 429, 503]),
                .formatQueryForm)
            + both(
                row(.parseQuery, "parse_query", "PromQL as a tree", [query], .map(.any), [400, 429, 503]),
                .parseQueryForm)
    }()

    /// Alerts lead there from where they are read, in the words that every Alertmanager knows.
    private static let link: Route = {
        var link = Route(.expressionLink, .get, "/graph", needs: .read, .series, "ask what an alert's link names")
        link.detail = "The answer of /api/v1/query, as of now, of the first panel of an address of Prometheus' page."
        link.parameters = [.query("g0.expr", .text, "an expression of PromQL", isRequired: true)]
        if let instant = questions.first { (link.answers, link.refusals) = (instant.answers, instant.refusals) }
        link.otherStatuses = [400, 422, 429, 503]
        return link
    }()

    private static let indexes: [Route] = {
        let statuses = [400, 422, 429, 503]
        var wanted = matches
        wanted.isRequired = true
        let list = row(
            .seriesList, "series", "which series there are", [wanted] + period + [limit], .list(.map(.text)), statuses)
        let names = row(
            .labelNames, "labels", "which labels series have", [matches] + period + [limit], .list(.text), statuses)
        let values = row(
            .labelValues, "label/{name}/values", "what a label says",
            [.path("name", .text, "the label; U__ and escapes spell other names"), matches] + period + [limit],
            .list(.text), statuses)
        let metadata = row(
            .metricMetadata, "metadata", "what metrics are",
            [
                .query("metric", .text, "of this one alone"), limit,
                .query("limit_per_metric", .integer, "each metric is described once"),
            ],
            .map(.list(.object([.always("type", .text), .always("unit", .text), .always("help", .text)]))), [400])
        let statistics = row(
            .seriesStatistics, "status/tsdb", "how many series there are",
            [.query("limit", .integer, "so many names at most; 10 without it")], .map(.any), statuses)
        return both(list, .seriesListForm) + both(names, .labelNamesForm) + [values, metadata, statistics]
    }()

    private static let states: [Route] = {
        let named: [RouteParameter] = [
            .query("type", .choice(["alert", "record"]), "rules of this type; both without it"),
            .query("rule_name[]", .list(.text), "rules of this name"),
            .query("rule_group[]", .list(.text), "groups of this name"),
            .query("file[]", .list(.text), "groups of this file"),
            .query("exclude_alerts", .flag, "without the alerts of rules"),
        ]
        let targets: [RouteParameter] = [
            .query("state", .choice(["active", "dropped", "any"]), "any without it"),
            .query("scrapePool", .text, "of this pool alone"),
        ]
        return [
            row(.ruleStates, "rules", "rules and how they went", named, .map(.any), [400]),
            row(.alertStates, "alerts", "alerts that are pending or fire", [], .map(.any)),
            row(.alertmanagers, "alertmanagers", "where alerts are sent", [], .map(.any)),
            row(.scrapeTargets, "targets", "whose metrics these are", targets, .map(.any)),
            row(.buildInfo, "status/buildinfo", "which Prometheus this answers as", [], .map(.text)),
            row(.runtimeInfo, "status/runtimeinfo", "how the server runs", [], .map(.any)),
            row(.serverFlags, "status/flags", "limits in Prometheus' words", [], .map(.text)),
            row(.serverConfiguration, "status/config", "which rules there are, and who is told", [], .map(.text)),
        ]
    }()
}
