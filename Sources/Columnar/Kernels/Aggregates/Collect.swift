/// One key of the order in which values are collected.
package struct CollectedOrder: Sendable {
    /// Of the key's values.
    package var type: ColumnType
    /// Greatest first.
    package var isDescending: Bool
    /// Where null stands.
    package var nullsFirst: Bool

    package init(type: ColumnType, isDescending: Bool, nullsFirst: Bool) {
        self.type = type
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}

/// `string_agg` and `array_agg`: every value kept, in the order asked for, else in the order of the rows.
struct CollectAccumulator: Accumulator {
    private let separator: String?
    private let keys: [CollectedOrder]
    private let type: ColumnType
    private let text: @Sendable (Scalar) -> String
    private var groups: [UInt32] = []
    private var values: [Scalar] = []
    private var orders: [[Scalar]] = []
    private var groupCount = 0
    private var textBytes = 0
    /// The longest text that an aggregate makes.
    private static let textBytesMax = 64 << 20

    /// - Parameters:
    ///   - separator: of the texts; nil gives an array.
    ///   - text: what a value is in a text.
    init(type: ColumnType, separator: String?, keys: [CollectedOrder], text: @escaping @Sendable (Scalar) -> String) {
        (self.type, self.separator, self.keys, self.text) = (type, separator, keys, text)
    }

    var memoryBytes: Int { values.capacity * 36 + textBytes + orders.count * keys.count * 48 }

    mutating func grow(to groups: Int) { groupCount = max(groupCount, groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        let orderColumns = arguments.suffix(keys.count)
        assignment.forEach { row, group in
            let scalar = value.scalar(at: row)
            // string_agg leaves nulls out, array_agg keeps them.
            if separator != nil, scalar.isNull { return }
            groups.append(UInt32(group))
            values.append(scalar)
            textBytes += scalar.textBytes
            if keys.isEmpty { return }
            let order = orderColumns.map { $0.scalar(at: row) }
            for key in order { textBytes += key.textBytes }
            orders.append(order)
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        groups.append(contentsOf: other.groups.map { mapping[Int($0)] })
        values.append(contentsOf: other.values)
        orders.append(contentsOf: other.orders)
        textBytes += other.textBytes
    }

    /// Places by group, and the texts: what an array holds it shares with the state.
    var finishBytes: Int {
        let places = values.count * 24 + groupCount * 32
        guard let separator else { return places + values.count * 16 }
        // Values and separators are fewer than a budget has bytes, texts at most 64 MiB long.
        return places + 2 * (textBytes + values.count * (separator.utf8.count + 24))
    }

    func finish(_ wanted: [UInt32]) throws(KernelError) -> Vector { try finish(wanted, .none) }

    func finish(_ wanted: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        var members = [[Int]](repeating: [], count: groupCount)
        for row in try sortedRows(watch) { members[Int(groups[row])].append(row) }
        var results: [Scalar] = []
        results.reserveCapacity(wanted.count)
        for group in wanted {
            let rows = members[Int(group)]
            if results.count & 0xFFF == 0 || rows.count > 0xFFF { try watch.look() }
            results.append(try result(of: rows, watch))
        }
        return Vector(type: type, scalars: results)
    }

    private func result(of rows: [Int], _ watch: KernelWatch) throws(KernelError) -> Scalar {
        if rows.isEmpty { return .null }
        guard let separator else { return .array(rows.map { values[$0] }) }
        var (joined, looked) = ("", 0)
        for (index, row) in rows.enumerated() {
            if index > 0 { joined += separator }
            joined += text(values[row])
            let length = joined.utf8.count
            if length > Self.textBytesMax { throw .textTooLong }
            if length - looked > 1 << 20 || index & 0xFFFF == 0xFFFF {
                looked = length
                try watch.look()
            }
        }
        return .text(joined)
    }

    private func sortedRows(_ watch: KernelWatch) throws(KernelError) -> [Int] {
        guard !keys.isEmpty else { return Array(values.indices) }
        let columns = keys.indices.map { key in Vector(type: keys[key].type, scalars: orders.map { $0[key] }) }
        let order = try watch.order(
            of: columns, descending: keys.map(\.isDescending), nullsFirst: keys.map(\.nullsFirst))
        return order.map { Int($0) }
    }
}
