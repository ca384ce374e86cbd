import Compression

/// Compressed bodies.
extension FuzzTarget {
    static let bodies: [FuzzTarget] = [ContentCoding.gzip, .deflate, .zstd].map(body)

    /// What comes out of a body at most.
    private static let outputBytesMax = 1 << 20

    private static func body(_ coding: ContentCoding) -> FuzzTarget {
        FuzzTarget(
            "body-\(coding.rawValue)", "in one piece or byte by byte the same, and never more than the limit",
            seeds: { compressed(coding) }
        ) { bytes in
            let (whole, pieces) = (decoded(bytes, coding, by: bytes.count), decoded(bytes, coding, by: 7))
            switch (whole, pieces) {
            case (.success(let left), .success(let right)):
                try require(left == right, "as many bytes in pieces as at once")
                try require(left.count <= outputBytesMax, "\(left.count) bytes, at most \(outputBytesMax)")
            case (.failure, .failure): break
            default: throw FuzzFinding("in pieces a body is judged otherwise than at once")
            }
        }
    }

    private static func decoded(
        _ bytes: [UInt8], _ coding: ContentCoding, by step: Int
    ) -> Result<[UInt8], CompressionError> {
        var decoder = StreamDecoder(coding, outputBytesMax: outputBytesMax)
        var output: [UInt8] = []
        do throws(CompressionError) {
            for start in stride(from: 0, to: bytes.count, by: max(step, 1)) {
                let piece = Array(bytes[start..<min(start + step, bytes.count)])
                try decoder.decode(piece.span, into: &output)
            }
            try decoder.finish()
            return .success(output)
        } catch { return .failure(error) }
    }

    private static func compressed(_ coding: ContentCoding) -> [[UInt8]] {
        let text = Array(eventTexts.joined(separator: "\n").utf8)
        let zeros = [UInt8](repeating: 0, count: 100_000)
        switch coding {
        case .gzip: return [Gzip.compress(text), Gzip.compress(zeros), Gzip.compress([]) + Gzip.compress(text)]
        case .zstd: return [Zstandard.compress(text), Zstandard.compress(zeros)]
        // The stream within a gzip body, without what zlib has around it.
        case .deflate: return [Array(Gzip.compress(text).dropFirst(10).dropLast(8)), [0x78, 0x9C, 3, 0, 0, 0, 0, 1]]
        case .identity: return []
        }
    }
}
