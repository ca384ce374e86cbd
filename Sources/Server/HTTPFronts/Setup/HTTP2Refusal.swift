import HTTPTypes
import JSONTexts
import NIOCore

/// The frames of HTTP/2 (RFC 9113) that a refusal takes. Fields are written as literals that no table is needed for
/// (RFC 7541, section 6.2.2).
enum HTTP2Refusal {
    /// What a frame holds at most before a client was told otherwise.
    static let frameBytesMax = 16_384

    enum FrameKind: UInt8 {
        case data = 0, headers = 1, settings = 4, goAway = 7
    }

    /// One that came.
    struct Frame {
        /// nil: of no use here.
        var kind: FrameKind?
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]

        /// Takes a whole frame from the front; nil and untouched where there is none yet.
        init?(reading buffer: inout ByteBuffer) {
            let start = buffer.readerIndex
            guard let high = buffer.getInteger(at: start, as: UInt8.self),
                let low = buffer.getInteger(at: start + 1, as: UInt16.self),
                let kind = buffer.getInteger(at: start + 3, as: UInt8.self),
                let flags = buffer.getInteger(at: start + 4, as: UInt8.self),
                let stream = buffer.getInteger(at: start + 5, as: UInt32.self)
            else { return nil }
            let count = Int(high) << 16 | Int(low)
            guard let payload = buffer.getBytes(at: start + 9, length: count) else { return nil }
            buffer.moveReaderIndex(forwardBy: 9 + count)
            self.kind = FrameKind(rawValue: kind)
            self.flags = flags
            self.stream = stream & 0x7FFF_FFFF
            self.payload = payload
        }
    }

    /// What a server begins with: all as the standard has it.
    static let settings = frame(.settings, stream: 0, [])
    /// The client's were read.
    static let settingsTaken = frame(.settings, flags: 1, stream: 0, [])

    /// Whether a block of header fields has the media type of gRPC, plain or in HPACK's own code. Others do not know
    /// what becomes of an answer of gRPC.
    static func namesGRPC(_ block: [UInt8]) -> Bool { [plainType, codedType].contains { holds(block, $0) } }

    private static let plainType = Array("application/grpc".utf8)
    /// `application/grpc` by the code of RFC 7541, appendix B, which come to whole bytes.
    private static let codedType: [UInt8] = [0x1D, 0x75, 0xD0, 0x62, 0x0D, 0x26, 0x3D, 0x4C, 0x4D, 0x65, 0x64]

    private static func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }

    /// The status `UNIMPLEMENTED` with a message, and the connection's end: no client asks again by itself.
    static func ofGRPC(_ stream: UInt32, _ message: String) -> [UInt8] {
        let block = fields([
            (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12"),
            ("grpc-message", percentEncoded(message)),
        ])
        return frame(.headers, flags: endOfHeaders | endOfStream, stream: stream, block) + goAway(stream)
    }

    /// A refusal as HTTP/1.1 has it.
    static func plain(_ stream: UInt32, _ refusal: Refusal) -> [UInt8] {
        let body = refusal.json + [UInt8(ascii: "\n")]
        let block = fields([
            (":status", "\(refusal.status.code)"), ("content-type", MediaType.json),
            ("content-length", "\(body.count)"), ("x-content-type-options", "nosniff"),
        ])
        return frame(.headers, flags: endOfHeaders, stream: stream, block)
            + frame(.data, flags: endOfStream, stream: stream, body) + goAway(stream)
    }

    private static let (endOfStream, endOfHeaders): (UInt8, UInt8) = (0x1, 0x4)

    private static func goAway(_ stream: UInt32) -> [UInt8] {
        frame(.goAway, stream: 0, bigEndian(stream) + bigEndian(0))
    }

    /// - Precondition: the payload fits a frame of any client.
    private static func frame(_ kind: FrameKind, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        precondition(payload.count <= frameBytesMax)
        return bigEndian(UInt32(payload.count)).dropFirst() + [kind.rawValue, flags] + bigEndian(stream) + payload
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func fields(_ fields: [(name: String, value: String)]) -> [UInt8] {
        fields.flatMap { [0x00] + text($0.name) + text($0.value) }
    }

    /// Its length, in seven bits and then more (RFC 7541, section 5.1), and its bytes.
    private static func text(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8.count
        if rest < 127 {
            bytes.append(UInt8(rest))
        } else {
            bytes.append(127)
            rest -= 127
            while rest >= 128 {
                bytes.append(UInt8(rest & 127 | 128))
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes + text.utf8
    }

    /// As gRPC wants messages: all but printable ASCII, and the percent sign, escaped.
    private static func percentEncoded(_ text: String) -> String {
        PercentText.escaped(text) { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "%") }
    }
}
