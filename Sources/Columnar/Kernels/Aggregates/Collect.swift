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
            if case .text(let text) = scalar { textBytes += text.utf8.count }
            if !keys.isEmpty { orders.append(orderColumns.map { $0.scalar(at: row) }) }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        groups.append(contentsOf: other.groups.map { mapping[Int($0)] })
        values.append(contentsOf: other.values)
        orders.append(contentsOf: other.orders)
        textBytes += other.textBytes
    }

    func finish(_ wanted: [UInt32]) -> Vector {
        var members = [[Int]](repeating: [], count: groupCount)
        for row in sortedRows() { members[Int(groups[row])].append(row) }
        return Vector(
            type: type,
            scalars: wanted.map { group in
                let rows = members[Int(group)]
                if rows.isEmpty { return .null }
                guard let separator else { return .array(rows.map { values[$0] }) }
                return .text(rows.map { text(values[$0]) }.joined(separator: separator))
            })
    }

    private func sortedRows() -> [Int] {
        guard !keys.isEmpty else { return Array(values.indices) }
        let columns = keys.indices.map { key in Vector(type: keys[key].type, scalars: orders.map { $0[key] }) }
        let order = SortOrder.rows(
            of: columns, descending: keys.map(\.isDescending), nullsFirst: keys.map(\.nullsFirst))
        return order.map { Int($0) }
    }
}
