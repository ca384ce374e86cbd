/// What a decoder says of compressed bytes. The input came from a file or a client; nobody's program is at fault.
package enum CompressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes are not what the format promises; `offset` counts compressed bytes from the start of the input.
    case damaged(format: String, offset: Int, detail: String)
    /// The output would be longer than the caller allows.
    case limitExceeded(outputBytesMax: Int)
    /// The input ended in the middle of a frame.
    case truncated(format: String, offset: Int)

    package var description: String {
        switch self {
        case .damaged(let format, let offset, let detail): "damaged \(format) at byte \(offset): \(detail)"
        case .limitExceeded(let outputBytesMax): "decompressed content exceeds \(outputBytesMax) bytes"
        case .truncated(let format, let offset): "\(format) ends early, at byte \(offset)"
        }
    }
}
