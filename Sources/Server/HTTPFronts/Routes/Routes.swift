import Access
import Asking
import Domain
import Execution
import Exporting
import HTTPTypes
import Hummingbird
import Intakes
import OperatorLogs
import Plans
import Platform
import RequestFields
import Rules
import Sending
import Shipping

/// What answers the addresses of ``RouteTable``. Handlers decode, call, encode; the work is done elsewhere.
struct Routes: Sendable {
    let store: any ServedStore
    let intake: EventIntake
    let traces: TraceIntake
    let settlement: TraceSettlement
    let senders: [TraceSender]
    let examples: ExemplarCollector
    let queries: QueryService
    /// Answers what the server is asked of itself, on a thread of its own.
    let statusQueries: QueryService
    let activity: ActivityGauge
    /// Answers of `/metrics`, by their format.
    let scrapes = SharedAnswers<ExpositionFormat, [UInt8]>()
    let health: ServerHealth
    let access: AccessControl
    let refusals: RefusalCounts
    /// What was refused when.
    let history: RefusalHistory
    let connections: ConnectionCeiling
    /// How many files and sockets the process may have open.
    let openFilesMax: Int
    let clock: any Clock
    let log: OperatorLog
    let workers: any Workers
    let threads: BlockingThreads
    let limits: ServerLimits
    /// Who is served where nobody has to show a token.
    let guardian: SiteGuard
    /// Who is believed when he says for whom he asks.
    let proxies: TrustedProxies
    /// Where senders reach it, such as `http://127.0.0.1:8910`; nil before it listens.
    let ownAddress: @Sendable () -> String?
    /// The monotonic clock at the start.
    let startNanoseconds: Int64
    /// The wall clock then.
    let startWallNanoseconds: Int64
    /// What only the running server knows of metrics.
    let present = PresentMetrics()
    /// What questions for series left to those after them.
    let seriesMemory: SeriesMemory
    /// Makes stores as they were known earlier.
    let earlierStores: EarlierStores
    /// Dashboards that pages show.
    let shelf: DashboardShelf
    /// Where pages link to a trace; see ``ServerConfiguration/traceLink``.
    let traceLink: String?
    /// Who evaluates rules; nil: nobody does.
    var ruleManager: RuleManager?
    /// Who tells others of alerts.
    var alertSenders: [AlertSender] = []
    /// Who brings databases what the store has.
    var shippers: [Shipper] = []
    /// The files of the rules; nil: they follow from objectives.
    var ruleFiles: RuleFileWatch?

    /// How rules stand.
    var rules: any RuleStatuses { ruleManager ?? NoRules() }

    /// What answers questions.
    var engine: any QueryEngine { LocalEngine(clock: clock, workers: workers) }

