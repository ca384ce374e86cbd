/// How content is compressed: the names are those of HTTP's `Content-Encoding`.
package enum ContentCoding: String, Sendable, CaseIterable {
    case identity, gzip, deflate, zstd

    /// The coding that a file's first bytes show; `identity` when none does. Four bytes suffice.
    package static func detect(_ head: ArraySlice<UInt8>) -> ContentCoding {
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        return .identity
    }
}

/// Decompresses a body or file piece by piece and stops at a limit, so a bomb costs no more than the limit.
///
/// Feed pieces with ``decode(_:into:)``, then call ``finish()``, which refuses a stream that ended early.
/// Gzip members and Zstandard frames may follow each other, as tools that append to files write them.
package struct StreamDecoder: ~Copyable {
    /// Output is made in steps of this size.
    private static let stepBytes = 64 * 1024

    package let coding: ContentCoding
    package let outputBytesMax: Int
    /// Compressed bytes taken so far.
    private(set) var inputBytes = 0
    /// Bytes given out so far.
    private var outputBytes = 0
    /// At most one of the two is there; neither for `identity`.
    private var inflate: InflateStream?
    private var zstandard: ZstandardStream?
    private var scratch: [UInt8]

    /// - Parameters:
    ///   - outputBytesMax: the most bytes that may come out over the decoder's life.
    ///   - windowBytesMaxLog: the largest Zstandard window as a power of two. 23 (8 MiB) is what RFC 9659 asks of HTTP.
    package init(_ coding: ContentCoding, outputBytesMax: Int, windowBytesMaxLog: Int = 23) {
        self.coding = coding
        self.outputBytesMax = outputBytesMax
        scratch = coding == .identity ? [] : [UInt8](repeating: 0, count: Self.stepBytes)
        if coding == .gzip || coding == .deflate { inflate = InflateStream(isGzip: coding == .gzip) }
        if coding == .zstd { zstandard = ZstandardStream(windowLogMax: min(max(windowBytesMaxLog, 10), 31)) }
    }

    /// Appends what these bytes decompress to. After an error the decoder is of no further use.
    /// - Throws: `damaged` with the offset in the compressed stream, `limitExceeded` as soon as one byte too many came
    ///   out.
    /// - Complexity: O(input + output).
    package mutating func decode(_ input: Span<UInt8>, into output: inout [UInt8]) throws(CompressionError) {
        let base = inputBytes
        inputBytes += input.count
        if coding == .identity {
            guard input.count <= outputBytesMax - outputBytes else {
                throw .limitExceeded(outputBytesMax: outputBytesMax)
            }
            outputBytes += input.count
            // Sound: the buffer is the live span's own.
            unsafe input.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
            return
        }
        var position = 0
        while true {
            let before = position
            let written = try step(input, &position, base)
            guard written <= outputBytesMax - outputBytes else { throw .limitExceeded(outputBytesMax: outputBytesMax) }
            outputBytes += written
            output.append(contentsOf: scratch[..<written])
            if position == input.count, written < scratch.count { return }
            if position == before, written == 0 {
                throw .damaged(format: coding.rawValue, offset: base + position, detail: "no progress")
            }
        }
    }

    private mutating func step(_ input: Span<UInt8>, _ position: inout Int, _ base: Int) throws(CompressionError) -> Int
    {
        if let written = try inflate?.step(input, position: &position, output: &scratch, base: base) { return written }
        return try zstandard?.step(input, position: &position, output: &scratch, base: base) ?? 0
    }

    private var isInsideFrame: Bool {
        switch inflate {
        case .some(let stream): return stream.isInsideFrame
        case .none: break
        }
        switch zstandard {
        case .some(let stream): return stream.isInsideFrame
        case .none: return false
        }
    }

    /// Says that no more bytes come.
    /// - Throws: `truncated` when the stream ended inside a frame, or a `gzip`, `deflate` or `zstd` body held none at
    ///   all.
    package func finish() throws(CompressionError) {
        guard !isInsideFrame, coding == .identity || inputBytes > 0 else {
            throw .truncated(format: coding.rawValue, offset: inputBytes)
        }
    }
}
