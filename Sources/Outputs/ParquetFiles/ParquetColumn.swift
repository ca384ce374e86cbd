import Columnar

/// A column as Parquet has it: how values lie in pages, and what they mean. Every one may have nulls.
struct ParquetColumn: Sendable {
    /// How values lie in pages; numbers of the format.
    enum Form: Int32, Sendable {
        case boolean = 0
        case int32 = 1
        case int64 = 2
        case double = 5
        case bytes = 6
        case fixed = 7
    }

    /// What older readers ask for, in place of the newer word for the same.
    private enum ConvertedType: Int32 {
        case text = 0
        case decimal = 5
        case date = 6
        case integer = 18
        case json = 19
    }

    static let decimalBytes = 16
    static let decimalDigits = 38

    let name: String
    let type: ColumnType
    let form: Form

    /// - Throws: for arrays and intervals.
    init(_ column: TableColumn) throws(ParquetRefusal) {
        name = column.name
        // A bare NULL is a text, as in PostgreSQL.
        type = column.type == .null ? .text : column.type
        switch type {
        case .boolean: form = .boolean
        case .integer, .timestamptz, .timestamp: form = .int64
        case .double: form = .double
        case .numeric: form = .fixed
        case .date: form = .int32
        case .text, .json, .null: form = .bytes
        case .interval, .array: throw ParquetRefusal.form(of: column.name)
        }
    }

    /// Writes the fields of a `SchemaElement`.
    func append(to thrift: inout ThriftWriter) {
        thrift.field(1, int32: form.rawValue)
        if form == .fixed { thrift.field(2, int32: Int32(Self.decimalBytes)) }
        thrift.field(3, int32: 1)
        thrift.field(4, text: name)
        if let converted { thrift.field(6, int32: converted.rawValue) }
        if case .numeric(let scale) = type {
            thrift.field(7, int32: Int32(scale))
            thrift.field(8, int32: Int32(Self.decimalDigits))
        }
        appendMeaning(to: &thrift)
    }

    private var converted: ConvertedType? {
        switch type {
        case .text: .text
        case .json: .json
        case .numeric: .decimal
        case .date: .date
        case .integer: .integer
        // Nanoseconds have none.
        default: nil
        }
    }

    /// `LogicalType`, a union.
    private func appendMeaning(to thrift: inout ThriftWriter) {
        if form == .boolean || form == .double { return }
        thrift.structure(10) { [type] union in
            switch type {
            case .json: union.structure(12)
            case .numeric(let scale):
                union.structure(5) {
                    $0.field(1, int32: Int32(scale))
                    $0.field(2, int32: Int32(Self.decimalDigits))
                }
            case .date: union.structure(6)
            case .timestamptz, .timestamp:
                union.structure(8) {
                    $0.field(1, bool: type == .timestamptz)
                    $0.structure(2) { $0.structure(3) }
                }
            case .integer:
                union.structure(10) {
                    $0.field(1, byte: 64)
                    $0.field(2, bool: true)
                }
            default: union.structure(1)
            }
        }
    }
}