    /// Every row of ``RouteTable``, and nothing besides.
    func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: LoopRoutes())
        router.add(middleware: ErrorReplies(counts: refusals, health: health, proxies: proxies))
        router.add(middleware: RequestRules())
        router.add(middleware: AccessMiddleware(access: access, scopes: RouteTable.scopes, guardian: guardian))
        let booking = AnswerBooking(queries: queries)
        for route in RouteTable.routes {
            let methods: [HTTPRequest.Method] = route.method == .get ? [.get, .head] : [.post]
            for method in methods {
                router.on(RouterPath(route.path), method: method) { request, context in
                    let made =
                        if route.outlastsClient {
                            try await answer(route, request, context)
                        } else {
                            try await context.noticingDisconnection { try await answer(route, request, context) }
                        }
                    return try booking.booked(made, of: route)
                }
            }
        }
        return router
    }

    /// What answers a route: one handler a name.
    private func answer(_ route: Route, _ request: Request, _ context: ServerContext) async throws -> Response {
        func part(_ name: String) -> String { context.parameters.get(name) ?? "" }
        func query() throws(Refusal) -> QueryParameters { try QueryParameters(request, of: route) }
        switch route.name {
        case .sendEvents: return try await EventRequests(intake: intake, limits: limits).accept(request, query())
        case .sendSpans, .sendSpansElsewhere:
            return try await TraceRequests(intake: traces, limits: limits).accept(request, query())
        case .exportEvents: return try await events(query())
        case .askSQL: return try await rows(request, query())
        case .instantQuery, .instantQueryForm, .rangeQuery, .rangeQueryForm, .queryExemplars, .queryExemplarsForm,
            .formatQuery, .formatQueryForm, .parseQuery, .parseQueryForm, .seriesList, .seriesListForm, .labelNames,
            .labelNamesForm, .labelValues, .metricMetadata, .seriesStatistics, .expressionLink, .ruleStates,
            .alertStates, .alertmanagers, .scrapeTargets, .buildInfo, .runtimeInfo, .serverFlags, .serverConfiguration:
            return try await prometheus(route.name, part("name"), request)
        case .firingAlerts: return try await firingAlerts(FormParameters(query: request.uri.query))
        case .silences: return Response(json: Array("[]".utf8))
        case .alertmanagerStatus: return alertmanagerStatus
        case .statusReport: return try await report(.status, query())
        case .doctorReport: return try await report(.doctor, query())
        case .budgets: return try await report(.budgets, query())
        case .budgetHistory: return try await report(.budgetHistory, query())
        case .report: return try await report(ReportName(part("kind")), query())
        case .alertReplay: return try await alertReplay(query())
        case .alertEvaluations: return try await alertEvaluations(query())
        case .conversations: return try await conversations(query(), request.headers)
        case .conversation: return try await conversation(part("id"), query(), request.headers)
        case .prices: return try await prices(query())
        case .priceCheck: return try await priceCheck(query())
        case .rebookingPreview: return try await rebookingPreview(query())
        case .rebook: return try await rebook(request, query())
        case .objectives: return try await objectives(query())
        case .metrics: return try await metrics(query(), request.headers)
        case .status: return try await status(query())
        case .openAPI: return openAPI(try query())
        case .health, .healthElsewhere: return Response(text: "ok\n")
        case .readiness, .readinessElsewhere: return try readiness()
        case .readRules: return try await readRules(query())
        case .overviewPage: return try page(.overview, request, context)
        case .statusPage: return try page(.status, request, context)
        case .conversationsPage: return try page(.conversations, request, context)
        case .conversationPage: return try conversationPage(part("id"), request, context)
        case .reportPage: return try reportPage(part("kind"), request, context)
        case .budgetsPage: return try page(.budgets, request, context)
        case .alertsPage: return try page(.alerts, request, context)
        case .alertPage: return try alertPage(part("name"), request, context)
        case .pageAsset: return try asset(part("file"), in: part("hash"), request.headers)
        case .runbooks: return try runbook(nil, request, context)
        case .runbook: return try runbook(part("name"), request, context)
        case .schemas: return try await schemas(query())
        case .explorePage: return try page(PageDocument(exploringWithin: limits), request, context)
        case .pricesPage: return try await pricesPage(request, context)
        case .schemasPage: return try await schemasPage(request, context)
        case .schemaPage: return try await schemaPage(part("name"), request, context)
        case .sessionForm: return try sessionForm(request)
        case .beginSession: return try await beginSession(request, context)
        case .endSession: return try endSession(request, context)
        case .dashboardPage, .dashboardPageElsewhere: return try dashboardPage(part("uid"), request, context)
        case .dashboardModel: return try dashboardModel(part("uid"), request.headers)
        case .dashboardData: return try await dashboardData(part("uid"), request)
        case .dashboardByName: return try dashboardByName(part("name"), request)
        }
    }

    private func readiness() throws(Refusal) -> Response {
        if let objection = health.unreadiness {
            throw Refusal(
                .serviceUnavailable, objection.text, hint: objection.advice ?? "see the server's log")
        }
        return Response(text: "ready\n")
    }

    /// How the files of the rules stand; nil: no rules are evaluated.
    var ruleStanding: RuleFileWatch.Standing? {
        guard ruleManager != nil else { return nil }
        return ruleFiles?.standing ?? RuleFileWatch.Standing(takenAt: startWallNanoseconds)
    }

    /// Reads the files of the rules, and the folder of dashboards, again.
    private func readRules(_: QueryParameters) async throws -> Response {
        let boards = try await threads.figures.run { [self] in
            shelf.read(besides: shelf.own(store.objectives.current), telling: log)
        }
        let rest = boards.map { $0 + "\n" } ?? ""
        guard let ruleManager, let ruleFiles else {
            return Response(text: "there are no rule files to read\n" + rest)
        }
        do {
            let taken = try await threads.rules.run { [log] in
                try ruleManager.takeChanges(of: ruleFiles, isAsked: true, telling: log)
            }
            return Response(text: "\(taken ?? "the rules before go on")\n" + rest)
        } catch let error where !(error is CancellationError) {
            throw Refusal(
                .unprocessableContent, "rule files are not taken, the rules before go on: \(error)",
                hint: "`plimsoll alerts check FILE` names every mistake")
        }
    }

    private func objectives(_: QueryParameters) async throws -> Response {
        let bytes = try await threads.figures.run { [store] in Array(store.objectives.json.utf8) }
        return Response(bytes: bytes, contentType: MediaType.json)
    }

    private func openAPI(_: QueryParameters) -> Response { Response(json: OpenAPIDocument.bytes) }

    /// The body of a request that sends no events: whole, its compression undone, within the limit of questions.
    /// - Parameter hint: what to do about one that is too large.
    func text(of request: Request, hint: String) async throws -> [UInt8] {
        let ticket = intake.ticket()
        var limits = limits
        limits.bodyBytesMax = limits.queryTextBytesMax
        limits.decodedBodyBytesMax = limits.queryTextBytesMax
        let coding = try request.contentCoding()
        let bytes = try await BodyCollector.collect(request, limits: limits, ticket: ticket, hint: hint)
        guard request.headers[.contentEncoding] != nil else { return bytes }
        return try await threads.decoders.run { [limits] in
            try BodyCoding.decode(bytes, coding: coding, limits: limits, ticket: ticket, hint: hint)
        }
    }
}
