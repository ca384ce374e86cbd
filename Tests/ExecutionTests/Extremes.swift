import Columnar
import Plans

/// The ends of what each type holds, and the argument types that each function takes.
enum Extremes {
    static let types: [ColumnType] = [
        .boolean, .integer, .double, .numeric(scale: 0), .numeric(scale: 12), .numeric(scale: 38), .text, .timestamptz,
        .timestamp, .date,
        .interval, .json,
    ]

    static func values(of type: ColumnType) -> [Scalar] {
        switch type {
        case .boolean: [.boolean(true), .boolean(false), .null]
        case .integer: [.min, .min + 1, -1, 0, 1, 255, .max].map { .integer($0) } + [.null]
        case .double:
            [
                -.infinity, -.greatestFiniteMagnitude, -0.5, -0.0, .leastNonzeroMagnitude, 1, 1e19,
                .greatestFiniteMagnitude, .infinity, .nan,
            ]
            .map { .double($0) }
        case .numeric(let scale): [.min, .min + 1, -1, 0, 1, 15, .max].map { .numeric($0, scale: scale) }
        case .text: texts.map { .text($0) }
        case .timestamptz: instants.map { .timestamptz($0) }
        case .timestamp: instants.map { .timestamp($0) }
        case .date: [-2_000_000_000, -1, 0, 106_000, 2_000_000_000].map { .date($0) }
        case .interval: intervals.map { .interval($0) }
        case .json: jsons.map { .json($0) }
        case .array: [.array([]), .array([.integer(.min), .null]), .null]
        case .null: [.null]
        }
    }

    private static let instants: [Int64] = [.min, .min + 1, -1, 0, 1_785_585_600_000_000_001, .max]

    private static let intervals: [Interval] = [
        Interval(), Interval(months: .min), Interval(months: .max), Interval(days: .min), Interval(days: .max),
        Interval(nanoseconds: .min), Interval(nanoseconds: .max), Interval(months: .min, days: .min, nanoseconds: .min),
        Interval(months: -1, days: 1, nanoseconds: 1),
    ]

    private static let jsons = [
        "", "{", "{\"a\":\"\\u", "{\"a\":\"\\ud800\",\"\":[1]}", "[1,", "\"", "null", "-1e9223372036854775808",
    ]

    private static let texts = [
        "", " ", "a", "\0", "é\u{301}", "NaN", "-Infinity", "1e-9223372036854775808", "1e9223372036854775808",
        "-9223372036854775809",
        "170141183460469231731687303715884105728", "1e-400", "a{-5}", "a{1,99999999999999999999}",
        "(((((){255}){255}){255}){255}){255}",
        "[z-a]", "\\", "%_\\", "+02:9223372036854775807", "+-9223372036854775808", "+99:99",
        "999999:00:00 999999:00:00 999999:00:00",
        "9223372036854775807 years ago", "-9223372036854775808 days", "P9223372036854775807Y", "1e18 hours", "24:00:00",
        "2262-04-11 23:47:16.854775807-15", "1677-09-21 00:00+15", "999999-12-31", "epoch", "millennium",
        "Europe/Berlin", "YYYY-DDD\"x",
    ]

    /// Argument lists: every combination of the ends; of the many texts only the last argument takes each.
    static func tuples(of types: [ColumnType]) -> [[Scalar]] {
        var tuples: [[Scalar]] = [[]]
        for (place, type) in types.enumerated() {
            let all = values(of: type)
            let isLast = place == types.count - 1 || !types[(place + 1)...].contains(.text)
            let step = type != .text ? 1 : (types.count > 2 ? 7 : (isLast ? 1 : 6))
            let some = stride(from: 0, to: all.count, by: step).map { all[$0] }
            tuples = tuples.flatMap { head in some.map { head + [$0] } }
        }
        return tuples
    }

    private static let numbers: [ColumnType] = [.integer, .double, .numeric(scale: 0), .numeric(scale: 38)]

