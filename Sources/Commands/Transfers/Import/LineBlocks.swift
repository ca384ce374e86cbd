import Bytes
import Compression

/// Cuts a stream of newline-delimited text into blocks of whole lines, undoing gzip and Zstandard on the way.
///
/// One thread at a time; what it hands out may be worked on by any.
package struct LineBlocks: ~Copyable {
    /// The size of block that imports want.
    static let standardBlockBytes = 4 << 20
    /// The longest line; beyond it the input is no newline-delimited JSON.
    static let lineBytesMax = 64 << 20
    /// Compressed bytes read at once.
    private static let pieceBytes = 256 << 10
    /// So far back from where a block ends at the latest its last line is looked for first.
    private static let probeBytes = 4 << 10

    private let source: any ByteSource
    /// The same, where it can be read at any place.
    private let placed: (any PlacedSource)?
    /// Blocks end with the last line within so many bytes, or the first beyond.
    private let blockBytes: Int
    private var decoder: StreamDecoder?
    /// Bytes read that belong to the next block: the beginning of a line.
    private var carry: [UInt8] = []
    /// Blocks that were handed out and given back, for the next ones.
    private var spare: [[UInt8]] = []
    private var hasStarted = false
    private var isAtEnd = false
    /// Compressed text that breaks off: told when the lines before that are handed out.
    private var cut: ImportError?
    /// Bytes taken from the source so far: what progress is measured by.
    package private(set) var sourceBytes = 0

    /// Starts at the beginning of a source, whose compression its first bytes show.
    package init(_ source: any ByteSource, blockBytes: Int = LineBlocks.standardBlockBytes) {
        self.source = source
        self.blockBytes = blockBytes
        placed = source.lengthBytes == nil ? nil : source as? any PlacedSource
    }

    /// The next whole lines; nil at the end. The last line may lack its end.
    /// - Throws: what reading throws; ``ImportError`` for damaged compression and endless lines.
    package mutating func next() throws -> [UInt8]? {
        if !hasStarted {
            hasStarted = true
            try start()
        }
        var block = carry
        carry = []
        // No line ends before this place, so that a long line is searched once.
        var searched = 0
        while !isAtEnd {
            if block.count >= blockBytes, let end = LinePieces.lastLineEnd(block, searched..<block.count) {
                carry = Array(block[(end + 1)...])
                block.removeLast(block.count - end - 1)
                return block
            }
            guard block.count <= Self.lineBytesMax else {
                throw ImportError(
                    source: source.name,
                    reason: "a line is longer than \(Self.lineBytesMax) bytes; is this newline-delimited JSON?")
            }
            searched = block.count >= blockBytes ? block.count : 0
            try fill(&block)
        }
        if let cut {
            guard let end = LinePieces.lastLineEnd(block, 0..<block.count) else { throw cut }
            block.removeLast(block.count - end - 1)
        }
        return block.isEmpty ? nil : block
    }

    // tests: that a file and a pipe of the same bytes are the same batches.
    /// Where in the source the lines stand that ``next()`` would hand out, which are left to the caller to read. Little
    /// of them is read to tell.
    /// - Returns: nil where nothing is told: the source has no places, or is compressed, a line is longer than a block,
    ///   or the source may end within one. ``next()`` has what comes then.
    /// - Throws: what reading throws.
    package mutating func nextStretch() throws -> Range<Int>? {
        if !hasStarted {
            hasStarted = true
            try start()
        }
        guard let placed, decoder == nil, !isAtEnd, carry.count < blockBytes else { return nil }
        let start = sourceBytes - carry.count
        var (end, bytes) = (start + bytesWanted(behind: carry.count), Self.probeBytes)
        while end > start {
            let from = max(start, end - bytes)
            var tail = [UInt8](repeating: 0, count: end - from)
            var span = tail.mutableSpan
            guard try placed.read(into: &span, at: from) == end - from else { return nil }
            if let last = LinePieces.lastLineEnd(tail, 0..<tail.count) {
                carry = []
                sourceBytes = from + last + 1
                placed.skip(to: sourceBytes)
                return start..<sourceBytes
            }
            (end, bytes) = (from, bytes * 2)
        }
        return nil
    }

    /// Takes back a block that was handed out, so that its memory holds the next one. Whoever keeps it besides keeps it
    /// as it was.
    package mutating func giveBack(_ block: [UInt8]) {
        // As many as threads may work on; of compressed text none is needed.
        if decoder == nil, spare.count < Self.spareMax { spare.append(block) }
    }

    private static let spareMax = 4

    /// Looks at the first bytes to learn how the source is compressed.
    private mutating func start() throws {
        var head = [UInt8](repeating: 0, count: Self.pieceBytes)
        try read(&head, from: 0)
        let coding = ContentCoding.detect(head[...])
        guard coding != .identity else {
            carry = head
            return
        }
        decoder = StreamDecoder(coding, outputBytesMax: .max, windowBytesMaxLog: 27)
        var text: [UInt8] = []
        try decompress(head, into: &text)
        carry = text
    }

    /// How long a block is to become that has so many bytes.
    private func bytesWanted(behind count: Int) -> Int { count + max(Self.pieceBytes, blockBytes - count) }

    /// Appends more text, or notes the end.
    private mutating func fill(_ block: inout [UInt8]) throws {
        guard decoder != nil else {
            let start = block.count
            let wanted = bytesWanted(behind: start)
            // Behind the beginning of a line stands what was read before, and is read over or cut off.
            if var old = spare.popLast(), old.count > start, start <= Self.pieceBytes {
                old.replaceSubrange(0..<start, with: block)
                // Changes hands, so that it is not copied.
                swap(&old, &block)
            }
            if block.count < wanted {
                block.append(contentsOf: repeatElement(0, count: wanted - block.count))
            } else {
                block.removeLast(block.count - wanted)
            }
            return try read(&block, from: start)
        }
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        try read(&piece, from: 0)
        try decompress(piece, into: &block)
    }

    /// Reads into the array from a place on and cuts it to what came.
    private mutating func read(_ bytes: inout [UInt8], from start: Int) throws {
        let wanted = bytes.count
        var filled = start
        while filled < wanted {
            var whole = bytes.mutableSpan
            var span = whole._mutatingExtracting(filled..<wanted)
            let count = try source.read(into: &span)
            if count == 0 {
                isAtEnd = true
                break
            }
            filled += count
        }
        sourceBytes += filled - start
        bytes.removeLast(wanted - filled)
    }

    private mutating func decompress(_ piece: [UInt8], into output: inout [UInt8]) throws {
        do throws(CompressionError) {
            try decoder?.decode(piece.span, into: &output)
        } catch {
            throw ImportError(source: source.name, reason: "\(error)")
        }
        guard isAtEnd else { return }
        do throws(CompressionError) { try decoder?.finish() } catch {
            cut = ImportError(source: source.name, reason: "\(error)")
        }
    }
}

/// The input is not what an import can read.
package struct ImportError: Error, Sendable, CustomStringConvertible {
    /// The file, as messages name it.
    package var source: String
    /// What is wrong with it, and where.
    package var reason: String

    package var description: String { "\(source): \(reason)" }
}
