import Bytes
import Compression
import EmbeddedPages
import HTTPTypes
import Hashing
import Hummingbird
import RequestFields

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
        let isPacked = AcceptedCodings.takeGzip(headers[values: .acceptEncoding])
        let content = isPacked ? packed : whole
        var fields = PageGuards.fields
        fields[.eTag] = content.tag.text
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        fields[.vary] = "Accept-Encoding"
        if content.tag.isKnown(headers[values: .ifNoneMatch]) { return Response(status: .notModified, headers: fields) }
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
