/// Collects single values into a vector of the narrowest storage that holds them. For small results and slow paths.
package struct VectorBuilder: Sendable {
    private let type: ColumnType
    private var values: [Scalar] = []

    package init(type: ColumnType, capacity: Int = 0) {
        self.type = type
        values.reserveCapacity(capacity)
    }

    package mutating func append(_ value: Scalar) { values.append(value) }

    /// The vector of everything appended. Numerics of another scale than the type's keep theirs, value by value.
    package consuming func finish() -> Vector {
        Vector(type: type, scalars: values)
    }
}

extension Vector {
    /// A vector of single values. Values that do not fit the type's usual storage are kept as they are.
    package init(type: ColumnType, scalars: [Scalar]) {
        var validity: Validity?
        for (row, value) in scalars.enumerated() where value.isNull {
            if validity == nil { validity = Validity(count: scalars.count, allValid: true) }
            validity?[row] = false
        }
        self.init(type: type, count: scalars.count, storage: Self.narrow(scalars, type: type), validity: validity)
    }

    private static func narrow(_ scalars: [Scalar], type: ColumnType) -> Storage {
        switch type {
        case .integer, .timestamptz, .timestamp, .date: narrowIntegers(scalars)
        case .numeric(let scale): narrowNumerics(scalars, scale: scale)
        case .double: narrowDoubles(scalars)
        case .boolean:
            .boolean(scalars.map { if case .boolean(let value) = $0 { value } else { false } })
        case .text, .json: narrowTexts(scalars)
        case .interval:
            .interval(scalars.map { if case .interval(let value) = $0 { value } else { Interval() } })
        case .array, .null: .scalars(scalars)
        }
    }

    private static func narrowIntegers(_ scalars: [Scalar]) -> Storage {
        .int64(
            scalars.map {
                switch $0 {
                case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value): value
                default: 0
                }
            })
    }

    private static func narrowNumerics(_ scalars: [Scalar], scale: Int) -> Storage {
        var wide: [Int128] = []
        wide.reserveCapacity(scalars.count)
        var fits = true
        for value in scalars {
            switch value {
            case .numeric(let mantissa, let ownScale):
                if ownScale != scale { return .scalars(scalars) }
                fits = fits && Int64(exactly: mantissa) != nil
                wide.append(mantissa)
            case .null: wide.append(0)
            default: return .scalars(scalars)
            }
        }
        return fits ? .int64(wide.map { Int64(truncatingIfNeeded: $0) }) : .int128(wide)
    }

    private static func narrowDoubles(_ scalars: [Scalar]) -> Storage {
        .double(scalars.map { if case .double(let value) = $0 { value } else { 0 } })
    }

    /// Equal texts, byte for byte, share one code.
    private static func narrowTexts(_ scalars: [Scalar]) -> Storage {
        var codes: [UInt32] = []
        codes.reserveCapacity(scalars.count)
        var dictionary = TextDictionaryBuilder()
        for value in scalars {
            switch value {
            case .text(let text), .json(let text): codes.append(dictionary.code(of: text))
            case .null: codes.append(0)
            default: codes.append(dictionary.code(of: ""))
            }
        }
        return .text(codes: codes, dictionary: dictionary.finish())
    }
}
