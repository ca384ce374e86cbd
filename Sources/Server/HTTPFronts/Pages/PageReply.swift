import Access
import HTTPTypes
import Hummingbird
import JSONTexts
import RequestFields

extension Response {
    /// A document with a tag, or 304 where the browser has it already.
    init(document: HTML, to headers: HTTPFields) {
        self.init(tagged: Array(document.text.utf8), contentType: MediaType.html, to: headers)
    }

    /// The same of what a page is made from. Browsers keep it for themselves alone, and ask each time whether it still
    /// holds.
    init(tagged bytes: [UInt8], contentType: String, to headers: HTTPFields) {
        let tag = EntityTag(of: bytes)
        var fields = PageGuards.fields
        fields[.eTag] = tag.text
        fields[.cacheControl] = "private, no-cache"
        if tag.isKnown(headers[values: .ifNoneMatch]) {
            self.init(status: .notModified, headers: fields)
            return
        }
        fields[.contentType] = contentType
        fields[.contentLength] = String(bytes.count)
        self.init(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A document of this once, which nobody keeps: an answer to a form, a refusal.
    init(passing document: HTML, status: HTTPResponse.Status = .ok) {
        self.init(bytes: Array(document.text.utf8), contentType: MediaType.html, status: status)
        for field in PageGuards.fields { headers[field.name] = field.value }
    }
}

/// Refusals as documents, for whoever looks at pages.
enum PageReply {
    /// What programs ask; whatever a browser says of itself there, it is answered as they are.
    private static let programs: Set<Substring> = ["v1", "api", "assets", "metrics", "-", "healthz", "readyz"]

    /// Whether a browser asks for a page, or for what is none.
    static func isWanted(by request: Request) -> Bool {
        let accepts = MediaTypeNames.names(in: request.headers[values: .accept]).contains("text/html")
        let first = request.uri.path.split(separator: "/", maxSplits: 1).first ?? ""
        return accepts && !programs.contains(first)
    }

    /// The refusal in words, with the form to log in where that may help; the address stays, so that who has logged in
    /// is where he wanted to be.
    static func response(for refusal: Refusal, to request: Request) -> Response {
        let address = refusal.wanted ?? ReturnAddress(request.head.path ?? "/")
        let document =
            if case .access(let objection)? = refusal.reason {
                SessionPages.form(to: address, because: notice(objection, refusal, request))
            } else {
                PageDocument(title(refusal.status), content: text(refusal))
            }
        var response = Response(passing: document.html(isSession: false), status: refusal.status)
        refusal.addFields(to: &response)
        return response
    }

    private static func notice(
        _ objection: AccessDenialReason, _ refusal: Refusal, _ request: Request
    ) -> String? {
        if objection != .missing { return refusal.message }
        return SessionCookie(request.headers[values: .cookie]) == nil ? nil : "the session has ended"
    }

    private static func title(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 403: "Not allowed"
        case 404: "Not found"
        case 429, 503: "Not now"
        case 500...: "A mistake of the server"
        default: "Not answered"
        }
    }

    private static func text(_ refusal: Refusal) -> HTML {
        let hint: HTML = refusal.hint.map { "<p class=\"soft\">\($0)</p>\n" } ?? .empty
        return "<p>\(refusal.message)</p>\n\(hint)"
    }
}
