internal import CZstd

/// Reads Zstandard frames piece by piece; frames may follow each other.
@safe struct ZstandardStream: ~Copyable {
    private let context: OpaquePointer
    /// True in the middle of a frame.
    private(set) var isInsideFrame = false

    /// - Parameter windowLogMax: the largest window as a power of two, which is the memory that a frame may ask for.
    init(windowLogMax: Int) {
        guard let context = unsafe ZSTD_createDCtx() else { preconditionFailure("out of memory") }
        unsafe self.context = context
        // Sound: the context is live, and the value lies within 10...31, which the library takes.
        let result = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(windowLogMax))
        precondition(ZSTD_isError(result) == 0)
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    /// Takes bytes from `input` at `position` and fills `output`; answers the bytes written.
    mutating func step(
        _ input: Span<UInt8>, position: inout Int, output: inout [UInt8], base: Int
    ) throws(CompressionError) -> Int {
        var written = 0
        var result = 0
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                // Sound: both buffers are live during the call, and positions stay within their sizes.
                var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                result = unsafe ZSTD_decompressStream(context, &into, &from)
                unsafe position = from.pos
                unsafe written = into.pos
            }
        }
        guard ZSTD_isError(result) == 0 else {
            throw .damaged(format: "Zstandard", offset: base + position, detail: zstandardErrorName(result))
        }
        isInsideFrame = result != 0
        return written
    }
}
