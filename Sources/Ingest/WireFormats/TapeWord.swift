/// What `JSONTape` says of one word, for the two loops that see every field of every event: the layout is drawn there,
/// and calls into another module are too many here.
enum TapeWord {
    @inline(__always) static func tag(_ word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> 56) }

    /// Where a string's bytes lie.
    @inline(__always) static func range(_ word: UInt64) -> Range<Int> {
        let start = Int(truncatingIfNeeded: word & 0xFFF_FFFF)
        return start..<(start + Int(truncatingIfNeeded: word >> 28 & 0xFFF_FFFF))
    }

    /// The place after the value at `place` and all that it holds.
    @inline(__always) static func next(_ words: Span<UInt64>, _ place: Int) -> Int {
        switch tag(words[place]) {
        case JSONTag.string, JSONTag.true, JSONTag.false, JSONTag.null: place + 1
        case JSONTag.integer, JSONTag.unsigned, JSONTag.double: place + 2
        default: Int(truncatingIfNeeded: words[place] & 0xFFFF_FFFF)
        }
    }
}
