import Alerting
import Bytes
import Domain
import EmbeddedPages
import HTTPTypes
import Hashing
import Hummingbird
import JSONTexts

extension Routes {
    /// A file of the pages, or 304 where the browser has it already.
    /// - Throws: 404.
    func page(_ name: String, _ headers: HTTPFields) throws(Refusal) -> Response {
        guard let file = PageFile.all.first(where: { $0.name.hasSameBytes(as: name) }) else {
            throw Refusal(
                .notFound, "there is no file \(name) of pages",
                hint: nameHint(to: name, known: PageFile.all.map(\.name)))
        }
        return file.response(headers)
    }

    /// What to do about an alert, by the objectives in force; the list of all where none is named.
    /// - Throws: 404.
    func runbook(_ name: String?, _ headers: HTTPFields) throws(Refusal) -> Response {
        let pages = RunbookPages(store.objectives.current.set)
        guard let page = name.map(pages.page) ?? pages.index, let file = PageFile(page) else {
            throw Refusal(
                .notFound, "there is no alert \(name ?? "")",
                hint: nameHint(
                    to: name ?? "", among: pages.names, orElse: "GET /runbooks lists those of the objectives in force"))
        }
        return file.response(headers)
    }
}

/// A file of the pages as it is sent.
struct PageFile: Sendable {
    /// All that the program was built with.
    static let all = EmbeddedPages.files.map(PageFile.init)

    let name: String
    let bytes: [UInt8]
    /// Another one for other bytes.
    let tag: String

    private init(_ file: EmbeddedFile) { self.init(file.name, file.bytes) }

    private init(_ name: String, _ bytes: [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
        tag = "\"\(hexadecimal(SHA256.hash(bytes).prefix(16)))\""
    }

    /// A document that is made for a request.
    init(document bytes: [UInt8]) { self.init("document.html", bytes) }

    /// What a document is drawn from.
    init(json bytes: [UInt8]) { self.init("model.json", bytes) }

    /// A runbook within the document that all of them share; nil without one.
    init?(_ runbook: RunbookPages.Page) {
        guard let shell = Self.all.first(where: { $0.name == "runbook.html" }) else { return nil }
        let document = String(decoding: shell.bytes, as: UTF8.self)
            .replacing("<title>Runbooks</title>", with: "<title>\(runbook.title)</title>")
            .replacing("<article></article>", with: "<article>\n\(runbook.content)</article>")
        self.init(shell.name, Array(document.utf8))
    }

    /// The file, or 304 where the browser has it already.
    func response(_ headers: HTTPFields) -> Response {
        var fields = Self.guards
        fields[.eTag] = tag
        // A browser asks each time, and is sent what it does not have.
        fields[.cacheControl] = "no-cache"
        if isKnown(headers[.ifNoneMatch]) { return Response(status: .notModified, headers: fields) }
        fields[.contentType] = contentType
        fields[.contentLength] = String(bytes.count)
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Nothing but files of this server is loaded, run or asked; what stands in a document neither runs nor styles. No
    /// other site shows the pages in a frame or learns where somebody came from.
    static let guards: HTTPFields = {
        var fields: HTTPFields = [
            .contentSecurityPolicy:
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            .xContentTypeOptions: "nosniff",
        ]
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
        return fields
    }()

    var contentType: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": MediaType.json
        default: "application/octet-stream"
        }
    }

    /// Whether `If-None-Match` (RFC 9110, section 13.1.2) names the file as it is; weak tags count.
    func isKnown(_ field: String?) -> Bool {
        (field ?? "").split(separator: ",").contains { part in
            let tag = part.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag.dropFirst(tag.hasPrefix("W/") ? 2 : 0) == self.tag
        }
    }
}
