import Bytes
import Testing

@Suite struct CodeTableTests {
    /// Tables of every length, in order, nearly in order and in none; codes of every number.
    @Test(arguments: [0, 1, 3, 4, 5, 70]) func codesAreReplaced(count: Int) {
        for length in [1, 2, 7, 256, 257, 3_000] {
            let identity = (0..<UInt32(length)).map { $0 }
            var swapped = identity
            swapped.swapAt(0, length - 1)
            let other = identity.map { $0 &* 2_654_435_761 }
            for table in [identity, swapped, other] {
                let codes = (0..<count).map { UInt32($0 * 7_919 % length) }
                var found = codes
                #expect(CodeTable.replace(&found, by: table))
                #expect(found == codes.map { table[Int($0)] }, "\(count) codes, a table of \(length)")
            }
        }
    }

    @Test func codesBeyondTheTableChangeNothing() {
        for place in [0, 4, 8] {
            var codes = [UInt32](repeating: 1, count: 9)
            codes[place] = 2
            let before = codes
            #expect(!CodeTable.replace(&codes, by: [5, 6]) && codes == before)
        }
        var none: [UInt32] = []
        #expect(CodeTable.replace(&none, by: []) && none.isEmpty)
    }

    /// Chunk by chunk, every code met again and again, in an order of its own.
    @Test(arguments: [1, 5, 300, 4_000]) func codesAreNumberedAsTheyCome(length: Int) {
        var table = [UInt32](repeating: .max, count: length)
        var known: [UInt32: UInt32] = [:]
        for chunk in 0..<20 {
            let codes = (0..<(chunk * 37 % 200)).map { UInt32(($0 * 7_919 + chunk * chunk * 31) % length) }
            let first = 9 + UInt32(known.count)
            var fresh: [UInt32] = []
            let expected = codes.map { code -> UInt32 in
                if let number = known[code] { return number }
                known[code] = 9 + UInt32(known.count)
                fresh.append(code)
                return 8 + UInt32(known.count)
            }
            var found = codes
            let new = CodeTable.number(&found, by: &table, from: first)
            #expect(found == expected && new == fresh, "chunk \(chunk)")
        }
        #expect((0..<UInt32(length)).allSatisfy { table[Int($0)] == known[$0] ?? .max })
        var codes = [0, UInt32(length), 0]
        let before = (codes, table)
        let none = CodeTable.number(&codes, by: &table, from: 9)
        #expect(none == nil && codes == before.0 && table == before.1)
    }
}
