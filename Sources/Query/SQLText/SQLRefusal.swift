package import Plans

/// A refusal as clients of SQL know it: PostgreSQL's SQLSTATE, the message, and where in the text. Wire fronts write
/// it, our own client reads it, commands show it.
package struct SQLRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Five characters.
    package var sqlState: String
    /// What is wrong, without position and hint.
    package var message: String
    /// What to do about it.
    package var hint: String?
    /// 1-based character position in the query text.
    package var position: Int?

    /// As a server told it.
    /// - Parameter sqlState: nil where it told none: then the connection is at fault.
    package init(told sqlState: String?, message: String, hint: String?, position: Int?) {
        self.sqlState = sqlState ?? Self.connectionFailure
        self.message = message
        self.hint = hint
        self.position = position
    }

    /// What a client of SQL is told of an error.
    package init(_ error: QueryError) {
        self.init(told: error.kind.sqlState, message: error.message, hint: error.hint, position: error.position)
    }

    package var description: String {
        let place = position.map { " at character \($0)" } ?? ""
        return "\(message) (SQLSTATE \(sqlState))\(place)" + (hint.map { "; \($0)" } ?? "")
    }

    /// PostgreSQL's class of failed connections.
    private static let connectionFailure = "08000"
}

extension QueryError.Kind {
    /// PostgreSQL's SQLSTATE. The codes stand here and nowhere else; what clients know keeps its code.
    package var sqlState: String {
        switch self {
        case .syntax: "42601"
        case .queryTooComplex: "54001"
        case .notSupported: "0A000"
        case .undefinedTable: "42P01"
        case .undefinedColumn: "42703"
        case .undefinedFunction: "42883"
        case .undefinedName: "42704"
        case .undefinedCast: "42846"
        case .ambiguousColumn: "42702"
        case .ambiguousOperator: "42725"
        case .duplicateName: "42712"
        case .invalidReference: "42P10"
        case .typeMismatch: "42804"
        case .undeterminedType: "42P18"
        case .misusedAggregate: "42803"
        case .wrongAggregate: "42809"
        case .misusedWindow: "42P20"
        case .negativeLimit: "2201W"
        case .negativeOffset: "2201X"
        case .divisionByZero: "22012"
        case .numberOutOfRange: "22003"
        case .timeOutOfRange: "22008"
        case .intervalOutOfRange: "22015"
        case .zoneOutOfRange: "22009"
        case .invalidText: "22P02"
        case .invalidTime: "22007"
        case .invalidParameter: "22023"
        case .invalidPattern: "2201B"
        case .invalidEscape: "22025"
        case .invalidLogarithm: "2201E"
        case .invalidPower: "2201F"
        case .missingFrame: "22004"
        case .negativeFrame: "22013"
        case .invalidTiles: "22014"
        case .invalidPlace: "22016"
        case .negativeLength: "22011"
        case .tooManyRows: "21000"
        case .resultTooLarge: "54000"
        case .memoryExceeded: "53200"
        case .cancelled, .deadlineExceeded: "57014"
        case .damagedData: "XX001"
        }
    }
}
