internal import CCurl

extension HTTPFailure {
    /// What a code of libcurl comes to, in the words of somebody who asked a server something; libcurl's own for what
    /// is rarely met.
    init(_ code: CURLcode) {
        let text: String? =
            switch code {
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: "what answers there does not speak HTTP"
            case CURLE_URL_MALFORMAT: "this is the address of no server"
            case CURLE_COULDNT_RESOLVE_HOST: "no machine is known by this name"
            case CURLE_COULDNT_RESOLVE_PROXY: "no machine is known by the name of the proxy"
            case CURLE_COULDNT_CONNECT: "nobody listens there, or the way is blocked"
            case CURLE_OPERATION_TIMEDOUT: "it did not come in time"
            case CURLE_GOT_NOTHING: "the connection was closed instead"
            case CURLE_SEND_ERROR: "the connection broke while the request was sent"
            case CURLE_RECV_ERROR: "the connection broke before the answer was whole"
            case CURLE_PARTIAL_FILE: "the answer ended before its announced end"
            case CURLE_ABORTED_BY_CALLBACK, CURLE_WRITE_ERROR: "it was not waited for any longer"
            default: nil
            }
        self.init(description: text ?? (unsafe String(cString: curl_easy_strerror(code))))
    }
}
