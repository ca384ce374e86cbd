import Columnar
import Plans

/// The types that casts may name.
enum TypeNames {
    /// The type that values of the name have here; of numerics the cast says the scale.
    static func type(named name: String) -> ColumnType? {
        switch name {
        case "bool", "boolean": .boolean
        case "int2", "int4", "int8", "int", "integer", "bigint", "smallint", "oid": .integer
        case "float4", "float8", "real": .double
        case "numeric", "decimal": .numeric(scale: 0)
        case "text", "varchar": .text
        case "timestamptz": .timestamptz
        case "timestamp": .timestamp
        case "date": .date
        case "interval": .interval
        case "json", "jsonb": .json
        default: nil
        }
    }

    /// What an integer type of fewer than 64 bits holds; nil for every other type.
    static func range(named name: String) -> ClosedRange<Int64>? {
        switch name {
        case "int2", "smallint": IntegerRange.smallint
        case "int4", "int", "integer": IntegerRange.integer
        case "oid": IntegerRange.oid
        default: nil
        }
    }

    /// The scale of `x::numeric` of a double or a text, where PostgreSQL keeps each value's own. Enough for money.
    static let defaultScale = 12

    static let all = [
        "boolean", "bigint", "integer", "smallint", "double precision", "real", "numeric", "text", "varchar",
        "timestamptz", "timestamp",
        "date", "interval", "jsonb",
    ]

    /// Types of PostgreSQL that columns here do not have: a text in their place would compare, sort and read otherwise.
    static let refused = [
        "bpchar", "char", "name", "uuid", "time", "timetz", "bytea", "bit", "varbit", "money", "xml", "inet", "cidr",
        "macaddr", "macaddr8",
        "point", "line", "lseg", "box", "path", "polygon", "circle", "tsvector", "tsquery", "jsonpath", "regclass",
        "regtype", "regproc",
        "regprocedure", "regnamespace", "regrole", "xid", "cid", "tid", "pg_lsn", "int4range", "int8range", "numrange",
        "tsrange",
        "tstzrange", "daterange", "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange",
        "datemultirange",
    ]
}
