internal import Bytes
package import Columnar

/// What a column is asked for, beside its values.
package enum ColumnHint: UInt8, Sendable, Hashable {
    case plain = 0
    /// Looked up by equality: each group gets a filter of the column's texts.
    case lookup = 1
    /// Minimum and maximum are not kept.
    case unsummarised = 2
    /// Its texts stand in columns of the same name of other tables, too: a segment has each once.
    case shared = 3
    /// Both: the filters are those of the texts that are shared.
    case sharedLookup = 4

    /// Whether it is looked up by equality.
    var isLookedUp: Bool { self == .lookup || self == .sharedLookup }
    /// Whether its texts are shared.
    var isShared: Bool { self == .shared || self == .sharedLookup }
}

/// A column of a table in a segment.
package struct SegmentColumn: Hashable, Sendable {
    /// Unique within its table.
    package var name: String
    /// The type as SQL sees it.
    package var type: ColumnType
    /// What it is asked for.
    package var hint: ColumnHint

    /// Takes each part as given.
    package init(name: String, type: ColumnType, hint: ColumnHint = .plain) {
        self.name = name
        self.type = type
        self.hint = hint
    }
}

/// Column types as bytes: one for the kind, and of a numeric one for the scale. Numbers are never reused.
enum ColumnTypeCoding {
    static func write(_ type: ColumnType, into sink: inout ByteSink) {
        switch type {
        case .boolean: sink.append(UInt8(1))
        case .integer: sink.append(UInt8(2))
        case .double: sink.append(UInt8(3))
        case .numeric(let scale):
            sink.append(UInt8(4))
            sink.append(UInt8(scale))
        case .text: sink.append(UInt8(5))
        case .timestamptz: sink.append(UInt8(6))
        case .timestamp: sink.append(UInt8(7))
        case .date: sink.append(UInt8(8))
        case .json: sink.append(UInt8(9))
        case .interval, .array, .null: preconditionFailure("not a type that segments store")
        }
    }

    static func read(_ cursor: inout ByteCursor) throws(DecodingError) -> ColumnType {
        let number = try cursor.readByte()
        switch number {
        case 1: return .boolean
        case 2: return .integer
        case 3: return .double
        case 4:
            let scale = Int(try cursor.readByte())
            guard scale <= 38 else { throw cursor.failure("a scale up to 38") }
            return .numeric(scale: scale)
        case 5: return .text
        case 6: return .timestamptz
        case 7: return .timestamp
        case 8: return .date
        case 9: return .json
        default: throw cursor.newerForm("a column type", found: number)
        }
    }
}
