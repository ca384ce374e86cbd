package import Platform

// tests: pieces are tried with small ones, and how much is read at once is counted.
/// Reads whole lines where they stand, a piece at a time: small enough to be still in the nearest caches when it is
/// decoded, where a block of megabytes would go to memory and come back.
package enum LinePieces {
    /// A part of what a core has for itself at the second level: what decoding looks up and writes has to fit beside.
    package static let standardBytes = 128 << 10

    /// Hands over the lines of a stretch, in order.
    /// - Parameters:
    ///   - stretch: of whole lines; the last one may lack its end.
    ///   - pieceBytes: read at once at most, but for lines that are longer.
    ///   - body: is given a text and where its whole lines end; behind stands the beginning of the next line, which
    ///     comes again.
    /// - Throws: what reading throws; lines before were handed over.
    /// - Complexity: O(bytes).
    package static func forEach(
        in stretch: Range<Int>, of source: any PlacedSource, pieceBytes: Int = standardBytes,
        _ body: (_ text: Span<UInt8>, _ end: Int) -> Void
    ) throws(StorageError) {
        precondition(pieceBytes > 0, "pieces have bytes")
        var piece = [UInt8](repeating: 0, count: min(pieceBytes, stretch.count))
        var (place, held) = (stretch.lowerBound, 0)
        while place < stretch.upperBound {
            // A line that no piece holds.
            if held == piece.count { piece.append(contentsOf: repeatElement(0, count: held)) }
            let wanted = min(piece.count - held, stretch.upperBound - place)
            let count = try read(source, at: place, into: &piece, held..<(held + wanted))
            // Somebody cut it short meanwhile.
            if count == 0 { break }
            (place, held) = (place + count, held + count)
            // There is none in what was there before.
            guard let last = lastLineEnd(piece, held - count..<held) else { continue }
            body(piece.span.extracting(0..<held), last + 1)
            for index in (last + 1)..<held { piece[index - last - 1] = piece[index] }
            held -= last + 1
        }
        if held > 0 { body(piece.span.extracting(0..<held), held) }
    }

    private static func read(
        _ source: any PlacedSource, at place: Int, into piece: inout [UInt8], _ range: Range<Int>
    ) throws(StorageError) -> Int {
        var whole = piece.mutableSpan
        var span = whole._mutatingExtracting(range)
        return try source.read(into: &span, at: place)
    }

    /// Where in a range the last line feed stands.
    static func lastLineEnd(_ text: [UInt8], _ range: Range<Int>) -> Int? {
        var index = range.upperBound - 1
        while index >= range.lowerBound {
            if text[index] == UInt8(ascii: "\n") { return index }
            index -= 1
        }
        return nil
    }
}
