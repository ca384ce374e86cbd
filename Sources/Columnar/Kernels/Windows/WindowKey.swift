/// A key by which the rows of partitions are ordered.
package struct WindowKey: Sendable {
    enum Form: Sendable {
        /// A word for each row, in whose order they are.
        case words([UInt64])
        case values(Vector)
    }

    let form: Form
    let isDescending: Bool
    let nullsFirst: Bool

    /// A key whose values come in pieces. Those of most tables are times and whole numbers without nulls, which become
    /// words at once, so that nothing is held twice.
    /// - Parameter parts: of all rows, in their order.
    package init(_ parts: [Vector], type: ColumnType, isDescending: Bool, nullsFirst: Bool) {
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
        if let words = Self.words(parts, isDescending: isDescending) {
            form = .words(words)
        } else {
            form = .values(.concatenate(parts, type: type))
        }
    }

    private static func words(_ parts: [Vector], isDescending: Bool) -> [UInt64]? {
        let flip: UInt64 = isDescending ? .max : 0
        // Those of the newest rows may say of each that it is there, or be one value for all.
        for part in parts {
            let part = part.expanded()
            guard case .int64 = part.storage, part.validity?.nullCount ?? 0 == 0 else { return nil }
        }
        var words: [UInt64] = []
        words.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts {
            guard case .int64(let values) = part.expanded().storage else { return nil }
            for value in values { words.append(OrderedBits.of(value) ^ flip) }
        }
        return words
    }

    /// Whether it holds the values of all rows, as whole numbers.
    package var hasValues: Bool { if case .words = form { true } else { false } }

    /// The values of rows; `UInt32.max` stands for none.
    /// - Precondition: it has values, of the type that they had.
    func vector(_ rows: ArraySlice<UInt32>, type: ColumnType) -> Vector {
        guard case .words(let words) = form else { preconditionFailure("a key of words has values") }
        let source = words.span
        let flip: UInt64 = isDescending ? .max : 0
        var values = [Int64](repeating: 0, count: rows.count)
        var present = Validity(count: rows.count, allValid: true)
        do {
            var target = values.mutableSpan
            var place = 0
            for row in rows {
                if row == .max {
                    present[place] = false
                } else {
                    target[place] = OrderedBits.integer(source[Int(row)] ^ flip)
                }
                place &+= 1
            }
        }
        return Vector(type: type, count: rows.count, storage: .int64(values), validity: present.unlessWhole)
    }

    /// Bytes held, beside what the pieces hold, roughly.
    package var memoryBytes: Int {
        switch form {
        case .words(let words): words.capacity * 8
        // The values, and words of them, with one for whether they are null.
        case .values(let vector): vector.count * 32
        }
    }
}
