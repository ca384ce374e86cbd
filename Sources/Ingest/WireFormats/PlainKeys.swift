internal import Bytes
internal import Domain

/// Guesses the column of a key from the one before it and compares the guess with the text a word at a time: senders
/// write the keys of one type in one order, some left out.
struct PlainKeys: Sendable {
    /// So many bytes a guess may need behind the first of a name.
    static let bytesMax = 32

    /// A name and its closing quote as words that may overlap.
    private struct Name {
        /// Bytes with the quote; 0 for a name that is too long to be guessed.
        var count = 0
        /// Which bytes of the first word count.
        var mask: UInt64 = 0
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var last: UInt64 = 0
    }

    private let names: [Name]
    /// By type, then by the column before, of which one more stands for none: what came next the last time; −1 where
    /// nothing did.
    private var next: [Int16]

    init(_ registry: SchemaRegistry) {
        names = registry.columns.map { Self.name($0.name) }
        next = [Int16](repeating: -1, count: registry.types.count * (registry.columns.count + 1))
    }

    private static func name(_ name: String) -> Name {
        // texts: made once.
        let bytes = Array(name.utf8) + [PlainJSON.quote]
        guard bytes.count <= bytesMax else { return Name() }
        let padded = bytes + [UInt8](repeating: 0, count: 8)
        let rest = max(0, bytes.count - 8)
        return Name(
            count: bytes.count, mask: bytes.count >= 8 ? .max : 1 << UInt64(8 * bytes.count) - 1,
            first: padded.loadUInt64(at: 0), second: padded.loadUInt64(at: min(8, rest)),
            third: padded.loadUInt64(at: min(16, rest)), last: padded.loadUInt64(at: rest))
    }

    /// Where a guess stands and is learnt.
    @inline(__always)
    private func place(_ type: UInt16, _ before: UInt16?) -> Int {
        Int(type) &* (names.count &+ 1) &+ (before.map { Int($0) } ?? names.count)
    }

    /// The column whose name and closing quote stand at a place, and how many bytes these are; nil where the guess
    /// fails.
    /// - Precondition: ``bytesMax`` bytes more than the place are there, and eight.
    @inline(__always)
    func guess(
        _ type: UInt16, after before: UInt16?, _ text: Span<UInt8>, _ start: Int
    ) -> (column: UInt16, bytes: Int)? {
        let column = Int(next[place(type, before)])
        guard column >= 0 else { return nil }
        let count = names[column].count
        guard count > 0, text.loadUInt64(at: start) & names[column].mask == names[column].first else { return nil }
        if count > 8 {
            guard text.loadUInt64(at: start &+ count &- 8) == names[column].last else { return nil }
            if count > 16 {
                guard text.loadUInt64(at: start &+ 8) == names[column].second,
                    text.loadUInt64(at: start &+ min(16, count &- 8)) == names[column].third
                else { return nil }
            }
        }
        return (UInt16(truncatingIfNeeded: column), count)
    }

    mutating func learn(_ type: UInt16, after before: UInt16?, _ column: UInt16) {
        guard let small = Int16(exactly: column) else { return }
        next[place(type, before)] = small
    }
}

/// Types of the last events by their names: most come again and again.
struct RecentTypes: Sendable {
    /// A name of 8 to 16 bytes as two words that may overlap, which with the length are all of it.
    private struct Slot {
        /// 0: none.
        var count = 0
        var first: UInt64 = 0
        var last: UInt64 = 0
        var type: UInt16 = 0
    }

    private static let slotBits = 6
    private var slots = [Slot](repeating: Slot(), count: 1 << slotBits)

    /// The type of a name; nil where it did not come lately.
    @inline(__always)
    func find(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt16? {
        guard let (slot, place) = Self.slot(text, range) else { return nil }
        let known = slots[place]
        return known.count == slot.count && known.first == slot.first && known.last == slot.last ? known.type : nil
    }

    mutating func learn(_ text: Span<UInt8>, _ range: Range<Int>, _ type: UInt16) {
        guard let (slot, place) = Self.slot(text, range) else { return }
        slots[place] = slot
        slots[place].type = type
    }

    @inline(__always)
    private static func slot(_ text: Span<UInt8>, _ range: Range<Int>) -> (slot: Slot, place: Int)? {
        guard range.count >= 8, range.count <= 16 else { return nil }
        let (first, last) = (text.loadUInt64(at: range.lowerBound), text.loadUInt64(at: range.upperBound &- 8))
        let mixed = (first ^ (last &<< 23 | last &>> 41)) &* 0x9E37_79B9_7F4A_7C15
        let place = Int(truncatingIfNeeded: mixed &>> UInt64(64 - slotBits))
        return (Slot(count: range.count, first: first, last: last), place)
    }
}
