import Columnar
package import Plans

/// The refusals of the engine, in PostgreSQL's words.
extension QueryError {
    /// Of integers, decimals and doubles alike.
    package static let divisionByZero = QueryError(.divisionByZero, "division by zero")

    static let timeOutOfRange = QueryError(
        .timeOutOfRange, "timestamp out of range", hint: "times from 1677-09-21 to 2262-04-11 are kept")

    static func timeFieldOutOfRange(_ text: String) -> QueryError {
        QueryError(
            .timeOutOfRange, "date/time field value out of range: \"\(text)\"",
            hint: "Times from 1677-09-21 to 2262-04-11 are kept.")
    }

    static func outOfRange(_ type: ColumnType) -> QueryError {
        QueryError(.numberOutOfRange, "\(type.sqlName) out of range")
    }

    static func invalidText(_ text: String, _ type: ColumnType) -> QueryError {
        let isTime = [.date, .timestamp, .timestamptz, .interval].contains(type)
        return QueryError(
            isTime ? .invalidTime : .invalidText, "invalid input syntax for type \(type.sqlName): \"\(text)\"")
    }

    static func unsupported(_ what: String) -> QueryError {
        QueryError(.notSupported, "\(what) is not supported")
    }
}
