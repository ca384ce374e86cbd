import Bytes
import Hashing
import Testing

@Suite struct HashingTests {
    @Test func xxh3KnownAnswers() {
        // Reference values of xxHash 0.8 (`xxhsum -H3`, `-H2` of the same bytes).
        #expect(xxh3([UInt8]()) == 0x2d06_8005_38d3_94c2)
        #expect(xxh3(Array("abc".utf8)) == 0x78af_5f94_892f_3950)
        #expect(xxh3Wide([UInt8]()) == Hash128(high: 0x99aa_06d3_0147_98d8, low: 0x6001_c324_468d_497f))
        #expect(xxh3Wide(Array("abc".utf8)) == Hash128(high: 0x06b0_5ab6_733a_6185, low: 0x78af_5f94_892f_3950))
    }

    /// Of tables, whatever of two keys differs.
    @Test func wideHashesAreKeys() {
        let keys = (0..<2_000).map { Hash128(high: UInt64($0 % 3), low: UInt64($0 / 3) << 40) }
        var table: [Hash128: Int] = [:]
        for (number, key) in keys.enumerated() { table[key] = number }
        #expect(table.count == keys.count && keys.indices.allSatisfy { table[keys[$0]] == $0 })
        #expect(table[Hash128(high: 3, low: 0)] == nil)
        for key in keys where key.high == 1 { table[key] = nil }
        #expect(Set(table.keys) == Set(keys.filter { $0.high != 1 }))
    }

    @Test func formsAgree() {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for length in [0, 1, 3, 8, 16, 17, 128, 129, 240, 241, 900] {
            let slice = bytes[7..<(7 + length)]
            #expect(xxh3(slice, seed: 9) == xxh3(Array(slice), seed: 9))
            #expect(xxh3(slice, seed: 9) == xxh3(slice.span, seed: 9))
            #expect(xxh3Wide(slice, seed: 9) == xxh3Wide(Array(slice), seed: 9))
            #expect(xxh3(slice, seed: 9) != xxh3(slice, seed: 10))
        }
    }

    @Test func sha256KnownAnswers() {
        // FIPS 180-4 examples.
        #expect(
            hexadecimal(SHA256.hash(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hexadecimal(SHA256.hash([UInt8]())) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func sha256InPieces() {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        var digest = SHA256()
        for start in stride(from: 0, to: bytes.count, by: 77) {
            digest.update(bytes[start..<min(start + 77, bytes.count)])
        }
        #expect(digest.finish() == SHA256.hash(bytes))
    }

    @Test func hmacKnownAnswers() {
        // RFC 4231, test case 2; and the empty key and message.
        #expect(
            hexadecimal(hmacSHA256(key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            hexadecimal(hmacSHA256(key: [], message: [UInt8]()))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
