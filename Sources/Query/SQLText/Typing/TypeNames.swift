import Columnar
import Plans

/// The types that casts may name.
enum TypeNames {
    /// - Parameter modifiers: the numbers in parentheses, `numeric(10, 2)`.
    static func type(named name: String, modifiers: [Int]) -> ColumnType? {
        switch name {
        case "bool", "boolean": .boolean
        case "int2", "int4", "int8", "int", "integer", "bigint", "smallint", "oid": .integer
        case "float4", "float8", "real": .double
        case "numeric", "decimal": .numeric(scale: modifiers.isEmpty ? defaultScale : (modifiers.count > 1 ? modifiers[1] : 0))
        case "text", "varchar", "bpchar", "char", "name", "citext", "uuid": .text
        case "timestamptz": .timestamptz
        case "timestamp": .timestamp
        case "date": .date
        case "interval": .interval
        case "json", "jsonb": .json
        default: nil
        }
    }

    /// The scale of `x::numeric`, where PostgreSQL keeps the value's own. Enough for money.
    static let defaultScale = 12

    static let all = [
        "boolean", "bigint", "integer", "smallint", "double precision", "real", "numeric", "text", "varchar", "timestamptz", "timestamp",
        "date", "interval", "jsonb",
    ]
}
