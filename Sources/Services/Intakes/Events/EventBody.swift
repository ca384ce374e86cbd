package import Compression
package import WireFormats

/// A body of events as it came, and what its wire said of it.
package struct EventBody: Sendable {
    /// As they came, compressed or not.
    package var bytes: [UInt8]
    /// How they are compressed.
    var coding: ContentCoding
    /// What CloudEvents says beside a body: `content-type`, and the attributes of a binary event, by the names of their
    /// HTTP binding. Others are passed over.
    var fields: [(name: String, value: String)]
    /// Whose events they are.
    package var origin: LineOrigin

    /// Events that a client sends.
    package init(
        _ bytes: [UInt8], coding: ContentCoding = .identity, fields: [(name: String, value: String)],
        origin: LineOrigin = .client
    ) {
        self.bytes = bytes
        self.coding = coding
        self.fields = fields
        self.origin = origin
    }
}
