import Access
import Domain
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import NIOCore
import NIOHTTP1
import Platform

/// Turns whatever a route throws into an answer, in JSON, as OTLP wants it or as a page: refusals as they say, missing
/// routes as 404, the unforeseen as 500 with a line in the log. Counts them all, and says of each who sent it.
struct ErrorReplies: RouterMiddleware {
    let counts: RefusalCounts
    let health: ServerHealth
    let proxies: TrustedProxies

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.client = RequestOrigin.client(context.channel.remoteAddress?.ipAddress, request.headers, proxies)
        let response = try await counted(request, context: context, next: next)
        return request.method == .head ? response.headAlone : response
    }

    private func counted(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        func action() -> String { Self.action(request, context) }
        func door() -> RefusalDoor { RefusalDoor(request.method, request.head.path ?? "", request.headers) }
        do {
            let response = try await answer(to: request, context: context, next: next)
            if response.status.code >= 400 {
                counts.add(.status(response.status.code), action(), from: context.client, at: door())
            }
            return response
        } catch let refusal as Refusal {
            counts.add(refusal.reason ?? .status(refusal.status.code), action(), from: context.client, at: door())
            if TraceRequests.isAddress(request.uri.path) { return TraceRequests.response(for: refusal, to: request) }
            if AlertmanagerReply.isAddress(request.uri.path) { return AlertmanagerReply.response(for: refusal) }
            if PageReply.isWanted(by: request) { return PageReply.response(for: refusal, to: request) }
            return PrometheusReply.isAddress(request.uri.path)
                ? PrometheusReply.response(for: refusal) : refusal.response
        }
    }

    /// What the log calls the request.
    private static func action(_ request: Request, _ context: ServerContext) -> String {
        RequestOrigin.action(request.method, request.uri.path, route: context.endpointPath)
    }

    private func answer(
        to request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            throw Refusal(error.status, reason(error, request), hint: hint(error.status, request))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if var refusal = Refusal(of: error) ?? Self.refusal(ofWire: error) {
                if !health.damage.met(error, by: Self.action(request, context)),
                    refusal.status == .internalServerError, error is StorageError
                {
                    // The file and what to do stand in the answer; whoever runs the server reads the log.
                    counts.failed(Self.action(request, context), from: context.client, error)
                    refusal.reason = .mistake
                }
                throw refusal
            }
            counts.failed(Self.action(request, context), from: context.client, error)
            throw Refusal(
                .internalServerError, "this is our mistake", hint: "the server's log says more", reason: .mistake)
        }
    }

    /// The refusal of a request whose body did not come whole; nil for anything else.
    private static func refusal(ofWire error: any Error) -> Refusal? {
        switch error {
        case HTTPParserError.invalidEOFState, is IOError, is ChannelError:
            Refusal(
                .badRequest, "the body ended before its announced end", hint: "send the request again",
                reason: .aborted)
        case let error as HTTPParserError:
            Refusal(.badRequest, "the body is not framed as HTTP asks: \(error)", hint: "send the request again")
        default: nil
        }
    }

    private func reason(_ error: HTTPError, _ request: Request) -> String {
        error.status == .notFound
            ? "no such address: \(request.method) \(request.uri.path)" : error.body ?? error.status.reasonPhrase
    }

    private func hint(_ status: HTTPResponse.Status, _ request: Request) -> String? {
        guard status == .notFound else { return nil }
        if request.method == .post, Self.isOtherSignal(request.uri.path) {
            return "only spans are taken: start the sender with OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none"
        }
        let near = RouteTable.nearest(to: request.uri.path, method: request.method)
        return nameHint(near: near, orElse: "GET /v1/openapi.json lists the addresses")
    }

    /// What exporters of OpenTelemetry send besides spans, unless they are told not to.
    private static func isOtherSignal(_ path: String) -> Bool { path == "/v1/metrics" || path == "/v1/logs" }
}
