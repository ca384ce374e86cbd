package import Bytes

/// A set of 64-bit integers (values, codes or hashes) that counts how many distinct ones it was given: exact,
/// mergeable.
///
/// Open addressing with a fixed hash; never more than half full. Not for values that an adversary chooses.
package struct DistinctIntegers: Sendable {
    /// A power of two; 0 marks a free slot.
    private var slots: [Int64] = []
    private var hasZero = false
    private var used = 0

    /// Starts empty.
    package init() {}

    /// How many distinct integers were inserted.
    package var count: Int { used + (hasZero ? 1 : 0) }

    /// Amortised O(1).
    package mutating func insert(_ value: Int64) {
        if value == 0 {
            hasZero = true
            return
        }
        if used * 2 >= slots.count { grow() }
        assert(used * 2 < slots.count, "a free slot ends every search")
        if Self.place(value, in: &slots) { used += 1 }
    }

    /// Inserts each of the values. Amortised O(1) a value.
    package mutating func insert(contentsOf values: [Int64]) {
        for value in values { insert(value) }
    }

    /// Takes in all integers of another set.
    package mutating func formUnion(_ other: DistinctIntegers) {
        hasZero = hasZero || other.hasZero
        for value in other.slots where value != 0 { insert(value) }
    }

    /// Ascending. O(n log n).
    package var sorted: [Int64] {
        var values = slots.filter { $0 != 0 }
        if hasZero { values.append(0) }
        return values.sorted()
    }

    /// Appends the set, equal sets as equal bytes: a varint count, the smallest as zig-zag, the distances as varints.
    package func write(into sink: inout ByteSink) {
        let values = sorted
        sink.append(varint: UInt64(values.count))
        assert(values.count == count, "every slot in use was counted")
        guard var last = values.first else { return }
        sink.append(zigzag: last)
        for value in values.dropFirst() {
            sink.append(varint: UInt64(bitPattern: value &- last))
            last = value
        }
    }

    /// Reads a set of at most `countMax` integers.
    package init(from cursor: inout ByteCursor, countMax: Int) throws(DecodingError) {
        let count = try cursor.readCount(max: countMax)
        guard count <= cursor.remaining else { throw cursor.failure("\(count) integers") }
        if count == 0 { return }
        var last = try cursor.readZigzag()
        insert(last)
        for _ in 1..<count {
            let next = last &+ Int64(bitPattern: try cursor.readVarint())
            guard next > last else { throw cursor.failure("integers that ascend") }
            insert(next)
            last = next
        }
    }

    private mutating func grow() {
        var larger = [Int64](repeating: 0, count: max(16, slots.count * 2))
        for value in slots where value != 0 { _ = Self.place(value, in: &larger) }
        slots = larger
    }

    /// Whether the value was new.
    private static func place(_ value: Int64, in slots: inout [Int64]) -> Bool {
        assert(value != 0 && slots.count & (slots.count - 1) == 0, "0 is a free slot of a power of two")
        let mask = slots.count - 1
        var hash = UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] == value { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = value
        return true
    }
}
