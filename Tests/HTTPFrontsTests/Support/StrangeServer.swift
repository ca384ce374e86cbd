import HTTPTypes
import Hummingbird
import NIOCore

/// A server on a loopback port that answers every request alike, as strangers or broken servers might.
struct StrangeServer: Sendable {
    var status = 200
    /// By what our own clients know a plimsoll server.
    var isMarked = true
    var retryAfter: String?
    /// Where it sends whoever asks.
    var location: String?
    var body = ""
    /// The body comes again and again.
    var isEndless = false

    /// Answers as long as the body runs, which is told the port.
    func serve(_ body: (Int) async throws -> Void) async throws {
        let router = Router()
        for method in [HTTPRequest.Method.get, .post] {
            router.on("**", method: method) { request, _ in
                _ = try await request.body.collect(upTo: 64 << 20)
                return response
            }
        }
        try await router.serveOnLoopback(body)
    }

    private var response: Response {
        let piece = ByteBuffer(string: body)
        let isEndless = isEndless
        var response = Response(
            status: .init(code: status),
            body: ResponseBody { writer in
                repeat { try await writer.write(piece) } while isEndless
                try await writer.finish(nil)
            })
        if isMarked, let mark = HTTPField.Name("Plimsoll-API") { response.headers[mark] = "1" }
        if let location { response.headers[.location] = location }
        if let retryAfter { response.headers[.retryAfter] = retryAfter }
        return response
    }
}
