internal import CZlib

/// Reads gzip members (RFC 1952) or one zlib stream (RFC 1950) piece by piece.
@safe struct InflateStream: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let isGzip: Bool
    /// True in the middle of a member.
    private(set) var isInsideFrame = false
    private var isFinished = false

    init(isGzip: Bool) {
        self.isGzip = isGzip
        unsafe stream = .allocate(capacity: 1)
        // Sound: a zeroed z_stream is the documented start; the pointer lives until `deinit`, as zlib keeps a link back
        // to it.
        unsafe stream.initialize(to: z_stream())
        let result = unsafe inflateInit2_(stream, isGzip ? 31 : 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib offers inflate")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    private var format: String { isGzip ? "gzip" : "deflate" }

    /// Takes bytes from `input` at `position` and fills `output`; answers the bytes written.
    mutating func step(
        _ input: Span<UInt8>, position: inout Int, output: inout [UInt8], base: Int
    ) throws(CompressionError) -> Int {
        if isFinished {
            if position == input.count { return 0 }
            guard isGzip else { throw .damaged(format: format, offset: base + position, detail: "bytes after the end") }
            unsafe inflateReset(stream)
            isFinished = false
        }
        if position < input.count { isInsideFrame = true }
        var written = 0
        var result: Int32 = Z_OK
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                // Sound: zlib reads `avail_in` and writes `avail_out` bytes of buffers that are live during the call,
                // and does not write through `next_in`.
                let inputBytes = min(source.count - position, Int(Int32.max))
                let outputBytes = min(target.count, Int(Int32.max))
                let start = unsafe source.baseAddress.map { unsafe $0 + position }
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: start?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.pointee.avail_in = UInt32(inputBytes)
                unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(outputBytes)
                result = unsafe inflate(stream, Z_NO_FLUSH)
                position += unsafe inputBytes - Int(stream.pointee.avail_in)
                written = unsafe outputBytes - Int(stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
        }
        switch result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isFinished = true
            isInsideFrame = false
        case Z_MEM_ERROR: preconditionFailure("out of memory")
        default:
            // Sound: zlib sets a static text or none.
            let detail = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "not \(format)"
            throw .damaged(format: format, offset: base + position, detail: detail)
        }
        return written
    }
}
