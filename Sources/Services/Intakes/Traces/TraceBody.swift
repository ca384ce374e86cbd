package import Compression
package import WireFormats

/// A trace request of OTLP as it came, and what its wire said of it.
package struct TraceBody: Sendable {
    /// As they came, compressed or not.
    package var bytes: [UInt8]
    /// How they are compressed.
    var coding: ContentCoding
    /// How spans are written in them.
    package var encoding: OTLPEncoding

    /// A request that a client sends.
    package init(_ bytes: [UInt8], coding: ContentCoding = .identity, encoding: OTLPEncoding) {
        self.bytes = bytes
        self.coding = coding
        self.encoding = encoding
    }
}

/// What a sender of spans learns.
package struct TraceResponse: Hashable, Sendable {
    /// Spans that were not taken.
    package var rejectedSpans: Int
    /// Why the first of them was not; where all were taken, what the sender should know of one, or nothing.
    package var message: String
}
