internal import CZstd

/// Zstandard frames (RFC 8878): small, for cold pages, bodies and files.
package enum Zstandard {
    package static let defaultLevel = 3

    /// Compresses into one frame that carries its content size.
    /// - Parameter level: 1 (fast) to 19 (small).
    package static func compress(_ bytes: Span<UInt8>, level: Int = defaultLevel) -> [UInt8] {
        precondition((1...19).contains(level))
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                // Sound: the buffer holds `compressBound` bytes; only lack of memory can make the call fail.
                let written = unsafe ZSTD_compress(
                    buffer.baseAddress, bound, source.baseAddress, source.count, Int32(level))
                precondition(ZSTD_isError(written) == 0, "Zstandard compresses into its own bound")
                count = written
            }
        }
    }

    /// Compresses into one frame that carries its content size.
    package static func compress(_ bytes: [UInt8], level: Int = defaultLevel) -> [UInt8] {
        compress(bytes.span, level: level)
    }

    /// Decompresses frames that hold exactly `count` bytes together.
    /// - Throws: `damaged` when the frames are broken or hold another number of bytes. The first frame's own size is
    ///   compared with `count` before anything is allocated; the caller bounds `count` by its format's limit.
    package static func decompress(_ bytes: Span<UInt8>, count: Int) throws(CompressionError) -> [UInt8] {
        let announced = unsafe bytes.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // 2^64 − 1: the size is not given; 2^64 − 2: not a frame.
        guard announced != UInt64.max - 1 else {
            throw .damaged(format: "Zstandard", offset: 0, detail: "no frame header")
        }
        guard count >= 0, announced == UInt64.max || announced <= UInt64(count) else {
            throw .damaged(
                format: "Zstandard", offset: 0, detail: "the frame announces \(announced) bytes instead of \(count)")
        }
        var result = 0
        let output = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
                // Sound: reads inside the source, writes at most `count` bytes.
                result = unsafe ZSTD_decompress(buffer.baseAddress, count, source.baseAddress, source.count)
                filled = ZSTD_isError(result) == 0 ? result : 0
            }
        }
        guard ZSTD_isError(result) == 0 else {
            throw .damaged(format: "Zstandard", offset: 0, detail: zstandardErrorName(result))
        }
        guard result == count else {
            throw .damaged(format: "Zstandard", offset: bytes.count, detail: "\(result) bytes instead of \(count)")
        }
        return output
    }

    /// Decompresses frames that hold exactly `count` bytes together; throws as the form over `Span<UInt8>` does.
    package static func decompress(_ bytes: [UInt8], count: Int) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span, count: count)
    }

    /// Decompresses frames that hold exactly `count` bytes together; throws as the form over `Span<UInt8>` does.
    package static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span, count: count)
    }
}

/// The library's words for a result code.
func zstandardErrorName(_ code: Int) -> String {
    // Sound: the library returns a static, null-terminated text for every code.
    unsafe String(cString: ZSTD_getErrorName(code))
}
