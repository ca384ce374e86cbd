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
    /// What to do about it; nil: whoever tells it knows best.
    package var advice: String?

    /// What was tried, and why it failed.
    package init(description: String, advice: String? = nil) { (self.description, self.advice) = (description, advice) }
}

/// A connection to a server over HTTP/1.1, with TLS where the endpoint says so: what our own commands and tests speak
/// with it.
///
/// One request at a time. Close it when done.
package struct ServerClient: Sendable {
    private let server: ServerEndpoint
    private let connectTimeout: Duration
    private let line: Line

    /// Readies a connection to `http://host:port`, which opens with the first request.
    /// - Throws: `CancellationError`.
    package static func connect(
        to address: ListenAddress, timeout: Duration = .seconds(5)
    ) async throws -> ServerClient {
        try await connect(to: ServerEndpoint(address), timeout: timeout)
    }

    /// Readies a connection, which opens with the first request; each request shows the endpoint's token.
    /// - Parameter timeout: until the connection stands.
    /// - Throws: `CancellationError`.
    package static func connect(
        to server: ServerEndpoint, timeout: Duration = .seconds(5)
    ) async throws -> ServerClient {
        let line = Line()
        try await line.ready()
        return ServerClient(server: server, connectTimeout: timeout, line: line)
    }

    /// Does something over a connection that is closed behind it, whatever comes of it.
    /// - Throws: what the body throws; `CancellationError`.
    package static func with<Result>(
        _ server: ServerEndpoint, _ body: (ServerClient) async throws -> Result
    ) async throws -> Result {
        let client = try await connect(to: server)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Sends a request and waits for the whole answer.
    /// - Parameters:
    ///   - answerBytesMax: a longer answer is not read to its end; what goes to `onPiece` does not count.
    ///   - onPiece: takes the body of a success of a plimsoll server as it comes, instead of the answer; called on the
    ///     connection's thread. False: nothing more of it is wanted.
    /// - Throws: ``UnreachableError`` when there is no connection, when it breaks, when the answer takes longer than
    ///   `timeout`, or when it is too long; what `onPiece` throws.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(120), answerBytesMax: Int = 512 << 20,
        onPiece: (@Sendable ([UInt8]) throws -> Bool)? = nil
    ) async throws -> ServerAnswer {
        var fields = headers.map { name, value in value.isEmpty ? "\(name);" : "\(name): \(value)" }
        if let token = server.token { fields.append("Authorization: Bearer \(token)") }
        let request = (url: server.origin + path, fields: fields, connectTimeout: connectTimeout)
        let what = "\(server) gave no answer to \(method) \(path.prefix { $0 != "?" })"
        return try await line.run { line in
            let gathering = Gathering(bytesMax: answerBytesMax, onPiece)
            let exchange = HTTPExchange(
                method: method, url: request.url, headers: request.fields, body: body,
                connectMilliseconds: request.connectTimeout.milliseconds, timeoutMilliseconds: timeout.milliseconds,
                authorityFile: server.tls?.authorityFile,
                isAbandoned: { line.isClosed || gathering.isOver }, onHead: gathering.take(head:),
                onPiece: gathering.take(piece:))
            do throws(HTTPFailure) {
                try line.exchange(exchange)
            } catch {
                switch gathering.end {
                case .unwanted: break
                case .failed(let failure): throw failure
                case .tooLong: throw UnreachableError(description: "\(what) that is short enough to be read")
                case nil: throw UnreachableError(description: "\(what): \(error)", advice: server.advice(error.kind))
                }
            }
            return gathering.answer
        }
    }

    /// Closes the connection; a request under way fails within about a second.
    package func close() async { await line.close() }
}

extension ServerEndpoint {
    /// What to do about a request without an answer; nil where whoever tells it knows best.
    fileprivate func advice(_ failure: HTTPFailure.Kind) -> String? {
        switch failure {
        case .unknownAuthority:
            tls?.authorityFile == nil
                ? "name a file with the certificate of its authority: --ca-file FILE or PLIMSOLL_CA_FILE"
                : "is it the certificate of the authority that vouches for this server?"
        case .otherName: "ask it by a name, or an address, that its certificate has"
        case .outOfDate: "the server needs a new certificate; is the clock of this machine right?"
        case .badCertificate: "`openssl s_client -connect \(address)` shows it"
        case .unreadableAuthorities:
            tls?.authorityFile == nil
                ? "install the Debian package ca-certificates, or name a file: --ca-file FILE or PLIMSOLL_CA_FILE"
                : "--ca-file and PLIMSOLL_CA_FILE want a file of certificates as PEM"
        case .noTLS: "a plimsoll server speaks plain HTTP, a proxy in front of it TLS: is it http:// or another port?"
        case .other: nil
        }
    }
}

