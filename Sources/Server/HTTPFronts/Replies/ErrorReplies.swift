import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Turns whatever a route throws into an answer, in JSON or as OTLP wants it: refusals as they say, missing routes as
/// 404, the unforeseen as 500 with a line in the log. Counts them all.
struct ErrorReplies<Context: RequestContext>: RouterMiddleware {
    let counts: RefusalCounts

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws
        -> Response
    {
        let response = try await counted(request, context: context, next: next)
        return request.method == .head ? response.headAlone : response
    }

    private func counted(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await answer(to: request, context: context, next: next)
            if response.status.code >= 400 { counts.add(.status(response.status.code)) }
            return response
        } catch let refusal as Refusal {
            counts.add(refusal.reason ?? .status(refusal.status.code))
            return TraceRequests.isAddress(request.uri.path)
                ? TraceRequests.response(for: refusal, to: request) : refusal.response
        }
    }

    private func answer(
        to request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            throw Refusal(error.status, reason(error, request), hint: hint(error.status))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if let refusal = Refusal(of: error) ?? Self.refusal(ofWire: error) { throw refusal }
            context.logger.error("\(request.method) \(request.uri.path): \(error)")
            throw Refusal(.internalServerError, "this is our mistake", hint: "the server's log says more")
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

    private func hint(_ status: HTTPResponse.Status) -> String? {
        status == .notFound ? "GET / lists the addresses" : nil
    }
}
