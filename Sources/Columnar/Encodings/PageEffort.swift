/// How much is done to make pages short while they are written; what lies over one then says its header.
package enum PageEffort: Sendable {
    /// Nothing lies over payloads.
    case none
    /// LZ4, where it saves a tenth.
    case lz4
    /// Zstandard over texts, where it saves a tenth of what LZ4 leaves: for what is seldom read.
    case zstd
    /// Zstandard over everything, as slow as memory lets it be, where it saves one part in thirty-two: for what is
    /// written once, kept for long and hardly ever read. How fast it is read does not depend on that.
    case archive
}
