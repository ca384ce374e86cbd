import Bytes

/// The bytes of a file that are yet to be written, and how many went before them.
struct ParquetOutput: Sendable {
    private var sink = ByteSink()
    private var taken = 0

    /// Where in the file the next byte will stand.
    var position: Int { taken + sink.count }
    /// How many wait to be taken.
    var heldBytes: Int { sink.count }

    mutating func append(_ bytes: [UInt8]) { sink.append(contentsOf: bytes.span) }

    mutating func take() -> [UInt8] {
        let bytes = sink.bytes
        taken += bytes.count
        sink = ByteSink()
        return bytes
    }
}
