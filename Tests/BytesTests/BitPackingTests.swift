import Bytes
import Testing

struct BitPackingTests {
    @Test(arguments: [0, 1, 5, 63, 64, 1_023, 1_024, 1_025, 3_000])
    func everyWidthComesBack(count: Int) throws {
        var state: UInt64 = 42
        for width in 0...64 {
            let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
            let values = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: (state ^ state >> 31) & mask)
            }
            var sink = ByteSink()
            BitPacking.pack64(values, base: 0, divisor: 1, width: width, into: &sink)
            #expect(sink.count == BitPacking.packedBytes(count: count, width: width, wordBits: 64))
            #expect(try BitPacking.unpack64(sink.bytes[...], count: count, width: width, base: 0, divisor: 1) == values)
            guard width <= 32 else { continue }
            let narrow = values.map { UInt32(truncatingIfNeeded: $0) }
            var sink32 = ByteSink()
            BitPacking.pack32(narrow, width: width, into: &sink32)
            #expect(sink32.count == BitPacking.packedBytes(count: count, width: width, wordBits: 32))
            #expect(try BitPacking.unpack32(sink32.bytes[...], count: count, width: width) == narrow)
        }
    }

    @Test func baseAndDivisorWrap() throws {
        let values: [Int64] = [.min, .min + 3_000, .max - 807 - 3_000, .min + 6_000]
        var sink = ByteSink()
        BitPacking.pack64(values, base: .min, divisor: 1_000, width: 64, into: &sink)
        let back = try BitPacking.unpack64(sink.bytes[...], count: 4, width: 64, base: .min, divisor: 1_000)
        #expect(back[0] == values[0] && back[1] == values[1] && back[3] == values[3])
    }

    @Test(arguments: [1, 64, 1_023, 1_024, 1_025, 2_500])
    func singleValuesAreThoseOfAll(count: Int) throws {
        var state: UInt64 = 7
        for width in 0...64 {
            let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
            let values = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: (state ^ state >> 31) & mask)
            }
            let places = (0..<count).filter { $0 % 7 == 3 || $0 == count - 1 }.map { UInt32($0) }
            var sink = ByteSink()
            BitPacking.pack64(values, base: 0, divisor: 1, width: width, into: &sink)
            let picked = try BitPacking.unpack64(
                sink.bytes[...], count: count, width: width, base: 5, divisor: 3, at: places)
            #expect(picked == places.map { values[Int($0)] &* 3 &+ 5 }, "width \(width)")
            let blocks = Array(stride(from: 0, to: count, by: BitPacking.blockValues).enumerated())
            for (block, start) in blocks {
                let own = try BitPacking.unpack64(
                    sink.bytes[...], count: count, width: width, base: 5, divisor: 3, block: block)
                let wanted = values[start..<min(start + BitPacking.blockValues, count)].map { $0 &* 3 &+ 5 }
                #expect(own == wanted, "width \(width), block \(block)")
            }
            guard width <= 32 else { continue }
            let narrow = values.map { UInt32(truncatingIfNeeded: $0) }
            var sink32 = ByteSink()
            BitPacking.pack32(narrow, width: width, into: &sink32)
            #expect(
                try BitPacking.unpack32(sink32.bytes[...], count: count, width: width, at: places)
                    == places.map { narrow[Int($0)] }, "width \(width)")
            for (block, start) in blocks {
                let own = try BitPacking.unpack32(sink32.bytes[...], count: count, width: width, block: block)
                #expect(own.elementsEqual(narrow[start...].prefix(BitPacking.blockValues)), "width \(width)")
            }
        }
    }

    /// Whole blocks and what remains, with factors that fit half a word and such that do not.
    @Test(arguments: [2, 1_000, 1 << 32 - 1, 1 << 32, 1 << 40 + 1] as [UInt64])
    func everyWidthIsMultiplied(divisor: UInt64) throws {
        var state: UInt64 = 43
        for width in 1...64 {
            let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
            let bits = (0..<2_050).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: (state ^ state >> 31) & mask)
            }
            var sink = ByteSink()
            BitPacking.pack64(bits, base: 0, divisor: 1, width: width, into: &sink)
            let back = try BitPacking.unpack64(
                sink.bytes[...], count: 2_050, width: width, base: -7, divisor: divisor)
            #expect(back == bits.map { -7 &+ Int64(bitPattern: divisor) &* $0 }, "width \(width)")
        }
    }

    /// Differences of every width, to some of which more is added, come to the values that lie between them.
    @Test(arguments: [0, 1, 3, 64, 1_023, 1_024, 1_025, 3_000])
    func differencesAddUp(count: Int) throws {
        var state: UInt64 = 44
        let places = (0..<count).filter { $0 % 97 == 5 || $0 % 1_024 >= 1_022 || $0 == count - 1 }.flatMap { [$0, $0] }
        let rests = places.indices.map { Int64($0) &* 0x9E37_79B9_7F4A_7C1 }
        for width in 0...64 {
            let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
            let bits = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: (state ^ state >> 31) & mask)
            }
            var sink = ByteSink()
            BitPacking.pack64(bits, base: 0, divisor: 1, width: width, into: &sink)
            let forms: [(base: Int64, divisor: UInt64, isPatched: Bool)] = [
                (0, 1, false), (-3, 7, true), (5, 1 << 40, true),
            ]
            for (base, divisor, isPatched) in forms {
                var differences = bits.map { base &+ Int64(bitPattern: divisor) &* $0 }
                if isPatched { for (place, rest) in zip(places, rests) { differences[place] &+= rest } }
                var wanted = [Int64.max - 1]
                for difference in differences { wanted.append(wanted[wanted.count - 1] &+ difference) }
                let found = try BitPacking.accumulated64(
                    sink.bytes[...], count: count, width: width, base: base, divisor: divisor, from: .max - 1,
                    adding: isPatched ? rests : [], at: isPatched ? places : [])
                #expect(found == wanted, "width \(width), base \(base), divisor \(divisor)")
            }
        }
    }

    @Test func oneValueBeyondTheBoundIsFound() {
        for bound in [1, 2, 1_000, 1 << 31 - 1, 1 << 31, 1 << 31 + 1, 1 << 32 - 1] {
            for wrong in [bound, bound + 1, bound * 2, 1 << 31, 1 << 32 - 1] where wrong >= bound && wrong < 1 << 32 {
                var values = [UInt32](repeating: 0, count: 70)
                values[3] = UInt32(bound - 1)
                #expect(BitPacking.areAll(values, below: bound))
                for place in [0, 17, 69] {
                    var damaged = values
                    damaged[place] = UInt32(wrong)
                    #expect(!BitPacking.areAll(damaged, below: bound), "\(wrong) is not below \(bound)")
                }
            }
        }
        #expect(BitPacking.areAll([], below: 0) && !BitPacking.areAll([0], below: 0))
    }

    @Test func otherLengthsAreRefused() {
        #expect(throws: DecodingError.self) {
            try BitPacking.unpack64([1, 2, 3], count: 1, width: 8, base: 0, divisor: 1)
        }
        #expect(throws: DecodingError.self) { try BitPacking.unpack32([1, 2, 3], count: 1, width: 40) }
        for (width, bytes) in [(8, 3), (65, 8), (0, 1)] {
            #expect(throws: DecodingError.self) {
                try BitPacking.accumulated64(
                    [UInt8](repeating: 1, count: bytes)[...], count: 1, width: width, base: 0, divisor: 1, from: 0,
                    adding: [], at: [])
            }
        }
    }
}

struct HexadecimalColumnsTests {
    @Test func digitsLandWhereTheyBelong() {
        for digits in 1...16 {
            var bytes = [UInt8](repeating: UInt8(ascii: "."), count: 3 * 20)
            let values: [Int64] = [0, -1, 0x0123_4567_89AB_CDEF]
            HexadecimalColumns.write(values, shift: 0, digits: digits, into: &bytes, offset: 2, stride: 20)
            for (index, value) in values.enumerated() {
                let all = String(UInt64(bitPattern: value), radix: 16)
                let expected = String((String(repeating: "0", count: 16 - all.count) + all).suffix(digits))
                let text = String(decoding: bytes[(index * 20 + 2)..<(index * 20 + 2 + digits)], as: UTF8.self)
                #expect(text == expected)
            }
            #expect(bytes.filter { $0 == UInt8(ascii: ".") }.count == 60 - 3 * digits)
        }
        var shifted = [UInt8](repeating: 0, count: 2)
        HexadecimalColumns.write([0x7BFF_0000], shift: 24, digits: 2, into: &shifted, offset: 0, stride: 2)
        #expect(shifted == Array("7b".utf8))
    }
}
