import Columnar
package import Plans

/// The refusals of the engine, with PostgreSQL's codes and words.
extension QueryError {
    /// SQLSTATE 22012.
    package static let divisionByZero = QueryError(sqlState: "22012", message: "division by zero")

    static let timeOutOfRange = QueryError(
        sqlState: "22008", message: "timestamp out of range", hint: "times from 1677-09-21 to 2262-04-11 are kept")

    static func timeFieldOutOfRange(_ text: String) -> QueryError {
        QueryError(
            sqlState: "22008", message: "date/time field value out of range: \"\(text)\"",
            hint: "Times from 1677-09-21 to 2262-04-11 are kept.")
    }

    static func outOfRange(_ type: ColumnType) -> QueryError {
        QueryError(sqlState: "22003", message: "\(type.sqlName) out of range")
    }

    static func invalidText(_ text: String, _ type: ColumnType) -> QueryError {
        let isTime = [.date, .timestamp, .timestamptz, .interval].contains(type)
        return QueryError(
            sqlState: isTime ? "22007" : "22P02", message: "invalid input syntax for type \(type.sqlName): \"\(text)\"")
    }

    static func unsupported(_ what: String) -> QueryError {
        QueryError(sqlState: "0A000", message: "\(what) is not supported")
    }
}
