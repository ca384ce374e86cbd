import Compression
import Hummingbird
import HTTPTypes
import NIOCore
import Synchronization
import WireFormats

/// A receiver of traces on a loopback port that answers as it is told.
final class TinyReceiver: Sendable {
    /// What one request is answered with.
    struct Answer {
        var status = 200
        var retryAfter: String?
        var body: [UInt8] = []
    }

    /// What came.
    struct Arrival {
        var encoding: String
        var userAgent: String
        var secret: String?
        var traces: OTLPTraces
        var status: Int
        var time = ContinuousClock.now
    }

    private let state: Mutex<(answers: [Answer], arrivals: [Arrival])>

    /// - Parameter answers: of the first requests; later ones are taken.
    init(_ answers: [Answer] = []) { state = Mutex((answers, [])) }

    var arrivals: [Arrival] { state.withLock { $0.arrivals } }
    /// Those that were taken.
    var spans: [OTLPSpan] {
        arrivals.filter { $0.status == 200 }.flatMap(\.traces.resources).flatMap(\.scopes).flatMap(\.spans)
    }

    /// Receives as long as the body runs, which is told the address.
    func serve(_ body: (String) async throws -> Void) async throws {
        let router = Router()
        router.post("/v1/traces") { request, _ in
            let bytes = try await request.body.collect(upTo: 64 << 20)
            return try self.take(request.headers, Array(bytes.readableBytesView))
        }
        try await router.serveOnLoopback { try await body("http://127.0.0.1:\($0)") }
    }

    private func take(_ headers: HTTPFields, _ body: [UInt8]) throws -> Response {
        let encoding = headers[.contentEncoding] ?? ""
        var decoder = StreamDecoder(encoding == "gzip" ? .gzip : .identity, outputBytesMax: 64 << 20)
        var bytes: [UInt8] = []
        try decoder.decode(body.span, into: &bytes)
        try decoder.finish()
        let traces = try OTLPTraces(protobuf: bytes)
        let answer = state.withLock { state in
            let answer = state.answers.isEmpty ? Answer() : state.answers.removeFirst()
            state.arrivals.append(
                Arrival(
                    encoding: encoding, userAgent: headers[.userAgent] ?? "", secret: headers[.authorization],
                    traces: traces,
                    status: answer.status))
            return answer
        }
        var response = Response(
            status: .init(code: answer.status), body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        if let seconds = answer.retryAfter { response.headers[.retryAfter] = seconds }
        return response
    }
}