    /// Argument types and result, as the binder makes them and a few more.
    static func forms(of function: ScalarFunction) -> [([ColumnType], ColumnType)] {
        switch function {
        case .and, .or: [([.boolean, .boolean], .boolean)]
        case .not, .isTrue, .isFalse, .isNotTrue, .isNotFalse: [([.boolean], .boolean)]
        case .isNull, .isNotNull: types.map { ([$0], .boolean) }
        case .isDistinctFrom, .isNotDistinctFrom, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            types.map { ([$0, $0], .boolean) } + [
                ([.integer, .numeric(scale: 12)], .boolean), ([.numeric(scale: 38), .integer], .boolean),
            ]
        case .coalesce, .nullIf, .greatest, .least: types.map { ([$0, $0], $0) }
        case .add, .subtract, .multiply, .divide, .modulo, .power, .logarithm: arithmetic(function)
        case .negate, .absolute, .ceiling, .floor, .sign, .squareRoot, .exponential, .naturalLogarithm:
            numbers.flatMap { [([$0], $0), ([$0], .double)] } + (function == .negate ? [([.interval], .interval)] : [])
        case .round, .truncate:
            numbers.flatMap { [([$0], $0), ([$0, .integer], $0), ([$0, .integer], .numeric(scale: 12))] }
        case .dateTrunc, .dateBin, .extract, .atTimeZone, .toTimestamp, .makeInterval, .toChar, .age: times(function)
        case .checkedInteger: [([.integer, .integer, .integer], .integer)]
        case .checkedNumeric:
            [
                ([.numeric(scale: 12), .integer], .numeric(scale: 12)),
                ([.numeric(scale: 0), .integer], .numeric(scale: 0)),
            ]
        case .numericOf: [ColumnType.double, .text, .json].map { ([$0], .numeric(scale: 12)) }
        default: texts(function)
        }
    }

    private static func arithmetic(_ function: ScalarFunction) -> [([ColumnType], ColumnType)] {
        var forms: [([ColumnType], ColumnType)] = []
        for left in numbers {
            for right in numbers {
                let isWhole = left == .integer && right == .integer
                let isDouble = left == .double || right == .double || function == .logarithm || function == .power
                forms.append(([left, right], isDouble ? .double : (isWhole ? .integer : .numeric(scale: 12))))
            }
        }
        switch function {
        case .add, .subtract:
            for time in [ColumnType.timestamptz, .timestamp, .date] {
                forms += [
                    ([time, .interval], time == .date ? .timestamp : time),
                    ([time, time], time == .date ? .integer : .interval),
                ]
            }
            forms += [([.date, .integer], .date), ([.integer, .date], .date), ([.interval, .interval], .interval)]
            forms += [([.interval, .timestamptz], .timestamptz)]
        case .multiply, .divide:
            forms += numbers.flatMap { [([.interval, $0], .interval), ([$0, .interval], .interval)] }
        default: forms += [([.double], .double), ([.numeric(scale: 12)], .numeric(scale: 12))]
        }
        return function == .logarithm ? forms : forms.filter { $0.0.count == 2 }
    }

    private static func times(_ function: ScalarFunction) -> [([ColumnType], ColumnType)] {
        let times: [ColumnType] = [.timestamptz, .timestamp, .date, .interval]
        return switch function {
        case .dateTrunc: times.map { ([.text, $0], $0) } + [([.text, .timestamptz, .text], .timestamptz)]
        case .dateBin: times.map { ([.interval, $0, $0], $0) }
        case .extract: times.flatMap { [([.text, $0], .numeric(scale: 6)), ([.text, $0], .integer)] }
        case .atTimeZone: [([.text, .timestamptz], .timestamp), ([.timestamp, .text], .timestamptz)]
        case .toTimestamp: numbers.map { ([$0], .timestamptz) }
        case .makeInterval:
            [
                ([.integer], .interval), ([.integer, .integer, .integer], .interval),
                ([.integer, .double, .double], .interval),
            ]
        case .toChar: (times + numbers).map { ([$0, .text], .text) }
        default: times.flatMap { [([$0, $0], .interval), ([$0], .interval)] }
        }
    }

    private static func texts(_ function: ScalarFunction) -> [([ColumnType], ColumnType)] {
        switch function {
        case .concatenate, .concat: types.map { ([$0, .text], .text) }
        case .lower, .upper, .reverseText, .userToken: [([.text], .text)]
        case .length, .octetLength: [([.text], .integer)]
        case .substring: [([.text, .integer], .text), ([.text, .integer, .integer], .text)]
        case .trim, .trimLeading, .trimTrailing: [([.text], .text), ([.text, .text], .text)]
        case .replace: [([.text, .text, .text], .text)]
        case .position: [([.text, .text], .integer)]
        case .startsWith, .regexMatch, .regexMatchInsensitive: [([.text, .text], .boolean)]
        case .like, .ilike: [([.text, .text], .boolean)]
        case .likeEscape: [([.text, .text], .text)]
        case .left, .right, .repeatText: [([.text, .integer], .text)]
        case .padLeft, .padRight: [([.text, .integer], .text), ([.text, .integer, .text], .text)]
        case .splitPart: [([.text, .text, .integer], .text)]
        case .jsonText: [([.json, .text], .text), ([.json, .integer], .text)]
        case .jsonField: [([.json, .text], .json), ([.json, .integer], .json)]
        case .makeArray: types.map { ([$0, $0], .array($0)) }
        case .arrayElement: [([.array(.integer), .integer], .integer)]
        case .arrayLength: [([.array(.integer)], .integer)]
        default: []
        }
    }
}
