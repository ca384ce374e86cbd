internal import CLZ4

/// LZ4 blocks without frame: the caller keeps both lengths. Fast to read, for hot pages.
package enum LZ4Block {
    /// The longest input that the format takes.
    static let inputBytesMax = 0x7E00_0000

    /// The most bytes that compressing `count` bytes can give.
    /// - Precondition: `0...inputBytesMax`.
    static func compressedBytesMax(_ count: Int) -> Int {
        precondition((0...inputBytesMax).contains(count))
        return Int(LZ4_compressBound(Int32(count)))
    }

    /// Compresses; the result can be longer than the input.
    /// - Precondition: `bytes.count <= inputBytesMax`.
    package static func compress(_ bytes: Span<UInt8>) -> [UInt8] {
        let bound = compressedBytesMax(bytes.count)
        return unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                // Sound: the buffer holds `compressBound` bytes, so the call cannot fail or write past it.
                let written = unsafe LZ4_compress_default(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(buffer.baseAddress!)
                        .assumingMemoryBound(to: CChar.self), Int32(source.count), Int32(bound))
                precondition(written > 0, "LZ4 compresses into its own bound")
                count = Int(written)
            }
        }
    }

    /// Compresses; the result can be longer than the input.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] { compress(bytes.span) }

    /// Decompresses into exactly `count` bytes.
    /// - Throws: `damaged` when the block is broken or holds another number of bytes. An impossible `count` (LZ4 gives
    ///   at most 255 bytes for one) is refused before anything is allocated.
    package static func decompress(_ bytes: Span<UInt8>, count: Int) throws(CompressionError) -> [UInt8] {
        guard count >= 0, count <= inputBytesMax, bytes.count <= inputBytesMax, count / 255 <= bytes.count else {
            throw .damaged(format: "LZ4", offset: 0, detail: "\(bytes.count) bytes cannot hold \(count)")
        }
        var result: Int32 = 0
        let output = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
                // Sound: the safe decoder reads inside the source and writes at most `count` bytes.
                result = unsafe LZ4_decompress_safe(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(buffer.baseAddress!)
                        .assumingMemoryBound(to: CChar.self), Int32(source.count), Int32(count))
                filled = max(0, Int(result))
            }
        }
        guard result >= 0 else { throw .damaged(format: "LZ4", offset: -Int(result) - 1, detail: "a broken block") }
        guard Int(result) == count else {
            throw .damaged(format: "LZ4", offset: bytes.count, detail: "\(result) bytes instead of \(count)")
        }
        return output
    }

    /// Decompresses into exactly `count` bytes; throws as the form over `Span<UInt8>` does.
    package static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span, count: count)
    }

    /// Decompresses into exactly `count` bytes; throws as the form over `Span<UInt8>` does.
    package static func decompress(_ bytes: [UInt8], count: Int) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span, count: count)
    }
}
