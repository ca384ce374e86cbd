internal import CCurl

/// What a server answered.
package struct HTTPResponse: Sendable, Equatable {
    /// Status code.
    package var status: Int
    /// Seconds that `Retry-After` asks to wait; nil when it was not sent.
    package var retryAfterSeconds: Int?
    /// The body's beginning, as far as the caller allowed.
    package var body: [UInt8]

    package init(status: Int, retryAfterSeconds: Int? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// Why a request brought no answer.
package struct HTTPFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// What libcurl says of it.
    package var description: String

    package init(description: String) { self.description = description }
}

/// Posts bodies to one server over a connection that is kept: libcurl with its proxies, TLS and name lookup.
///
/// For one thread at a time. Following redirects is off: a body of events goes only where it was sent.
@safe package final class HTTPConnection {
    private let handle: OpaquePointer
    private let userAgent: String

    // libcurl asks for one global start before the first handle, whatever the thread.
    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// A connection that opens with its first request.
    package init(userAgent: String) {
        precondition(Self.isReady, "libcurl starts")
        guard let handle = unsafe curl_easy_init() else { preconditionFailure("libcurl gives a handle") }
        unsafe self.handle = OpaquePointer(handle)
        self.userAgent = userAgent
    }

    deinit { unsafe curl_easy_cleanup(raw) }

    var raw: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(handle) }

    /// Sends a body and waits for the answer. Blocks its thread.
    /// - Parameters:
    ///   - url: `http://` or `https://`; anything else is refused.
    ///   - headers: `Name: value`, each.
    ///   - timeoutMilliseconds: of the whole exchange.
    ///   - answerBytesMax: more of the answer's body is read and thrown away.
    /// - Throws: ``HTTPFailure`` when there was no answer: not reachable, cut off, timed out.
    package func post(
        _ body: [UInt8], to url: String, headers: [String], timeoutMilliseconds: Int, answerBytesMax: Int = 1 << 16
    ) throws(HTTPFailure) -> HTTPResponse {
        let answer = AnswerBody(bytesMax: answerBytesMax)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in ["Expect:"] + headers { unsafe list = curl_slist_append(list, header) }
        defer { unsafe curl_slist_free_all(list) }
        unsafe curl_easy_reset(raw)
        set(CURLOPT_URL, url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_USERAGENT, userAgent)
        _ = unsafe curl_set_long(raw, CURLOPT_NOSIGNAL, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_POST, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        _ = unsafe curl_set_large(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        _ = unsafe curl_set_list(raw, CURLOPT_HTTPHEADER, list)
        // Sound: libcurl calls back within `curl_easy_perform` alone, and `answer` lives until after it.
        _ = unsafe curl_set_receiver(raw, receive, Unmanaged.passUnretained(answer).toOpaque())
        let code = unsafe body.withUnsafeBytes { bytes in
            // Sound: POSTFIELDS is not copied; the bytes stay where they are until the exchange is over.
            _ = unsafe curl_set_text(raw, CURLOPT_POSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            return unsafe curl_easy_perform(raw)
        }
        guard code == CURLE_OK else { throw HTTPFailure(description: unsafe String(cString: curl_easy_strerror(code))) }
        var status = 0
        var retryAfter: curl_off_t = 0
        _ = unsafe curl_get_long(raw, CURLINFO_RESPONSE_CODE, &status)
        _ = unsafe curl_get_large(raw, CURLINFO_RETRY_AFTER, &retryAfter)
        return HTTPResponse(status: status, retryAfterSeconds: retryAfter > 0 ? Int(retryAfter) : nil, body: answer.bytes)
    }

    func set(_ option: CURLoption, _ value: String) {
        // libcurl copies texts; a failure shows when the request runs.
        _ = unsafe curl_set_text(raw, option, value)
    }
}

/// Gathers the answer's body up to a bound.
private final class AnswerBody {
    private(set) var bytes: [UInt8] = []
    private let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func take(_ part: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: part.prefix(max(0, bytesMax - bytes.count))) }
}

private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    // Sound: `context` is the live AnswerBody of `post`, and libcurl vouches for `size * count` bytes.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let answer = unsafe Unmanaged<AnswerBody>.fromOpaque(context).takeUnretainedValue()
    unsafe answer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}
