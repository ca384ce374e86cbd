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

/// Posts bodies to one server over a connection that is kept: libcurl with its proxies, TLS and name lookup.
///
/// For one thread at a time. Following redirects is off: a body of events, and what lets us in, goes only where it was
/// sent. Over TLS the server has to prove its name by a certificate; nothing turns that off.
@safe package final class HTTPConnection {
    private let handle: OpaquePointer
    private let userAgent: String

    // libcurl asks for one global start before the first handle, whatever the thread.
    private static let isReady: Bool = curl_start() == CURLE_OK

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
    ///   - authorityFile: a file of certificates, PEM, of those who may vouch for a server; nil: those that this
    ///     machine knows.
    /// - Throws: ``HTTPFailure`` when there was no answer: not reachable, cut off, timed out.
    package func post(
        _ body: [UInt8], to url: String, headers: [String], timeoutMilliseconds: Int,
        answerBytesMax: Int = 1 << 16, authorityFile: String? = nil
    ) throws(HTTPFailure) -> HTTPResponse {
        var answer: [UInt8] = []
        let receiver = Receiver { piece in
            answer.append(contentsOf: piece.prefix(max(0, answerBytesMax - answer.count)))
        }
        begin(url, timeoutMilliseconds: timeoutMilliseconds)
        if let authorityFile { trust(authorityFile) }
        set(CURLOPT_USERAGENT, userAgent)
        announceBody(of: body.count)
        try perform(["Expect:"] + headers, body, receiver)
        var status = 0
        var retryAfter: curl_off_t = 0
        _ = unsafe curl_get_long(raw, CURLINFO_RESPONSE_CODE, &status)
        _ = unsafe curl_get_large(raw, CURLINFO_RETRY_AFTER, &retryAfter)
        return HTTPResponse(status: status, retryAfterSeconds: retryAfter > 0 ? Int(retryAfter) : nil, body: answer)
    }

    /// Sets what requests of any kind have in common, and forgets what was set before.
    func begin(_ url: String, timeoutMilliseconds: Int) {
        unsafe curl_easy_reset(raw)
        set(CURLOPT_URL, url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        _ = unsafe curl_set_long(raw, CURLOPT_FOLLOWLOCATION, 0)
        _ = unsafe curl_set_long(raw, CURLOPT_SSL_VERIFYPEER, 1)
        // 2: the name in the certificate is the one that was asked for.
        _ = unsafe curl_set_long(raw, CURLOPT_SSL_VERIFYHOST, 2)
        _ = unsafe curl_set_long(raw, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        _ = unsafe curl_set_long(raw, CURLOPT_NOSIGNAL, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
    }

    /// Makes the request one that posts a body of so many bytes.
    func announceBody(of count: Int) {
        _ = unsafe curl_set_long(raw, CURLOPT_POST, 1)
        _ = unsafe curl_set_large(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count))
        // Without any, libcurl would take the body for one that is read from elsewhere.
        if count == 0 { set(CURLOPT_COPYPOSTFIELDS, "") }
    }

    /// Sends the request as it was set, and waits for the end of its answer.
    /// - Parameter body: what was announced; empty where nothing was.
    func perform(_ headers: [String], _ body: [UInt8], _ receiver: Receiver) throws(HTTPFailure) {
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { unsafe list = curl_slist_append(list, header) }
        defer { unsafe curl_slist_free_all(list) }
        _ = unsafe curl_set_list(raw, CURLOPT_HTTPHEADER, list)
        // Sound: libcurl calls back within `curl_easy_perform` alone, and `receiver` lives until after it.
        _ = unsafe curl_set_receiver(raw, takePiece, receiver.context)
        let code = unsafe body.withUnsafeBytes { bytes in
            // Sound: POSTFIELDS is not copied; the bytes stay where they are until the exchange is over.
            if bytes.count > 0 {
                _ = unsafe curl_set_text(
                    raw, CURLOPT_POSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            }
            return unsafe curl_easy_perform(raw)
        }
        withExtendedLifetime(receiver) {}
        guard code == CURLE_OK else { throw HTTPFailure(code, verification: verification) }
    }

    /// What OpenSSL found wrong with the certificate of the last request; 0: nothing, or it was not looked at.
    private var verification: Int {
        var result = 0
        _ = unsafe curl_get_long(raw, CURLINFO_SSL_VERIFYRESULT, &result)
        return result
    }

    func set(_ option: CURLoption, _ value: String) {
        // libcurl copies texts; a failure shows when the request runs.
        _ = unsafe curl_set_text(raw, option, value)
    }
}
