internal import Bytes

// Texts that several pages have in common: of ids that stand in the tables of many event types each is written once.
// They lie in blocks, in the order in which pages first had them; a page names the blocks that it has texts of, and its
// codes count through these, end to end.
//
//     1  version        SharedTextsVersion
//     1  compression    PageCompression
//     v  plain length   only when compressed
//     …  texts          as in a page (TextBlockEncoder)

/// The ladder of formats of blocks of texts; numbers are never reused.
enum SharedTextsVersion: UInt8 {
    /// The first format.
    case first = 1
}

/// Collects the texts of pages, first seen first, and cuts them into blocks. Equal pages in equal order make equal
/// blocks.
package struct TextPool: Sendable {
    /// Texts of one block.
    package static let blockTextsMax = 16_384
    /// A block that has so many bytes takes no further text.
    static let blockBytesMax = 1 << 20
    /// Blocks that a page may name.
    package static let pageBlocksMax = 64
    /// A page that has fewer than one in so many texts of its blocks keeps its own: readers look into whole blocks.
    static let textsPerOwnText = 32

    private var interner = TextInterner()
    /// The first text of each block.
    private var starts: [UInt32] = []

    /// Nothing is in it.
    package init() {}

    /// How many texts there are.
    package var count: Int { interner.count }
    /// Their bytes.
    package var byteCount: Int { interner.bytes.count }
    /// The last one may still grow.
    package var blockCount: Int { starts.count }

    /// The page with codes of the pool's texts, of which those that are new come in, and the blocks that it names,
    /// ascending; nil where the page is better off with its own texts: nothing of it is in the pool then.
    /// - Complexity: O(rows + bytes of the page's texts).
    package mutating func share(
        _ page: TextPage, compression: PageEffort
    ) -> (page: EncodedPage, blocks: [Int])? {
        let own = page.texts
        var numbers = interner.find((0..<UInt32(own.count)).map { $0 }, of: page.dictionary, missing: .max)
        var isNamed = [Bool](repeating: false, count: starts.count)
        var fresh = 0
        for number in numbers {
            if number == .max { fresh += 1 } else { isNamed[block(of: number)] = true }
        }
        guard isWorthwhile(own, fresh: fresh, isNamed), PageForm.forced != .ownTexts else { return nil }
        for code in 0..<own.count where numbers[code] == .max { numbers[code] = add(own, code) }
        var blocks: [Int] = []
        let offsets = offsets(of: numbers, naming: &blocks)
        for code in numbers.indices { numbers[code] -= offsets[block(of: numbers[code])] }
        return (page.withNumbers(numbers, compression: compression), blocks)
    }

    private func isWorthwhile(_ own: TextRanges, fresh: Int, _ isNamed: [Bool]) -> Bool {
        var (looked, blocks) = (fresh, 0)
        for block in isNamed.indices where isNamed[block] {
            looked += range(of: block).count
            blocks += 1
        }
        // New texts fill the last block and further ones, by number or by length.
        blocks += 2 + fresh / Self.blockTextsMax + own.bytes.count / Self.blockBytesMax
        let isShort = looked <= own.count * Self.textsPerOwnText || PageForm.forced == .sharedTexts
        return isShort && blocks <= Self.pageBlocksMax
    }

    private mutating func add(_ own: TextRanges, _ code: Int) -> UInt32 {
        let next = UInt32(interner.count)
        let start = starts.last ?? 0
        let bytes = interner.bytes.count - Int(interner.offsets[Int(start)])
        let isFull = starts.isEmpty || next - start == UInt32(Self.blockTextsMax) || bytes >= Self.blockBytesMax
        let range = own.range(code)
        let number = interner.intern(own.bytes, range.lowerBound, range.count)
        if isFull, number == next { starts.append(next) }
        return number
    }

    /// What to take from a number, by its block: how many texts of blocks that are not named come before.
    private func offsets(of numbers: [UInt32], naming blocks: inout [Int]) -> [UInt32] {
        var isNamed = [Bool](repeating: false, count: starts.count)
        for number in numbers { isNamed[block(of: number)] = true }
        var offsets = [UInt32](repeating: 0, count: starts.count)
        var skipped: UInt32 = 0
        for block in isNamed.indices {
            if isNamed[block] { blocks.append(block) } else { skipped += UInt32(range(of: block).count) }
            offsets[block] = skipped
        }
        return offsets
    }

    @inline(__always)
    private func block(of number: UInt32) -> Int {
        // Most are of the last one.
        if let last = starts.last, number >= last { return starts.count - 1 }
        return starts.partitioningIndex { $0 > number } - 1
    }

    private func range(of block: Int) -> Range<Int> {
        Int(starts[block])..<(block + 1 < starts.count ? Int(starts[block + 1]) : interner.count)
    }

    /// The texts of a block, in the order of their codes.
    /// - Complexity: O(bytes of the block).
    package func texts(of block: Int) -> TextDictionary {
        let range = range(of: block)
        let offsets = interner.offsets[range.lowerBound...range.upperBound]
        let (first, end) = (interner.offsets[range.lowerBound], interner.offsets[range.upperBound])
        return TextDictionary(
            bytes: Array(interner.bytes[Int(first)..<Int(end)]), offsets: offsets.map { $0 - first })
    }

    /// A block's texts as bytes.
    package static func encoded(_ texts: TextDictionary, compression: PageEffort) -> [UInt8] {
        var plain = ByteSink()
        TextBlockEncoder.write(bytes: texts.bytes, offsets: texts.offsets, into: &plain)
        var sink = ByteSink()
        sink.append(SharedTextsVersion.first.rawValue)
        if let compressed = PageEncoder.compress(plain.bytes, compression) {
            sink.append(compressed.compression.rawValue)
            sink.append(varint: UInt64(plain.count))
            sink.append(contentsOf: compressed.bytes)
        } else {
            sink.append(PageCompression.none.rawValue)
            sink.append(contentsOf: plain.bytes)
        }
        return sink.bytes
    }
}
