import Hummingbird

extension Routes {
    /// OTLP over HTTP. The second address is where senders made for another product put it.
    func addTraces(to router: Router<ServerContext>) {
        for path: RouterPath in ["/v1/traces", "/api/public/otel/v1/traces"] {
            router.post(path) { request, _ in try await TraceRequests(intake: traces, limits: limits).accept(request) }
        }
    }
}
