import Bytes
import Compression
import EmbeddedPages
import HTTPTypes
import Hashing
import Hummingbird

/// A file that documents are made of, as it was built in: a script, the style, the library of charts.
///
/// All of them stand in one folder whose name is made of their contents, so that scripts find each other by their names
/// (`./state.js`) and a browser may keep what it has for good: other contents have other addresses.
struct PageAsset: Sendable {
    /// Read and packed once, when somebody asks for one.
    static let all = EmbeddedPages.files.map(PageAsset.init)

    /// The folder's name: another one for other contents of any file.
    static let folder: String = {
        var digest = SHA256()
        for file in EmbeddedPages.files.sorted(by: { $0.name < $1.name }) {
            digest.update(Array(file.name.utf8) + [0])
            digest.update(SHA256.hash(file.bytes))
        }
        return hexadecimal(digest.finish().prefix(8))
    }()

    /// Of all files.
    static let names = EmbeddedPages.files.map(\.name)

    /// Where documents find a file.
    static func address(_ name: String) -> String { "/assets/\(folder)/\(name)" }

    /// Without the folder.
    let name: String
    private let whole: Content
    /// The same compressed.
    private let packed: Content

    /// Bytes and what tells them from others (RFC 9110, section 8.8.3).
    private struct Content: Sendable {
        var bytes: [UInt8]
        var tag: EntityTag

        init(_ bytes: [UInt8]) { (self.bytes, tag) = (bytes, EntityTag(of: bytes)) }
    }

    private init(_ file: EmbeddedFile) {
        name = file.name
        (whole, packed) = (Content(file.bytes), Content(Gzip.compress(file.bytes, level: 9)))
    }

    /// The file, or 304 where the browser has it already.
    func response(_ headers: HTTPFields) -> Response {
        let isPacked = AcceptedCodings.takeGzip(headers)
        let content = isPacked ? packed : whole
        var fields = PageGuards.fields
        fields[.eTag] = content.tag.text
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        fields[.vary] = "Accept-Encoding"
        if content.tag.isKnown(headers) { return Response(status: .notModified, headers: fields) }
        fields[.contentType] = contentType
        fields[.contentLength] = String(content.bytes.count)
        if isPacked { fields[.contentEncoding] = "gzip" }
        return Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: content.bytes)))
    }

    private var contentType: String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}

/// What `Accept-Encoding` takes (RFC 9110, section 12.5.3).
enum AcceptedCodings {
    private static let zeros: Set = ["q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"]

    static func takeGzip(_ headers: HTTPFields) -> Bool {
        var isTaken = false
        for part in headers[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let isRefused = words.dropFirst().contains(where: Self.zeros.contains)
            switch words.first {
            case "gzip", "x-gzip": return !isRefused
            case "*": isTaken = !isRefused
            default: break
            }
        }
        return isTaken
    }
}

/// A strong entity tag: equal for equal bytes, another one for others.
struct EntityTag: Hashable, Sendable {
    /// As the field `ETag` has it.
    let text: String

    init(of bytes: [UInt8]) { text = "\"\(hexadecimal(SHA256.hash(bytes).prefix(16)))\"" }

    /// Whether `If-None-Match` (RFC 9110, section 13.1.2) names it; weak tags count.
    func isKnown(_ headers: HTTPFields) -> Bool {
        headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { part in
            let tag = part.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag.dropFirst(tag.hasPrefix("W/") ? 2 : 0) == text
        }
    }
}
