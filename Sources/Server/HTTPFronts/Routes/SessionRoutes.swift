import Access
import HTTPTypes
import Hummingbird
import RequestFields

extension Routes {
    /// The form to log in.
    func sessionForm(_ request: Request) throws(Refusal) -> Response {
        try guardian.checkHost(request)
        let wanted = ReturnAddress(FormParameters(query: request.uri.query)["to"] ?? "/")
        return Response(passing: SessionPages.form(to: wanted).html(isSession: false))
    }

    /// Begins a session for who shows a token, and leads back to where he wanted to be.
    func beginSession(_ request: Request, _ context: ServerContext) async throws -> Response {
        try guardian.checkSender(request, isToldOf: false)
        guard request.mediaType == MediaType.form else {
            throw Refusal(
                .unsupportedMediaType, "a token is taken as \(MediaType.form)",
                hint: "open /session in a browser; programs send a token in Authorization and need no session")
        }
        let body = try await text(of: request, hint: "send a token and where to go from there")
        let form = FormParameters(body: body, query: nil)
        let wanted = ReturnAddress(form["to"] ?? "/")
        let secret: String?
        do {
            secret = try await access.beginSession(
                form["token"].map(Self.trimmed), action: Self.action(request, context), peer: context.client)
        } catch let error as AccessRefusal {
            var refusal = Refusal(error)
            refusal.wanted = wanted
            throw refusal
        }
        guard let secret else {
            return Response(passing: SessionPages.notNeeded(for: wanted).html(isSession: false))
        }
        if let earlier = SessionCookie(request.headers[values: .cookie]) {
            access.endSession(earlier.secret, action: Self.action(request, context), peer: context.client)
        }
        var response = Response(
            status: .seeOther, headers: [.location: wanted.text, .cacheControl: "no-store", .contentLength: "0"])
        response.headers[.setCookie] = SessionCookie.setting(secret, isTLS: Self.isTLS(request))
        return response
    }

    /// Ends the session that is shown, if there is one.
    func endSession(_ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        let cookie = SessionCookie(request.headers[values: .cookie])
        try guardian.checkSender(request, isToldOf: cookie != nil)
        if let cookie {
            access.endSession(cookie.secret, action: Self.action(request, context), peer: context.client)
        }
        var response = Response(passing: SessionPages.ended.html(isSession: false))
        for cookie in SessionCookie.forgetting {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return response
    }

    private static func action(_ request: Request, _ context: ServerContext) -> String {
        RequestOrigin.action(request.method, request.uri.path, route: context.endpointPath)
    }

    /// A token that was copied comes with the end of its line.
    private static func trimmed(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 > 0x20 }, as: UTF8.self)
    }

    /// Whether the form stands on a page that came over TLS, from a proxy before this server: the browser says so, and
    /// what it says concerns its own cookie alone.
    private static func isTLS(_ request: Request) -> Bool {
        request.headers[.origin]?.lowercased().hasPrefix("https:") ?? false
    }
}
