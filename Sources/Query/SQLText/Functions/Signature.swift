import Columnar
import Plans

/// What an argument may be.
enum Parameter {
    case text, integer, double, interval, timestamp, timestamptz, json
    /// Any numeric type but double.
    case decimal

    func accepts(_ type: ColumnType) -> Bool {
        switch self {
        case .decimal:
            if case .numeric = type { return true }
            return type == .integer || type == .null
        default: return Coercion.isImplicit(type, columnType)
        }
    }

    /// Exactly of the type, so that nothing has to be converted.
    func matches(_ type: ColumnType) -> Bool {
        if case (.decimal, .numeric) = (self, type) { return true }
        return columnType == type
    }

    var columnType: ColumnType {
        switch self {
        case .text: .text
        case .integer: .integer
        case .double: .double
        case .interval: .interval
        case .timestamp: .timestamp
        case .timestamptz: .timestamptz
        case .json: .json
        case .decimal: .numeric(scale: 0)
        }
    }
}

/// One form of a function: its arguments, the engine's function, the result.
struct Signature {
    var name: String
    var parameters: [Parameter]
    var function: ScalarFunction
    var result: ColumnType

    init(_ name: String, _ parameters: [Parameter], _ function: ScalarFunction, _ result: ColumnType) {
        self.name = name
        self.parameters = parameters
        self.function = function
        self.result = result
    }

    func accepts(_ types: [ColumnType]) -> Bool {
        types.count == parameters.count && zip(parameters, types).allSatisfy { $0.accepts($1) }
    }

    /// How many arguments need no conversion; the form with most of them wins.
    func exactness(_ types: [ColumnType]) -> Int {
        zip(parameters, types).reduce(0) { $0 + ($1.0.matches($1.1) ? 1 : 0) }
    }
}

/// The functions whose result type does not depend on constants or scales.
enum Signatures {
    static let all: [Signature] = text + mathematics + time

    static let text: [Signature] = [
        Signature("lower", [.text], .lower, .text),
        Signature("upper", [.text], .upper, .text),
        Signature("length", [.text], .length, .integer),
        Signature("char_length", [.text], .length, .integer),
        Signature("character_length", [.text], .length, .integer),
        Signature("octet_length", [.text], .octetLength, .integer),
        Signature("substring", [.text, .integer], .substring, .text),
        Signature("substring", [.text, .integer, .integer], .substring, .text),
        Signature("substr", [.text, .integer], .substring, .text),
        Signature("substr", [.text, .integer, .integer], .substring, .text),
        Signature("btrim", [.text], .trim, .text),
        Signature("btrim", [.text, .text], .trim, .text),
        Signature("ltrim", [.text], .trimLeading, .text),
        Signature("ltrim", [.text, .text], .trimLeading, .text),
        Signature("rtrim", [.text], .trimTrailing, .text),
        Signature("rtrim", [.text, .text], .trimTrailing, .text),
        Signature("replace", [.text, .text, .text], .replace, .text),
        Signature("position", [.text, .text], .position, .integer),
        Signature("strpos", [.text, .text], .position, .integer),
        Signature("left", [.text, .integer], .left, .text),
        Signature("right", [.text, .integer], .right, .text),
        Signature("split_part", [.text, .text, .integer], .splitPart, .text),
        Signature("starts_with", [.text, .text], .startsWith, .boolean),
        Signature("repeat", [.text, .integer], .repeatText, .text),
        Signature("reverse", [.text], .reverseText, .text),
        Signature("lpad", [.text, .integer], .padLeft, .text),
        Signature("lpad", [.text, .integer, .text], .padLeft, .text),
        Signature("rpad", [.text, .integer], .padRight, .text),
        Signature("rpad", [.text, .integer, .text], .padRight, .text),
        Signature("like_escape", [.text, .text], .likeEscape, .text),
        Signature("user_token", [.text], .userToken, .text),
    ]

    /// Roots and logarithms answer in double precision whatever comes in.
    static let mathematics: [Signature] = [
        Signature("sqrt", [.double], .squareRoot, .double),
        Signature("exp", [.double], .exponential, .double),
        Signature("ln", [.double], .naturalLogarithm, .double),
        Signature("log", [.double], .logarithm, .double),
        Signature("log10", [.double], .logarithm, .double),
        Signature("log", [.double, .double], .logarithm, .double),
        Signature("power", [.double, .double], .power, .double),
        Signature("pow", [.double, .double], .power, .double),
        Signature("round", [.double], .round, .double),
        Signature("ceil", [.double], .ceiling, .double),
        Signature("ceiling", [.double], .ceiling, .double),
        Signature("floor", [.double], .floor, .double),
        Signature("trunc", [.double], .truncate, .double),
        Signature("sign", [.double], .sign, .double),
        Signature("abs", [.double], .absolute, .double),
        Signature("abs", [.integer], .absolute, .integer),
    ]

    static let time: [Signature] = [
        Signature("date_trunc", [.text, .timestamptz], .dateTrunc, .timestamptz),
        Signature("date_trunc", [.text, .timestamp], .dateTrunc, .timestamp),
        Signature("date_trunc", [.text, .interval], .dateTrunc, .interval),
        Signature("date_trunc", [.text, .timestamptz, .text], .dateTrunc, .timestamptz),
        Signature("date_bin", [.interval, .timestamptz, .timestamptz], .dateBin, .timestamptz),
        Signature("date_bin", [.interval, .timestamp, .timestamp], .dateBin, .timestamp),
        Signature("timezone", [.text, .timestamptz], .atTimeZone, .timestamp),
        Signature("timezone", [.text, .timestamp], .atTimeZone, .timestamptz),
        Signature("timezone", [.interval, .timestamptz], .atTimeZone, .timestamp),
        Signature("timezone", [.interval, .timestamp], .atTimeZone, .timestamptz),
        Signature("age", [.timestamptz, .timestamptz], .age, .interval),
        Signature("age", [.timestamp, .timestamp], .age, .interval),
        Signature("to_timestamp", [.double], .toTimestamp, .timestamptz),
        Signature("to_char", [.timestamptz, .text], .toChar, .text),
        Signature("to_char", [.timestamp, .text], .toChar, .text),
        Signature("to_char", [.interval, .text], .toChar, .text),
        Signature("to_char", [.integer, .text], .toChar, .text),
        Signature("to_char", [.decimal, .text], .toChar, .text),
        Signature("to_char", [.double, .text], .toChar, .text),
    ]
}
