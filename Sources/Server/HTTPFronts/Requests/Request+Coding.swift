import Compression
import HTTPTypes
import Hummingbird

extension Request {
    /// How the body is compressed: what `Content-Encoding` means in HTTP's register of content codings.
    /// - Throws: 415 for one that we do not know.
    func contentCoding() throws(Refusal) -> ContentCoding {
        let name = (headers[.contentEncoding] ?? "").filter { $0 != " " && $0 != "\t" }.lowercased()
        switch name {
        case "", "identity": return .identity
        case "gzip", "x-gzip": return .gzip
        case "zstd": return .zstd
        case "deflate": return .deflate
        default:
            throw Refusal(
                .unsupportedMediaType, "Content-Encoding \(name) is not taken here", hint: "use gzip, zstd, or none")
        }
    }
}
