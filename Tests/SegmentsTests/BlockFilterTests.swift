import Bytes
import Segments
import Testing

struct BlockFilterTests {
    @Test(arguments: [(12, 0.01), (8, 0.05)])
    func falseAnswersStayBelowThePromise(bitsPerKey: Int, limit: Double) throws {
        for count in [1, 100, 20_000] {
            var filter = BlockFilter(keyCount: count, bitsPerKey: bitsPerKey)
            for number in 0..<UInt64(count) { filter.insert(identityHash(number)) }
            let found = (0..<UInt64(count)).filter { filter.mightContain(identityHash($0)) }.count
            let wrong = (0..<UInt64(50_000)).filter { filter.mightContain(identityHash($0 + 1_000_000)) }.count
            #expect(found == count)
            #expect(Double(wrong) < limit * 50_000, "\(wrong) of 50,000 with \(count) keys")
            var sink = ByteSink()
            filter.write(into: &sink)
            #expect(try BlockFilter(sink.bytes[...]) == filter)
        }
    }

    @Test func brokenBlocksAreRefused() {
        #expect(throws: DecodingError.self) { try BlockFilter([]) }
        #expect(throws: DecodingError.self) { try BlockFilter([1, 2, 3]) }
    }
}
