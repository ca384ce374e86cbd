internal import Bytes

/// Texts that were looked at and open nothing (``CredentialText``), so that what comes with event after event
/// (services, regions, versions, the conversation) is not searched each time. Exact: a text that is not known here byte
/// by byte is looked at.
///
/// A table of fixed size; the last of the texts that meet in a slot stays.
struct HarmlessTexts {
    /// Longer texts are seldom sent twice; ids of traces have 32 bytes.
    private static let bytesMax = 32
    private static let slotBits = 9

    /// A text of 8 to 32 bytes as four words that may overlap, which with the length are all of it.
    private struct Slot {
        /// 0: none.
        var count = 0
        var suspicion = CredentialText.Suspicion.certain
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var last: UInt64 = 0
    }

    private var slots = [Slot](repeating: Slot(), count: 1 << slotBits)

    /// Whether what stands in a range of the bytes looks like what opens something.
    mutating func holds(_ bytes: [UInt8], _ range: Range<Int>, _ suspicion: CredentialText.Suspicion) -> Bool {
        if knows(bytes.span, range, suspicion) { return false }
        if CredentialText.holds(bytes[range], suspicion) { return true }
        if range.count <= Self.bytesMax {
            let (slot, place) = Self.slot(bytes.span, range, suspicion)
            slots[place] = slot
        }
        return false
    }

    /// Whether it is known without a search that a text opens nothing.
    @inline(__always)
    mutating func knows(_ bytes: Span<UInt8>, _ range: Range<Int>, _ suspicion: CredentialText.Suspicion) -> Bool {
        // Too short for anything that opens something.
        guard range.count >= CredentialText.bytesMin else { return true }
        if !suspicion.findsRuns, Self.isPlainID(bytes, range) { return true }
        guard range.count <= Self.bytesMax else { return false }
        let (text, place) = Self.slot(bytes, range, suspicion)
        let known = slots[place]
        return known.count == text.count && known.first == text.first && known.second == text.second
            && known.third == text.third && known.last == text.last && known.suspicion == suspicion
    }

    /// What the table would hold of a text of 8 to 32 bytes, and where.
    @inline(__always)
    private static func slot(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ suspicion: CredentialText.Suspicion
    ) -> (slot: Slot, place: Int) {
        let (start, count) = (range.lowerBound, range.count)
        let rest = count &- 8
        let slot = Slot(
            count: count, suspicion: suspicion, first: bytes.loadUInt64(at: start),
            second: bytes.loadUInt64(at: start &+ min(8, rest)), third: bytes.loadUInt64(at: start &+ min(16, rest)),
            last: bytes.loadUInt64(at: start &+ rest))
        let turned = slot.last &<< 23 | slot.last &>> 41
        let mixed = (slot.first ^ turned ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
        return (slot, Int(truncatingIfNeeded: mixed &>> UInt64(64 - slotBits)))
    }

    /// The length of the one kind of key that is made of nothing else: 32, 8 and 8 digits.
    private static let plainKeyBytes = 50

    /// Whether a text of at least eight bytes is digits, the letters a to f and dashes alone: ids of events and traces.
    /// No beginning of a key and no name of a secret is made of these, so that it opens nothing where runs that look
    /// drawn by lot do not count.
    private static func isPlainID(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count == plainKeyBytes { return false }
        let last = range.upperBound &- 8
        var place = range.lowerBound
        while place < last {
            guard isPlain(bytes.loadUInt64(at: place)) else { return false }
            place &+= 8
        }
        return isPlain(bytes.loadUInt64(at: last))
    }

    /// The same of eight bytes at once: a byte below 128 is in a range where its sum with 128 less the first byte has
    /// the highest bit and that with 128 less the byte behind the last one has not.
    private static func isPlain(_ word: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        guard word & high == 0 else { return false }
        let digits = (word &+ 0x5050_5050_5050_5050) & ~(word &+ 0x4646_4646_4646_4646)
        let letters = (word &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(word &+ 0x1919_1919_1919_1919)
        let dashes = (word &+ 0x5353_5353_5353_5353) & ~(word &+ 0x5252_5252_5252_5252)
        return (digits | letters | dashes) & high == high
    }
}
