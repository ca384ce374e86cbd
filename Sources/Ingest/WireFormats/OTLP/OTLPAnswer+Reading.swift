internal import Bytes

extension OTLPResponse {
    /// What the answer to an export in protobuf says of spans that were not taken, although the request was: their
    /// number, and why. An answer that cannot be read says nothing; the request was taken all the same.
    package static func partialSuccess(protobuf body: [UInt8]) -> (rejectedSpans: Int, message: String)? {
        var rejected = 0
        var message = ""
        var reader = ProtobufReader(body[...])
        do throws(DecodingError) {
            while let content = try reader.next() {
                guard reader.field == 1, case .bytes(let bytes) = content else { continue }
                var part = ProtobufReader(bytes)
                while let content = try part.next() {
                    switch (part.field, content) {
                    case (1, .number(let count)): rejected = Int(clamping: max(0, Int64(bitPattern: count)))
                    case (2, .bytes(let text)): message = String(decoding: text.prefix(1000), as: UTF8.self)
                    default: break
                    }
                }
            }
        } catch {
            return nil
        }
        return rejected > 0 || !message.isEmpty ? (rejected, message) : nil
    }
}
