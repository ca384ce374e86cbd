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
    /// A file of certificates, PEM, of those who may vouch for a server; nil: those that this machine knows.
    var authorityFile: String?
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
        timeoutMilliseconds: Int, authorityFile: String? = nil,
        isAbandoned: @escaping @Sendable () -> Bool, onHead: @escaping @Sendable (String) -> Void,
        onPiece: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectMilliseconds = connectMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.authorityFile = authorityFile
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
        let receiver = Receiver(
            onHead: exchange.onHead, isAbandoned: exchange.isAbandoned, onPiece: exchange.onPiece)
        begin(exchange.url, timeoutMilliseconds: exchange.timeoutMilliseconds)
        set(CURLOPT_PROXY, "")
        // What was asked for over TLS is not asked for without.
        set(CURLOPT_PROTOCOLS_STR, exchange.url.hasPrefix("https:") ? "https" : "http")
        _ = unsafe curl_set_long(raw, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        if let file = exchange.authorityFile { trust(file) }
        _ = unsafe curl_set_long(raw, CURLOPT_PATH_AS_IS, 1)
        _ = unsafe curl_set_long(raw, CURLOPT_CONNECTTIMEOUT_MS, exchange.connectMilliseconds)
        if exchange.method == "POST" || !exchange.body.isEmpty {
            announceBody(of: exchange.body.count)
        } else {
            _ = unsafe curl_set_long(raw, CURLOPT_HTTPGET, 1)
        }
        if exchange.method == "HEAD" { _ = unsafe curl_set_long(raw, CURLOPT_NOBODY, 1) }
        if !["GET", "POST", "HEAD"].contains(exchange.method) || exchange.method == "GET" && !exchange.body.isEmpty {
            set(CURLOPT_CUSTOMREQUEST, exchange.method)
        }
        // Sound: as in `perform`, which keeps `receiver` alive.
        _ = unsafe curl_set_header_receiver(raw, takeHead, receiver.context)
        _ = unsafe curl_set_watcher(raw, watch, receiver.context)
        try perform(Self.withoutDefaults(exchange.headers), exchange.body, receiver)
    }

    /// Has the certificates of a file vouch, and no others.
    func trust(_ file: String) {
        set(CURLOPT_CAINFO, file)
        _ = unsafe curl_set_text(raw, CURLOPT_CAPATH, nil)
    }

    /// The fields, and a word to libcurl about each that it would add by itself.
    private static func withoutDefaults(_ headers: [String]) -> [String] {
        let names = headers.map { $0.prefix { $0 != ":" }.lowercased() }
        let unwanted = ["Expect", "Accept", "Content-Type", "User-Agent"].filter { !names.contains($0.lowercased()) }
        return unwanted.map { $0 + ":" } + headers
    }
}
