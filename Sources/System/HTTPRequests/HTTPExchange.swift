internal import CCurl

/// One request of any method, and who takes its answer: what ``HTTPConnection/exchange(_:)`` does.
package struct HTTPExchange: Sendable {
    /// `GET`, `POST` or any other.
    package var method: String
    /// `http://` or `https://`, asked for as it stands.
    package var url: String
    /// `Name: value`, each. No other fields are sent but those that HTTP needs.
    package var headers: [String]
    /// Empty: none.
    package var body: [UInt8]
    /// Until a connection stands.
    var connectMilliseconds: Int
    /// Of the whole exchange.
    package var timeoutMilliseconds: Int
    /// Asked about once a second, and whenever something comes or goes: true ends the exchange.
    var isAbandoned: @Sendable () -> Bool
    /// Takes the status line and each field line, as they came, without their ends.
    var onHead: @Sendable (String) -> Void
    /// Takes the body, piece by piece; the sender waits while a piece is worked on.
    package var onPiece: @Sendable ([UInt8]) -> Void

    /// Takes each part as given.
    package init(
        method: String, url: String, headers: [String], body: [UInt8], connectMilliseconds: Int,
        timeoutMilliseconds: Int,
        isAbandoned: @escaping @Sendable () -> Bool, onHead: @escaping @Sendable (String) -> Void,
        onPiece: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectMilliseconds = connectMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.isAbandoned = isAbandoned
        self.onHead = onHead
        self.onPiece = onPiece
    }
}

extension HTTPConnection {
    /// Sends a request and hands its answer over as it comes. Blocks its thread. Proxies of the environment are not
    /// used.
    /// - Throws: ``HTTPFailure`` when there was no whole answer: not reachable, cut off, timed out, abandoned.
    package func exchange(_ exchange: HTTPExchange) throws(HTTPFailure) {
        let receiver = Receiver(exchange)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in Self.withoutDefaults(exchange.headers) { unsafe list = curl_slist_append(list, header) }
        defer { unsafe curl_slist_free_all(list) }
        unsafe curl_easy_reset(raw)
        set(CURLOPT_URL, exchange.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PROXY, "")
        _ = unsafe curl_set_long(raw, CURLOPT_PATH_AS_IS, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_NOSIGNAL, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_CONNECTTIMEOUT_MS, exchange.connectMilliseconds)
        _ = unsafe curl_set_long(raw, CURLOPT_TIMEOUT_MS, exchange.timeoutMilliseconds)
        _ = unsafe curl_set_list(raw, CURLOPT_HTTPHEADER, list)
        if exchange.method == "POST" || !exchange.body.isEmpty {
            _ = unsafe curl_set_long(raw, CURLOPT_POST, 1)
            _ = unsafe curl_set_large(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(exchange.body.count))
        } else {
            _ = unsafe curl_set_long(raw, CURLOPT_HTTPGET, 1)
        }
        if exchange.method == "HEAD" { _ = unsafe curl_set_long(raw, CURLOPT_NOBODY, 1) }
        if !["GET", "POST", "HEAD"].contains(exchange.method) || exchange.method == "GET" && !exchange.body.isEmpty {
            set(CURLOPT_CUSTOMREQUEST, exchange.method)
        }
        // Sound: libcurl calls back within `curl_easy_perform` alone, and `receiver` lives until after it.
        let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
        _ = unsafe curl_set_receiver(raw, takePiece, context)
        _ = unsafe curl_set_header_receiver(raw, takeHead, context)
        _ = unsafe curl_set_watcher(raw, watch, context)
        let code = unsafe exchange.body.withUnsafeBytes { bytes in
            // Sound: POSTFIELDS is not copied; the bytes stay where they are until the exchange is over. An empty array
            // may have no address, which libcurl would take for a body that is read from elsewhere.
            if bytes.count > 0 {
                _ = unsafe curl_set_text(
                    raw, CURLOPT_POSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            } else if exchange.method == "POST" {
                set(CURLOPT_COPYPOSTFIELDS, "")
            }
            return unsafe curl_easy_perform(raw)
        }
        withExtendedLifetime(receiver) {}
        guard code == CURLE_OK else { throw HTTPFailure(description: unsafe String(cString: curl_easy_strerror(code))) }
    }

    /// The fields, and a word to libcurl about each that it would add by itself.
    private static func withoutDefaults(_ headers: [String]) -> [String] {
        let names = headers.map { $0.prefix { $0 != ":" }.lowercased() }
        let unwanted = ["Expect", "Accept", "Content-Type", "User-Agent"].filter { !names.contains($0.lowercased()) }
        return unwanted.map { $0 + ":" } + headers
    }
}

/// Hands over what comes.
private final class Receiver {
    private let exchange: HTTPExchange

    init(_ exchange: HTTPExchange) { self.exchange = exchange }

    var isAbandoned: Bool { exchange.isAbandoned() }

    func takeHead(_ part: UnsafeRawBufferPointer) {
        var line = unsafe Array(part)
        while let last = line.last, last == 0x0D || last == 0x0A { line.removeLast() }
        if !line.isEmpty { exchange.onHead(String(decoding: line, as: UTF8.self)) }
    }

    func takePiece(_ part: UnsafeRawBufferPointer) { exchange.onPiece(unsafe Array(part)) }
}

private func takeHead(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    // Sound: `context` is the live Receiver of `exchange`, and libcurl vouches for `size * count` bytes.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
    unsafe receiver.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func takePiece(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    // Sound: as above.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
    unsafe receiver.takePiece(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func watch(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
    // Sound: `context` is the live Receiver of `exchange`.
    guard let context = unsafe context else { return 1 }
    return unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue().isAbandoned ? 1 : 0
}
