import Access
import Asking
import Domain
import Execution
import Hummingbird
import Intakes
import Plans
import Platform
import Sending

/// Every address the server answers, with what it is for. Handlers decode, call, encode; the work is done elsewhere.
struct Routes: Sendable {
    let store: any ServedStore
    let intake: EventIntake
    let traces: TraceIntake
    let settlement: TraceSettlement
    let senders: [TraceSender]
    let examples: TracedExamples
    let desk: QueryDesk
    let health: ServerHealth
    let access: AccessControl
    let refusals: RefusalCounts
    let clock: any Clock
    let workers: any Workers
    let threads: BlockingThreads
    let limits: ServerLimits
    /// The monotonic clock at the start.
    let startNanoseconds: Int64

    /// What answers questions.
    var engine: any QueryEngine { LocalEngine(clock: clock, workers: workers) }

    /// What the status page and its JSON list.
    static let addresses: [(method: String, path: String, purpose: String)] = [
        ("POST", "/v1/events", "send events"),
        ("POST", "/v1/traces", "send spans: OTLP over HTTP, protobuf or JSON"),
        ("GET", "/v1/events", "events as they were accepted; from, to, format=ndjson|csv"),
        ("POST", "/v1/sql", "ask in PostgreSQL's SQL; JSON, CSV, NDJSON or a text table by Accept"),
        (
            "GET", "/v1/reports/sla",
            "service levels; cost, outcomes, status beside it; from, to, by, rule, timezone, objectives, section, format=json|csv|table"
        ),
        ("GET", "/v1/conversations/{id}", "one conversation whole"),
        ("GET", "/v1/prices", "the prices in force; all, set_only, format=table|csv; /v1/prices/check: what has no price"),
        ("POST", "/v1/prices/rebook", "book calls again at the prices in force: provider, model, from, to; GET: what that would change"),
        ("GET", "/v1/objectives", "every version of the objectives that was in force, the one in force last"),
        ("GET", "/metrics", "counters for Prometheus: text, OpenMetrics or protocol buffers by Accept or ?format="),
        ("GET", "/v1/status", "the numbers of the status page"),
        ("GET", "/healthz", "200 while the process lives"),
        ("GET", "/readyz", "200 while events are taken, else 503 with the reason"),
    ]

    func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: ErrorReplies(counts: refusals))
        router.add(middleware: AccessMiddleware(access: access))
        router.add(middleware: DisconnectionNotice())
        router.get("/") { _, _ in
            Response(bytes: Array(StatusPage.html.utf8), contentType: "text/html; charset=utf-8")
        }
        addHealth(to: router)
        addStatus(to: router)
        router.post("/v1/events") { request, _ in try await EventRequests(intake: intake, limits: limits).accept(request) }
        addTraces(to: router)
        addExport(to: router)
        addSQL(to: router)
        addPrices(to: router)
        addReports(to: router)
        addObjectives(to: router)
        addMetrics(to: router)
        return router
    }

    private func addHealth(to router: Router<ServerContext>) {
        for path: RouterPath in ["/healthz", "/-/healthy"] {
            router.get(path) { _, _ in Response(bytes: Array("ok\n".utf8), contentType: "text/plain; charset=utf-8") }
        }
        for path: RouterPath in ["/readyz", "/-/ready"] {
            router.get(path) { _, _ in
                if let objection = health.unreadiness {
                    throw Refusal(.serviceUnavailable, objection, hint: "see the server's log")
                }
                return Response(bytes: Array("ready\n".utf8), contentType: "text/plain; charset=utf-8")
            }
        }
    }
}
