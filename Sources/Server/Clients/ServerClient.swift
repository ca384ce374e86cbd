import Domain
import HTTPRequests
import JSONTexts
package import Platform
import Synchronization

/// One answer of a server, whole.
package struct ServerAnswer: Sendable {
    /// The HTTP status code.
    package var status: Int
    /// All header fields.
    package var headers: AnswerFields
    /// The body, whole.
    package var body: [UInt8]

    /// The body as UTF-8.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Header fields of an answer.
package struct AnswerFields: Sendable {
    private var fields: [(name: String, value: String)] = []

    /// Takes a line over; what is no field is passed over.
    mutating func add(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields.append((line[..<colon].lowercased(), String(value)))
    }

    /// The value of the first field of a name, whatever the case of its letters.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }
}

/// The server could not be reached, or the connection broke before it answered.
package struct UnreachableError: Error, Sendable, CustomStringConvertible {
    package var description: String

    /// What was tried, and why it failed.
    package init(description: String) { self.description = description }
}

/// A connection to a server over plain HTTP/1.1: what our own commands and tests speak with it.
///
/// One request at a time. Close it when done.
package struct ServerClient: Sendable {
    private let authority: String
    private let token: String?
    private let connectTimeout: Duration
    private let line: Line

    /// Readies a connection to `http://host:port`, which opens with the first request.
    /// - Throws: `CancellationError`.
    package static func connect(
        to address: ListenAddress, timeout: Duration = .seconds(5)
    ) async throws -> ServerClient {
        try await connect(to: ServerEndpoint(address), timeout: timeout)
    }

    /// Readies a connection to `http://host:port`, which opens with the first request; each request shows the
    /// endpoint's token.
    /// - Parameter timeout: until the connection stands.
    /// - Throws: `CancellationError`.
    package static func connect(
        to server: ServerEndpoint, timeout: Duration = .seconds(5)
    ) async throws -> ServerClient {
        let line = Line()
        try await line.ready()
        return ServerClient(
            authority: server.address.description, token: server.token, connectTimeout: timeout, line: line)
    }

    /// Sends a request and waits for the whole answer.
    /// - Parameter onPiece: takes the body of a success as it comes, instead of the answer; called on the connection's
    ///   thread.
    /// - Throws: ``UnreachableError`` when there is no connection, when it breaks, or when the answer takes longer than
    ///   `timeout`.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(120),
        onPiece: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws -> ServerAnswer {
        var fields = headers.map { name, value in value.isEmpty ? "\(name);" : "\(name): \(value)" }
        if let token { fields.append("Authorization: Bearer \(token)") }
        let request = (url: "http://\(authority)\(path)", fields: fields, connectTimeout: connectTimeout)
        let what = "\(authority) gave no answer to \(method) \(path.prefix { $0 != "?" })"
        return try await line.run { line in
            let gathering = Gathering(onPiece)
            let exchange = HTTPExchange(
                method: method, url: request.url, headers: request.fields, body: body,
                connectMilliseconds: request.connectTimeout.milliseconds, timeoutMilliseconds: timeout.milliseconds,
                isAbandoned: { line.isClosed }, onHead: gathering.take(head:), onPiece: gathering.take(piece:))
            do throws(HTTPFailure) {
                try line.exchange(exchange)
            } catch {
                throw UnreachableError(description: "\(what): \(error)")
            }
            return gathering.answer
        }
    }

    /// Closes the connection; a request under way fails within about a second.
    package func close() async { await line.close() }
}

/// An answer as it comes.
private final class Gathering: Sendable {
    private let state = Mutex(ServerAnswer(status: 0, headers: AnswerFields(), body: []))
    private let onPiece: (@Sendable ([UInt8]) -> Void)?

    init(_ onPiece: (@Sendable ([UInt8]) -> Void)?) { self.onPiece = onPiece }

    var answer: ServerAnswer { state.withLock { $0 } }

    func take(head: String) {
        state.withLock { answer in
            if head.hasPrefix("HTTP/") {
                // What stood before it was of an answer that only announced this one.
                answer = ServerAnswer(status: Self.status(head), headers: AnswerFields(), body: [])
            } else {
                answer.headers.add(head)
            }
        }
    }

    func take(piece: [UInt8]) {
        if let onPiece, state.withLock({ $0.status == 200 }) { return onPiece(piece) }
        state.withLock { $0.body += piece }
    }

    /// `HTTP/1.1 200 OK`; 0 for what is none.
    private static func status(_ head: String) -> Int {
        let parts = head.split(separator: " ")
        return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    }
}

/// The connection and the thread that it blocks.
private final class Line: Sendable {
    private let thread = ThreadPool(threadCount: 1)
    /// From ``ready()`` until ``close()``.
    private let connection = Mutex<HTTPConnection?>(nil)
    private let closed = Atomic<Bool>(false)

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    func ready() async throws {
        try await thread.run { [self] in connection.withLock { $0 = HTTPConnection(userAgent: "") } }
    }

    func run<Value: Sendable>(_ job: @escaping @Sendable (Line) throws -> Value) async throws -> Value {
        guard !isClosed else { throw UnreachableError(description: "the connection is closed") }
        return try await thread.run { [self] in try job(self) }
    }

    func exchange(_ exchange: HTTPExchange) throws(HTTPFailure) {
        try connection.withLock { connection throws(HTTPFailure) in
            guard let connection else { throw HTTPFailure(description: "the connection is closed") }
            try connection.exchange(exchange)
        }
    }

    func close() async {
        closed.store(true, ordering: .releasing)
        await thread.stop()
        connection.withLock { $0 = nil }
    }
}

extension Duration {
    /// Whole milliseconds, at least one; as many as fit.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1000)
        guard !isBeyond else { return .max }
        return max(1, Int(clamping: whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue))
    }
}

extension ServerAnswer {
    /// What a refusal says, with its hint; the body as it is where it is none of ours.
    package var refusal: String {
        guard let json = try? JSONReader.parse(body), let error = json["error"]?.string else { return text }
        return error + (json["hint"]?.string.map { "; \($0)" } ?? "")
    }

    /// How long to wait before asking again, after a 429.
    package var retryAfterSeconds: Int? { headers["Retry-After"].flatMap { Int($0) } }
}
