import HTTPTypes
import Hummingbird

extension Response {
    /// A JSON answer; a line end follows, so that terminals stay readable.
    init(json: [UInt8], status: HTTPResponse.Status = .ok) {
        self.init(bytes: json + [UInt8(ascii: "\n")], contentType: MediaType.json, status: status)
    }

    init(text: String) { self.init(bytes: Array(text.utf8), contentType: MediaType.text) }

    init(bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: contentType, .contentLength: String(bytes.count), .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
