import Platform

/// Collects what goes to stdout and writes it in large pieces.
struct OutputBuffer {
    private static let pieceBytes = 256 << 10

    var bytes: [UInt8] = []

    /// Writes once enough has come together.
    /// - Returns: false when the reader of the pipe has gone: nothing more need be made.
    mutating func flushIfFull() throws(StorageError) -> Bool {
        bytes.count < Self.pieceBytes ? true : try flush()
    }

    /// Writes the lines that are whole: a terminal is shown no character in halves.
    /// - Returns: as ``flushIfFull()``.
    mutating func flushLines() throws(StorageError) -> Bool {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return try flushIfFull() }
        let rest = Array(bytes[(end + 1)...])
        bytes.removeLast(rest.count)
        defer { bytes = rest }
        return try flush()
    }

    @discardableResult
    mutating func flush() throws(StorageError) -> Bool {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes.isEmpty ? true : try StandardStream.output.show(bytes)
    }
}
