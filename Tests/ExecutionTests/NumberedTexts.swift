import Columnar
import Testing

/// Columns of ids as a store has them that was asked for each a few times: with kept numbers.
enum NumberedTexts {
    /// The same columns, all with numbers of one dictionary.
    static func columns(_ columns: [Vector]) throws -> [Vector] {
        let kept = KeptTexts(bytesMax: 8 << 20)
        var found: [Vector?] = []
        for _ in 0..<4 {
            found = try columns.enumerated().map { origin, vector -> Vector? in
                var pool = TextPool()
                let page = try #require(TextPage(vector))
                let shared = pool.share(page, compression: .none)
                let (encoded, named) = try #require(shared)
                let count = named.reduce(0) { $0 + pool.texts(of: $1).count }
                let blocks = KeptTexts.Blocks(
                    column: "id", origin: UInt64(origin), indices: named, textCount: count)
                guard let numbers = kept.numbers(of: blocks, read: { pool.texts(of: $0) }) else { return nil }
                return try SharedTextCodes.column(
                    encoded.header, payload: encoded.payload[...], type: .text, numbers: numbers)
            }
        }
        return try found.map { try #require($0) }
    }
}
