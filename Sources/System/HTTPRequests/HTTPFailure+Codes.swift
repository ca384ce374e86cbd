internal import CCurl

extension HTTPFailure {
    /// What a code of libcurl comes to, in the words of somebody who asked a server something; libcurl's own for what
    /// is rarely met.
    /// - Parameter verification: what OpenSSL found wrong with the certificate, `X509_V_ERR_…`.
    init(_ code: CURLcode, verification: Int) {
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
            case CURLE_PEER_FAILED_VERIFICATION: Self.objection(verification).text
            case CURLE_SSL_CACERT_BADFILE: "the certificates of those who may vouch for it cannot be read"
            case CURLE_SSL_CONNECT_ERROR: "no TLS came about: it speaks none there, or none that both know"
            default: nil
            }
        let kind: Kind =
            switch code {
            case CURLE_PEER_FAILED_VERIFICATION: Self.objection(verification).kind
            case CURLE_SSL_CACERT_BADFILE: .unreadableAuthorities
            case CURLE_SSL_CONNECT_ERROR: .noTLS
            default: .other
            }
        self.init(description: text ?? (unsafe String(cString: curl_easy_strerror(code))), kind: kind)
    }

    /// What is wrong with a certificate. Where libcurl compares the name itself, OpenSSL has nothing to say, or 1.
    private static func objection(_ verification: Int) -> (text: String, kind: Kind) {
        switch verification {
        case 0, 1, 62, 64: ("its certificate is for other names than this one", .otherName)
        case 2, 18, 19, 20, 21: ("nobody known here vouches for its certificate", .unknownAuthority)
        case 9: ("its certificate, or that of who vouches for it, does not hold yet", .outOfDate)
        case 10: ("its certificate, or that of who vouches for it, has expired", .outOfDate)
        default: ("its certificate proves nothing (OpenSSL error \(verification))", .badCertificate)
        }
    }
}
