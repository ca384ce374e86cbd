internal import CZlib

/// Writes gzip members (RFC 1952). Reading goes through ``StreamDecoder``.
package enum Gzip {
    /// The most input that one call takes.
    static let inputBytesMax = Int(Int32.max)

    /// One gzip member. Equal input gives equal bytes: the header carries no time and no name.
    /// - Parameter level: 1 (fast) to 9 (small).
    package static func compress(_ bytes: Span<UInt8>, level: Int = 6) -> [UInt8] {
        precondition((1...9).contains(level) && bytes.count <= inputBytesMax)
        var stream = unsafe z_stream()
        // Sound: the stream stays in this frame, zeroed as zlib asks; window bits 15 + 16 choose the gzip form.
        let started = unsafe deflateInit2_(
            &stream, Int32(level), Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib offers deflate")
        let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        let output = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                // Sound: zlib reads the live source without writing to it, and the buffer holds `deflateBound` bytes.
                unsafe stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(bound)
                let result = unsafe deflate(&stream, Z_FINISH)
                precondition(result == Z_STREAM_END, "deflate ends within its own bound")
                count = unsafe bound - Int(stream.avail_out)
            }
        }
        unsafe deflateEnd(&stream)
        return output
    }

    /// One gzip member of an array.
    package static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] { compress(bytes.span, level: level) }
}
