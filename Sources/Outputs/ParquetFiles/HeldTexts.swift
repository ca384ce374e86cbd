import Bytes
import Columnar

/// Texts of a row group that wait for what comes: whether they are few is known when all were seen. They are held as
/// codes of one dictionary, no more of it than ``dictionaryBytesMax`` beyond what one page brings.
struct HeldTexts: Sendable {
    /// More is no dictionary that pays.
    static let dictionaryBytesMax = 1 << 20

    struct Page: Sendable {
        /// Of the rows that have a text.
        var codes: [UInt32]
        var levels: [UInt32]
    }

    private var builder = TextDictionaryBuilder()
    private(set) var pages: [Page] = []
    private var textCount = 0
    /// They were many: texts are written as they come.
    private(set) var isOver = false

    var isTooLong: Bool { builder.byteCount > Self.dictionaryBytesMax }
    /// Whether each stands for two rows at least.
    var areFew: Bool { builder.count > 0 && builder.count * 2 <= textCount }

    mutating func hold(_ codes: [UInt32], of dictionary: TextDictionary?, _ levels: [UInt32]) {
        var page = Page(codes: [], levels: levels)
        if let dictionary, !codes.isEmpty {
            page.codes.reserveCapacity(codes.count)
            var known = [UInt32](repeating: .max, count: dictionary.count)
            for code in codes {
                if known[Int(code)] == .max {
                    known[Int(code)] = builder.code(of: dictionary.range(Int(code)), in: dictionary.bytes)
                }
                page.codes.append(known[Int(code)])
            }
        }
        textCount += codes.count
        pages.append(page)
    }

    /// Everything that was held, once.
    mutating func take() -> (pages: [Page], dictionary: TextDictionary) {
        let held = (pages, builder.finish())
        (pages, builder, isOver) = ([], TextDictionaryBuilder(), true)
        return held
    }
}

extension ChunkWriter {
    /// Texts of a page's rows, by codes; nil as the dictionary of none.
    mutating func append(
        texts codes: [UInt32], of dictionary: TextDictionary?, _ levels: [UInt32], to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        if texts.isOver { return try plainPages(codes, of: dictionary, levels, to: &output) }
        texts.hold(codes, of: dictionary, levels)
        if texts.isTooLong { try writeHeld(to: &output) }
    }

    /// Writes what is held: by a dictionary where texts are few.
    mutating func finishTexts(to output: inout ParquetOutput) throws(ParquetRefusal) {
        if texts.isOver { return }
        guard texts.areFew else { return try writeHeld(to: &output) }
        let (pages, dictionary) = texts.take()
        var values = ByteSink(capacity: dictionary.bytes.count + dictionary.count * 4)
        for code in 0..<dictionary.count {
            range.add(text: dictionary.utf8(code))
            PlainValues.append(text: dictionary.utf8(code), to: &values)
        }
        try dictionaryPage(values.bytes, count: dictionary.count, to: &output)
        let width = max(1, BitPacking.width(UInt64(dictionary.count - 1)))
        for page in pages {
            var codes = ByteSink()
            codes.append(UInt8(width))
            RunLengths.append(page.codes.span, width: width, to: &codes)
            try self.page(page.levels, codes.bytes, .dictionary, to: &output)
        }
    }

    private mutating func writeHeld(to output: inout ParquetOutput) throws(ParquetRefusal) {
        let (pages, dictionary) = texts.take()
        for page in pages { try plainPages(page.codes, of: dictionary, page.levels, to: &output) }
    }

    private mutating func plainPages(
        _ codes: [UInt32], of dictionary: TextDictionary?, _ levels: [UInt32], to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        var (row, place) = (0, 0)
        while row < levels.count {
            let first = row
            var values = ByteSink()
            while row < levels.count, values.count < Self.pageBytes {
                if levels[row] == 1, let dictionary {
                    let text = dictionary.utf8(Int(codes[place]))
                    range.add(text: text)
                    PlainValues.append(text: text, to: &values)
                    place += 1
                }
                row += 1
            }
            try page(Array(levels[first..<row]), values.bytes, .plain, to: &output)
        }
    }
}
