import HTTPTypes
import Hummingbird

/// What HTTP asks of every request, whatever its address: a host, a method that the address has, nothing expected that
/// nobody here can do. `HEAD` is answered as `GET` without the body, `OPTIONS` with the methods.
struct RequestRules: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard request.head.authority?.isEmpty == false else {
            throw Refusal(.badRequest, "the request names no host", hint: "HTTP/1.1 asks for a Host field")
        }
        if request.head.path == "*" {
            guard request.method == .options else { throw Self.refusal(of: request) }
            return Self.methods(Set(RouteTable.routes.map(\.method)))
        }
        if context.endpointPath == nil {
            let methods = RouteTable.methods(at: request.uri.path)
            if !methods.isEmpty {
                if request.method == .options { return Self.methods(methods) }
                throw Self.refusal(of: request, knowing: methods)
            }
        }
        return try await next(try Self.waiting(request, context), context)
    }

    /// The request with a body that is asked for when somebody reads it.
    private static func waiting(_ request: Request, _ context: ServerContext) throws(Refusal) -> Request {
        // Several fields are one list (RFC 9110, section 5.3).
        let expectations = request.headers[values: .expect].flatMap { $0.split(separator: ",") }
            .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }.filter { !$0.isEmpty }
        guard !expectations.isEmpty else { return request }
        guard expectations.allSatisfy({ $0 == "100-continue" }) else {
            throw Refusal(
                .expectationFailed, "nothing is known of what the request expects",
                hint: "leave Expect out, or send 100-continue")
        }
        var request = request
        request.body = RequestBody(asyncSequence: AwaitedBody(body: request.body, channel: context.channel))
        return request
    }

    private static func methods(_ methods: Set<RouteMethod>) -> Response {
        Response(status: .noContent, headers: [.allow: Self.allow(methods), .cacheControl: "no-store"])
    }

    private static func refusal(of request: Request, knowing methods: Set<RouteMethod> = []) -> Refusal {
        let allowed = allow(methods)
        var refusal = Refusal(
            .methodNotAllowed, "\(request.uri.path) is not asked by \(request.method)", hint: "it takes \(allowed)")
        refusal.allow = allowed
        return refusal
    }

    /// As the field `Allow` has it.
    private static func allow(_ methods: Set<RouteMethod>) -> String {
        let named = RouteMethod.allCases.filter(methods.contains).flatMap { method in
            method == .get ? [method.rawValue, HTTPRequest.Method.head.rawValue] : [method.rawValue]
        }
        return (named + [HTTPRequest.Method.options.rawValue]).joined(separator: ", ")
    }
}

extension Response {
    /// What `HEAD` is told: what `GET` is, but for the body.
    var headAlone: Response {
        Response(status: status, headers: headers, body: ResponseBody { writer in try await writer.finish(nil) })
    }
}
