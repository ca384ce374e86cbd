import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever a route throws into a JSON answer: refusals as they say, missing routes as 404, the unforeseen as 500 with a line
/// in the log.
struct ErrorReplies<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            return refusal.response
        } catch let error as HTTPError {
            return Refusal(error.status, reason(error, request), hint: hint(error.status)).response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("\(request.method) \(request.uri.path): \(error)")
            return Refusal(.internalServerError, "this is our mistake: \(error)").response
        }
    }

    private func reason(_ error: HTTPError, _ request: Request) -> String {
        error.status == .notFound ? "no such address: \(request.method) \(request.uri.path)" : error.body ?? error.status.reasonPhrase
    }

    private func hint(_ status: HTTPResponse.Status) -> String? {
        status == .notFound ? "GET / lists the addresses" : nil
    }
}
