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
        let count = range.count
        guard count >= 8, count <= Self.bytesMax else { return CredentialText.holds(bytes[range], suspicion) }
        let (start, rest) = (range.lowerBound, count &- 8)
        let first = bytes.loadUInt64(at: start)
        let second = bytes.loadUInt64(at: start &+ min(8, rest))
        let third = bytes.loadUInt64(at: start &+ min(16, rest))
        let last = bytes.loadUInt64(at: start &+ rest)
        let mixed = (first ^ (last &<< 23 | last &>> 41) ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
        let place = Int(truncatingIfNeeded: mixed &>> UInt64(64 - Self.slotBits))
        let known = slots[place]
        if known.count == count, known.first == first, known.second == second, known.third == third,
            known.last == last, known.suspicion == suspicion
        {
            return false
        }
        if CredentialText.holds(bytes[range], suspicion) { return true }
        slots[place] = Slot(
            count: count, suspicion: suspicion, first: first, second: second, third: third, last: last)
        return false
    }
}
