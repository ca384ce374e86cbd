/// Distinct 64-bit keys, numbered as first seen. Small dense keys index an array directly; others go through open
/// addressing.
struct NumberTable: Sendable {
    private(set) var keys: [UInt64] = []
    /// Number + 1 by key while every key is below `directLimit`.
    private var direct: [UInt32] = []
    private var slots: [UInt32] = []
    private var isDirect = true
    private static let directLimit = 1 << 16

    var count: Int { keys.count }
    var memoryBytes: Int { keys.capacity * 8 + direct.count * 4 + slots.count * 4 }

    @inline(__always)
    mutating func number(of key: UInt64) -> UInt32 {
        if isDirect {
            if key < UInt64(direct.count) {
                let entry = direct[Int(truncatingIfNeeded: key)]
                if entry != 0 { return entry &- 1 }
            }
            return addDirect(key)
        }
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: Mixing.mix(key)) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return add(key, slot) }
            if keys[Int(entry &- 1)] == key { return entry &- 1 }
            slot = (slot &+ 1) & mask
        }
    }

    /// The numbers of the keys of some rows; new keys are numbered in the order of their first rows.
    @inline(__always)
    mutating func numbers(count: Int, key: (_ row: Int) -> UInt64) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: count)
        var numbers = result.mutableSpan
        var row = 0
        while row < count {
            if isDirect {
                let known = direct.span
                while row < count {
                    let key = key(row)
                    guard key < UInt64(known.count) else { break }
                    let entry = known[Int(truncatingIfNeeded: key)]
                    if entry == 0 { break }
                    numbers[row] = entry &- 1
                    row += 1
                }
                if row == count { break }
            }
            numbers[row] = number(of: key(row))
            row += 1
        }
        return result
    }

    /// The key's number; nil when it was never added.
    func find(_ key: UInt64) -> UInt32? {
        if isDirect {
            guard key < UInt64(direct.count), direct[Int(key)] != 0 else { return nil }
            return direct[Int(key)] - 1
        }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Mixing.mix(key)) & mask
        while slots[slot] != 0 {
            if keys[Int(slots[slot] - 1)] == key { return slots[slot] - 1 }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func addDirect(_ key: UInt64) -> UInt32 {
        guard key < UInt64(Self.directLimit) else {
            leaveDirect()
            return number(of: key)
        }
        let index = Int(key)
        if index >= direct.count {
            var size = max(256, direct.count)
            while size <= index { size *= 2 }
            direct.append(contentsOf: repeatElement(0, count: size - direct.count))
        }
        assert(isDirect && direct[index] == 0, "a key that is new")
        keys.append(key)
        direct[index] = UInt32(keys.count)
        return UInt32(keys.count - 1)
    }

    private mutating func add(_ key: UInt64, _ slot: Int) -> UInt32 {
        keys.append(key)
        slots[slot] = UInt32(keys.count)
        if keys.count * 2 > slots.count { rehash(slots.count * 2) }
        assert(keys.count * 2 <= slots.count, "a free slot ends every search")
        return UInt32(keys.count - 1)
    }

    private mutating func leaveDirect() {
        isDirect = false
        direct = []
        var size = 1024
        while size < keys.count * 4 { size *= 2 }
        rehash(size)
    }

    private mutating func rehash(_ size: Int) {
        slots = Array(repeating: 0, count: size)
        assert(size & (size - 1) == 0 && keys.count < size, "a power of two with room for all")
        let mask = size - 1
        for (number, key) in keys.enumerated() {
            var slot = Int(truncatingIfNeeded: Mixing.mix(key)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(number + 1)
        }
    }
}
