import Bytes
import HTTPRequests
import Synchronization

/// What opens a server: where it is, and who asks.
struct ClickHouseAddress: Sendable {
    /// `http://` or `https://`, host, port, and perhaps a path; without a slash at its end.
    var url: String
    var user: String
    var password: String
    /// A file of certificates of those who may vouch for the server; nil: those that this machine knows.
    var authorityFile: String?
}

/// Asks one server over HTTP. Each request has a connection of its own: over one that is kept, libcurl would send a
/// request again whose answer did not come, and rows would be there twice.
final class ClickHouseConnection {
    private let address: ClickHouseAddress
    private let isAbandoned: @Sendable () -> Bool
    /// Settings of every request.
    var settings: [(name: String, value: String)] = [("wait_end_of_query", "1")]

    private static let connectMilliseconds = 10_000
    /// A statement has so long; a merge, or rows of one transaction, take far less.
    private static let timeoutMilliseconds = 300_000

    init(_ address: ClickHouseAddress, isAbandoned: @escaping @Sendable () -> Bool) {
        (self.address, self.isAbandoned) = (address, isAbandoned)
    }

    /// Runs a statement that has no answer.
    /// - Throws: ``ShippingFailure``.
    func run(_ statement: String) throws(ShippingFailure) {
        try ShippingFailure.refusal(in: try send(Array(statement.utf8), settings))
    }

    /// Asks something.
    /// - Parameter cells: of each row.
    /// - Returns: rows of so many cells, as texts; nil for NULL.
    /// - Throws: ``ShippingFailure``.
    func run(_ statement: String, cells: Int) throws(ShippingFailure) -> [[String?]] {
        try TabSeparated.rows(try send(Array(statement.utf8), settings), cells: cells)
    }

    /// Puts rows into a table; all of them are there afterwards, of each part of the table at once.
    /// - Parameters:
    ///   - statement: ends with the form of the rows.
    ///   - token: by it the server knows a second insert of the same, where it can; nil: it cannot.
    /// - Throws: ``ShippingFailure``.
    func insert(_ statement: String, _ rows: [UInt8], token: String?) throws(ShippingFailure) {
        var all = settings + [("query", statement)]
        if let token {
            all += [
                ("insert_deduplication_token", token), ("max_partitions_per_insert_block", "0"), ("async_insert", "0"),
            ]
        }
        try ShippingFailure.refusal(in: try send(rows, all))
    }

    private func send(
        _ body: [UInt8], _ parameters: [(name: String, value: String)]
    ) throws(ShippingFailure) -> [UInt8] {
        let answer = ClickHouseAnswer()
        let query = parameters.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        let exchange = HTTPExchange(
            method: "POST", url: "\(address.url)/?\(query)",
            headers: [
                "X-ClickHouse-User: \(address.user)", "X-ClickHouse-Key: \(address.password)",
                "X-ClickHouse-Format: TabSeparated", "Content-Type: application/octet-stream",
            ],
            body: body, connectMilliseconds: Self.connectMilliseconds, timeoutMilliseconds: Self.timeoutMilliseconds,
            authorityFile: address.authorityFile, isAbandoned: isAbandoned, onHead: answer.take(head:),
            onPiece: answer.take(piece:))
        do throws(HTTPFailure) {
            try HTTPConnection(userAgent: "plimsoll").exchange(exchange)
        } catch {
            if isAbandoned() { throw ShippingFailure(.abandoned, "stopped", "\(error)") }
            throw ShippingFailure(ofClickHouse: error)
        }
        let (status, bytes, isCut) = answer.whole
        if isCut { throw ShippingFailure(.transient, "too_large", "the server says more than was asked for") }
        guard status == 200 else { throw ShippingFailure(ofClickHouse: status, bytes) }
        return bytes
    }

    // MARK: Forms

    /// A value of a URL's query: all but letters, digits and `-._~` as their bytes.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += Array("%\(hexadecimal([byte]))".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// An answer as it comes, as far as it is wanted.
private final class ClickHouseAnswer: Sendable {
    /// The longest answer is that of hashes of some ten thousand rows, or of all columns that there are.
    private static let bytesMax = 64 << 20

    private let state = Mutex((status: 0, bytes: [UInt8](), isCut: false))

    var whole: (status: Int, bytes: [UInt8], isCut: Bool) { state.withLock { $0 } }

    func take(head: String) {
        guard head.hasPrefix("HTTP/") else { return }
        let parts = head.split(separator: " ")
        state.withLock { $0 = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0, [], false) }
    }

    func take(piece: [UInt8]) {
        state.withLock { state in
            if piece.count > Self.bytesMax - state.bytes.count { state.isCut = true }
            state.bytes += piece.prefix(max(0, Self.bytesMax - state.bytes.count))
        }
    }
}
