import Columnar

/// Numbers rows by their values in several columns: equal values in all, equal numbers, counted up in the order of first rows.
struct RowNumbering {
    /// By row.
    private(set) var numbers: [UInt32]
    /// By number: the first row that has it.
    private(set) var firstRows: [UInt32]

    var count: Int { firstRows.count }

    /// All rows are equal so far.
    init(rowCount: Int) {
        numbers = Array(repeating: 0, count: rowCount)
        firstRows = rowCount == 0 ? [] : [0]
    }

    /// Tells rows apart whose values differ.
    mutating func refine(by values: [Int64]) {
        assert(values.count == numbers.count, "a value for each row")
        var slots = NumberSlots(capacity: count * 2)
        var refined: [UInt32] = []
        refined.reserveCapacity(numbers.count)
        var firsts: [UInt32] = []
        for row in numbers.indices {
            let number = slots.number(of: numbers[row], values[row], next: UInt32(firsts.count))
            if number == firsts.count { firsts.append(UInt32(row)) }
            refined.append(number)
        }
        assert(refined.count == numbers.count && firsts.count >= firstRows.count, "rows only come apart")
        (numbers, firstRows) = (refined, firsts)
    }

    /// As for numbers; nulls are equal to each other. Equal texts have one code within a column.
    mutating func refine(by vector: Vector) {
        assert(vector.count == numbers.count, "a value for each row")
        let values: [Int64]
        switch vector.storage {
        case .constant: return
        case .int64(let own): values = own
        case .double(let own): values = own.map { Int64(bitPattern: $0.bitPattern) }
        case .boolean(let own): values = own.map { $0 ? 1 : 0 }
        case .text(let codes, _): values = codes.map { Int64($0) }
        case .int128, .interval, .scalars: preconditionFailure("no column of events has this shape")
        }
        if let validity = vector.validity { refine(by: (0..<vector.count).map { validity[$0] ? 1 : 0 }) }
        refine(by: values)
    }
}

/// Numbers by pair, open addressing, at most half full.
private struct NumberSlots {
    private struct Slot {
        var group: UInt32
        /// Number + 1; 0 is free.
        var number: UInt32
        var value: Int64
    }

    private var slots: [Slot]
    private var used = 0
    private var last: Slot?

    init(capacity: Int) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: Slot(group: 0, number: 0, value: 0), count: size)
    }

    /// The pair's number; `next` if it is new.
    mutating func number(of group: UInt32, _ value: Int64, next: UInt32) -> UInt32 {
        if let last, last.group == group, last.value == value { return last.number - 1 }
        if used * 2 >= slots.count { grow() }
        assert(used * 2 < slots.count, "a free slot ends every search")
        var place = Self.place(group, value, slots.count)
        while slots[place].number != 0 {
            if slots[place].group == group, slots[place].value == value {
                last = slots[place]
                return slots[place].number - 1
            }
            place = (place + 1) & (slots.count - 1)
        }
        slots[place] = Slot(group: group, number: next + 1, value: value)
        last = slots[place]
        used += 1
        return next
    }

    private static func place(_ group: UInt32, _ value: Int64, _ count: Int) -> Int {
        var hash = (UInt64(bitPattern: value) &+ UInt64(group) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash) & (count - 1)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(group: 0, number: 0, value: 0), count: old.count * 2)
        for slot in old where slot.number != 0 {
            var place = Self.place(slot.group, slot.value, slots.count)
            while slots[place].number != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = slot
        }
    }
}