/// An answer as it comes, as far as it is wanted.
private final class Gathering: Sendable {
    /// Why it is not read to its end.
    enum End {
        case unwanted, tooLong
        case failed(any Error)
    }

    /// Status lines and fields of an answer, and of those that only announced it.
    private static let headBytesMax = 256 << 10
    /// What says why there is no success.
    private static let refusalBytesMax = 1 << 20

    private struct State {
        var answer = ServerAnswer(status: 0, headers: AnswerFields(), body: [])
        var headBytes = 0
        var end: End?
    }

    private let state = Mutex(State())
    private let bytesMax: Int
    private let onPiece: (@Sendable ([UInt8]) throws -> Bool)?

    init(bytesMax: Int, _ onPiece: (@Sendable ([UInt8]) throws -> Bool)?) {
        (self.bytesMax, self.onPiece) = (bytesMax, onPiece)
    }

    var answer: ServerAnswer { state.withLock { $0.answer } }
    var end: End? { state.withLock { $0.end } }
    var isOver: Bool { end != nil }

    func take(head: String) {
        state.withLock { state in
            state.headBytes += head.utf8.count
            guard state.headBytes <= Self.headBytesMax else { return state.end = .tooLong }
            if head.hasPrefix("HTTP/") {
                // What stood before it was of an answer that only announced this one.
                state.answer = ServerAnswer(status: Self.status(head), headers: AnswerFields(), body: [])
            } else {
                state.answer.headers.add(head)
            }
        }
    }

    func take(piece: [UInt8]) {
        guard let onPiece, state.withLock({ $0.answer.status == 200 && $0.answer.isOfPlimsoll }) else {
            return state.withLock { state in
                let most = state.answer.status == 200 ? bytesMax : min(bytesMax, Self.refusalBytesMax)
                guard piece.count <= most - state.answer.body.count else { return state.end = .tooLong }
                state.answer.body += piece
            }
        }
        do {
            if try !onPiece(piece) { state.withLock { $0.end = .unwanted } }
        } catch {
            state.withLock { $0.end = .failed(error) }
        }
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
    /// Whole milliseconds, at least one; at most as many as libcurl takes, some three weeks.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        let most = Int64(Int32.max)
        guard seconds < most / 1000 else { return Int(most) }
        return max(1, Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}

extension ServerAnswer {
    /// What a refusal says, with its hint; the body as it is where it is none of ours.
    package var refusal: String {
        guard let json = try? JSONReader.parse(body), let error = json["error"]?.string else { return beginning }
        return error + (json["hint"]?.string.map { "; \($0)" } ?? "")
    }

    /// As much of the body as fits a message.
    var beginning: String { String(decoding: body.prefix(300), as: UTF8.self) }

    /// Whether it came of a plimsoll server, which says so in every answer.
    package var isOfPlimsoll: Bool { headers["Plimsoll-API"] != nil }

    // tests: what a server says is looked at answer by answer.
    /// What the server says of spans that the answer does not show yet, a line of text whoever it comes from; nil:
    /// nothing.
    package var waitingNotice: String? { notice("Plimsoll-Waiting") }

    // tests: what a server says is looked at answer by answer.
    /// What the server says of what belongs to the answer and could not be read; nil: nothing.
    package var missingNotice: String? { notice("Plimsoll-Missing") }

    /// What an answer does not show.
    var notices: [String] { [waitingNotice, missingNotice].compactMap { $0 } }

    private func notice(_ name: String) -> String? {
        guard isOfPlimsoll, let text = headers[name] else { return nil }
        let line = String(decoding: text.utf8.filter { $0 >= 0x20 && $0 < 0x7F }.prefix(300), as: UTF8.self)
        return line.isEmpty ? nil : line
    }

    /// How long to wait before asking again, after a 429, as the server says it: any number.
    package var retryAfterSeconds: Int? { headers["Retry-After"].flatMap { Int($0) } }
}
