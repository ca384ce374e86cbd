import Platform

/// Draws inputs from others, the same ones from the same seed: a small share of what libFuzzer does, without looking at
/// the code that they reach.
package struct FuzzMutator: Sendable {
    private var generator: SeededGenerator
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    private let bytesMax: Int

    /// Numbers at which readers change their minds.
    private static let numbers: [UInt64] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt64(Int64.max), .max,
        UInt64(bitPattern: .min),
    ]
    /// What stands between the parts of texts.
    private static let signs = Array("\"'\\{}[]()<>,:;=-+*/.%#&|!~^$@ \n\r\t\0_09azAZ".utf8)

    /// - Parameters:
    ///   - seed: decides all.
    ///   - corpus: inputs to begin with.
    ///   - words: what is put into them now and then.
    package init(seed: UInt64, corpus: [[UInt8]], words: [String] = [], bytesMax: Int) {
        generator = SeededGenerator(seed: seed)
        (self.corpus, self.bytesMax) = (corpus.isEmpty ? [[]] : corpus, bytesMax)
        self.words = words.map { Array($0.utf8) }
    }

    /// The next one.
    package mutating func next() -> [UInt8] {
        var bytes = corpus[generator.next(below: corpus.count)]
        for _ in 0...generator.next(below: 4) { change(&bytes) }
        return Array(bytes.prefix(bytesMax))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = generator.next(below: bytes.count + 1)
        guard place < bytes.count else {
            bytes.append(Self.signs[generator.next(below: Self.signs.count)])
            return
        }
        let length = min(1 + generator.next(below: 16), bytes.count - place)
        switch generator.next(below: words.isEmpty ? 9 : 11) {
        case 0: bytes[place] ^= 1 << UInt8(generator.next(below: 8))
        case 1: bytes[place] = UInt8(generator.next(below: 256))
        case 2: bytes[place] = Self.signs[generator.next(below: Self.signs.count)]
        case 3: bytes.insert(Self.signs[generator.next(below: Self.signs.count)], at: place)
        case 4: bytes.removeSubrange(place..<(place + length))
        case 5: bytes.insert(contentsOf: Array(bytes[place..<(place + length)]), at: place)
        case 6: overwrite(&bytes, from: place)
        case 7:
            // A stretch of another input.
            let other = corpus[generator.next(below: corpus.count)]
            let start = generator.next(below: other.count + 1)
            bytes.insert(contentsOf: other[start..<min(start + 1 + generator.next(below: 64), other.count)], at: place)
        case 8: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: words[generator.next(below: words.count)], at: place)
        }
    }

    private mutating func overwrite(_ bytes: inout [UInt8], from place: Int) {
        let number = Self.numbers[generator.next(below: Self.numbers.count)]
        for index in 0..<min(1 << generator.next(below: 4), bytes.count - place) {
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
        }
    }
}
