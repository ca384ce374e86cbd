import Bytes
import Compression

// A state is written with each seal, twice, and most of it are counters, schemas and prices, which become half as long.

extension StateFile {
    /// A longer one stays as it is.
    private static let plainBytesMax = 1 << 30
    /// What becomes shorter than one in so many stays as it is, and none is read: a file must not take memory that is
    /// out of all proportion to its length.
    private static let timesShorterMax = 256

    /// A state under Zstandard where that saves a tenth, else as it is.
    /// - Parameter plain: begins with its version.
    static func compressed(_ plain: [UInt8]) -> [UInt8] {
        precondition(!plain.isEmpty, "a state begins with its version")
        guard plain.count <= plainBytesMax else { return plain }
        let content = Zstandard.compress(plain.span.extracting(1..<plain.count))
        guard content.count * 10 <= plain.count * 9, plain.count / timesShorterMax < content.count else { return plain }
        var sink = ByteSink(capacity: content.count + 12)
        sink.append(StateVersion.compressed.rawValue)
        sink.append(plain[0])
        sink.append(varint: UInt64(plain.count - 1))
        sink.append(contentsOf: content)
        return sink.bytes
    }

    /// What stands behind the versions of a compressed state, as it was before.
    static func decompressed(_ cursor: inout ByteCursor) throws(DecodingError) -> [UInt8] {
        let countMax = min(plainBytesMax, min(plainBytesMax, cursor.remaining) * timesShorterMax)
        let count = try cursor.readCount(max: countMax)
        let offset = cursor.offset
        let content = try cursor.readSlice(cursor.remaining)
        do {
            return try Zstandard.decompress(content, count: count)
        } catch {
            throw DecodingError(offset: offset, expectation: "a compressed state (\(error))")
        }
    }
}
