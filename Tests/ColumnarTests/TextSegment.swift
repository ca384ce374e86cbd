import Bytes
import Columnar
import Testing

/// A segment's column of ids as its reader sees it: pages of codes, and blocks of texts whose readings are counted.
struct TextSegment {
    private let origin: UInt64
    private var pool = TextPool()
    private var pages: [(page: EncodedPage, blocks: [Int])] = []
    /// The rows of each page.
    let vectors: [Vector]
    /// How often a block was read for numbers.
    private(set) var readings = 0

    /// - Parameter vectors: a page each, all of which share texts.
    init(origin: UInt64, _ vectors: [Vector]) throws {
        (self.origin, self.vectors) = (origin, vectors)
        for vector in vectors {
            let page = try #require(TextPage(vector))
            let shared = pool.share(page, compression: .none)
            pages.append(try #require(shared))
        }
    }

    var blockCount: Int { pool.blockCount }

    /// A page's column by numbers that are kept; nil where these are not known.
    mutating func column(_ place: Int, _ kept: KeptTexts) throws -> Vector? {
        let (page, named) = pages[place]
        var cursor = ByteCursor(page.headerBytes)
        let header = try PageHeader(from: &cursor, type: page.type)
        let texts = named.map { pool.texts(of: $0) }
        let blocks = KeptTexts.Blocks(
            column: "conversation_id", origin: origin, indices: named, textCount: texts.reduce(0) { $0 + $1.count })
        var count = 0
        let numbers = kept.numbers(of: blocks) { index in
            count += 1
            return pool.texts(of: index)
        }
        readings += count
        guard let numbers else { return nil }
        return try SharedTextCodes.column(header, payload: page.payload[...], type: page.type, numbers: numbers)
    }

    /// `rows` ids of which `texts` from the first on occur, in no order, some null.
    static func vector(
        _ random: inout SampleGenerator, rows: Int, texts: Int, from first: Int, nulls: UInt64 = 0
    ) -> Vector {
        var builder = TextDictionaryBuilder()
        let codes = (0..<rows).map { row in
            let number = UInt64(first + (row < texts ? row : Int(random.next() % UInt64(texts))))
            return builder.code(of: "c-" + hex(number &* 0x9E37_79B9_7F4A_7C15, 16))
        }
        let whole = Vector(type: .text, count: rows, storage: .text(codes: codes, dictionary: builder.finish()))
        return nulls == 0 ? whole : withNulls(whole) { _ in random.next() % nulls == 0 }
    }
}
