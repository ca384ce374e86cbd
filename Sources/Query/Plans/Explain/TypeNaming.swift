package import Columnar

extension ColumnType {
    /// PostgreSQL's name of the type, as its messages and catalogs spell it. Scales of numerics are left out.
    package var sqlName: String {
        switch self {
        case .boolean: "boolean"
        case .integer: "bigint"
        case .double: "double precision"
        case .numeric: "numeric"
        case .text: "text"
        case .timestamptz: "timestamp with time zone"
        case .timestamp: "timestamp without time zone"
        case .date: "date"
        case .interval: "interval"
        case .json: "jsonb"
        case .array(let element): element.sqlName + "[]"
        case .null: "unknown"
        }
    }

    /// integer, numeric or double.
    package var isNumber: Bool {
        switch self {
        case .integer, .numeric, .double: true
        default: false
        }
    }

    /// date, timestamp or timestamptz.
    package var isTime: Bool {
        switch self {
        case .date, .timestamp, .timestamptz: true
        default: false
        }
    }
}
