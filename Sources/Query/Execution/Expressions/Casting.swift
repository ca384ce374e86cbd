import Bytes
import Columnar
import JSONParsing
import Plans

/// Casts between all types, by PostgreSQL's rules and text forms.
struct Casting: Sendable {
    let context: QueryContext

    /// - Parameter made: books what comes out and looks whether the query may go on.
    func cast(_ value: Vector, to type: ColumnType, _ made: TextBudget.Count) throws -> Vector {
        if value.type == type { return value }
        let count = value.count
        if value.isAllNull { return .nulls(type, count: count) }
        if case .constant(let constant) = value.storage {
            let result = try made.made(of: constant.textBytes) { try cast(constant, to: type) }
            return .constant(result, type: type, count: count)
        }
        if let fast = try castArrays(value, to: type) { return fast }
        if case .text(let codes, let dictionary) = value.storage {
            return try TextMapping.map(
                codes, dictionary, validity: value.validity, type: type, isJSON: value.type == .json
            ) { entry in
                try made.made(of: entry.textBytes) { try cast(entry, to: type) }
            }
        }
        var builder = VectorBuilder(type: type, capacity: count)
        for row in 0..<count {
            let own = value.scalar(at: row)
            builder.append(try made.made(of: own.textBytes) { try cast(own, to: type) })
        }
        return builder.finish()
    }

    /// The shapes that occur in every query: numbers among themselves.
    private func castArrays(_ value: Vector, to type: ColumnType) throws -> Vector? {
        let count = value.count
        switch (value.storage, value.type, type) {
        case (.boolean(let values), _, .integer):
            return Vector(
                type: type, count: count, storage: .int64(values.span.numbers()), validity: value.validity)
        case (.int64(let values), .integer, .double):
            return Vector(
                type: type, count: count, storage: .double(values.map { Double($0) }), validity: value.validity)
        case (.int64, .integer, .numeric(let target)), (.int64, .numeric, .numeric(let target)),
            (.int128, .numeric, .numeric(let target)):
            return try Rescaling.rescale(value, to: target)
        case (.int64(let values), .numeric(let scale), .double):
            return Vector(
                type: type, count: count,
                storage: .double(values.map { Decimal128.toDouble(Int128($0), scale: scale) }),
                validity: value.validity)
        case (.int64(let values), .timestamptz, .timestamp) where context.zone.fixedOffsetSeconds == 0,
            (.int64(let values), .timestamp, .timestamptz) where context.zone.fixedOffsetSeconds == 0:
            return Vector(type: type, count: count, storage: .int64(values), validity: value.validity)
        case (.int64(let values), .timestamptz, .timestamp), (.int64(let values), .timestamptz, .date),
            (.int64(let values), .timestamp, .date):
            return try local(values, value, to: type)
        case (.text(let codes, let dictionary), _, .text):
            return Vector(
                type: type, count: count, storage: .text(codes: codes, dictionary: dictionary), validity: value.validity
            )
        default: return nil
        }
    }

    /// What clocks show at instants, or what they showed, as a reading or as a day.
    private func local(_ times: [Int64], _ value: Vector, to type: ColumnType) throws -> Vector {
        var clock = LocalTimes(value.type == .timestamp ? .utc : context.zone)
        var result = [Int64](repeating: 0, count: times.count)
        for row in times.indices where value.validity?[row] ?? true {
            let local = try clock.exactLocal(utc: times[row])
            result[row] = type == .date ? floorDivide(local, Nanoseconds.day) : local
        }
        return Vector(type: type, count: result.count, storage: .int64(result), validity: value.validity)
    }

    /// One value.
    func cast(_ value: Scalar, to type: ColumnType) throws -> Scalar {
        if value.isNull { return .null }
        switch type {
        case .boolean: return try toBoolean(value)
        case .integer: return .integer(try toInteger(value))
        case .double: return .double(try toDouble(value))
        case .numeric(let scale): return try toNumeric(value, scale: scale)
        case .text: return .text(castText(value))
        case .json: return .json(try toJSON(value))
        case .timestamptz, .timestamp, .date: return try toTime(value, type)
        case .interval:
            if case .interval = value { return value }
            guard case .text(let text) = value else { throw refusal(value, type) }
            return .interval(try IntervalText.read(text))
        case .array(let element):
            guard case .array(let values) = value else { throw refusal(value, type) }
            return .array(try values.map { try cast($0, to: element) })
        case .null: return value
        }
    }

    /// `boolean::text` spells the word out, unlike the output form.
    private func castText(_ value: Scalar) -> String {
        if case .boolean(let truth) = value { return truth ? "true" : "false" }
        return ScalarText.text(value, zone: context.zone)
    }

    private func refusal(_ value: Scalar, _ type: ColumnType) -> QueryError {
        QueryError(.undefinedCast, "cannot cast this type to \(type.sqlName)")
    }

    /// JSON is shown as it stands, so that what is none must not become any.
    private func toJSON(_ value: Scalar) throws -> String {
        switch value {
        case .json(let document): return document
        case .text(let text):
            if let fault = JSONSyntax.fault(in: Array(text.utf8)) { throw QueryError.invalidJSON(fault.description) }
            return text
        default: throw refusal(value, .json)
        }
    }

    private func toBoolean(_ value: Scalar) throws -> Scalar {
        switch value {
        case .boolean: return value
        case .integer(let number): return .boolean(number != 0)
        case .text(let text):
            guard let truth = InputText.boolean(text) else { throw QueryError.invalidText(text, .boolean) }
            return .boolean(truth)
        case .json(let text) where text == "true" || text == "false": return .boolean(text == "true")
        default: throw refusal(value, .boolean)
        }
    }

    private func toInteger(_ value: Scalar) throws -> Int64 {
        switch value {
        case .integer(let number): return number
        case .boolean(let truth): return truth ? 1 : 0
        case .double(let number):
            guard let exact = Int64(exactly: number.rounded(.toNearestOrEven)) else {
                throw QueryError.outOfRange(.integer)
            }
            return exact
        case .numeric(let mantissa, let scale):
            guard let whole = Decimal128.rescale(mantissa, from: scale, to: 0), let exact = Int64(exactly: whole) else {
                throw QueryError.outOfRange(.integer)
            }
            return exact
        case .text(let text), .json(let text):
            guard let exact = try InputText.integer(text) else { throw QueryError.invalidText(text, .integer) }
            return exact
        default: throw refusal(value, .integer)
        }
    }

    private func toDouble(_ value: Scalar) throws -> Double {
        switch value {
        case .double(let number): return number
        case .integer(let number): return Double(number)
        case .numeric(let mantissa, let scale): return Decimal128.toDouble(mantissa, scale: scale)
        case .text(let text), .json(let text):
            guard let number = try InputText.double(text) else { throw QueryError.invalidText(text, .double) }
            return number
        default: throw refusal(value, .double)
        }
    }

    private func toNumeric(_ value: Scalar, scale: Int) throws -> Scalar {
        let mantissa: Int128?
        switch value {
        case .numeric(let own, let ownScale): mantissa = Decimal128.rescale(own, from: ownScale, to: scale)
        case .integer(let number): mantissa = Decimal128.rescale(Int128(number), from: 0, to: scale)
        case .double(let number):
            guard number.isFinite else { throw QueryError.nonFiniteNumeric() }
            mantissa = DecimalDigits.of(number).flatMap { Decimal128.rescale($0.mantissa, from: $0.scale, to: scale) }
        case .text(let text), .json(let text):
            return try Self.decimal(text, scale: scale).value
        default: throw refusal(value, .numeric(scale: scale))
        }
        guard let mantissa else {
            throw Rescaling.overflow
        }
        return .numeric(mantissa, scale: scale)
    }

    /// A text as a decimal of a scale.
    static func decimal(_ text: String, scale: Int) throws -> ReadDecimal {
        guard let read = try InputText.decimal(text, scale: scale) else {
            throw QueryError.invalidText(text, .numeric(scale: scale))
        }
        return read
    }

    private func toTime(_ value: Scalar, _ type: ColumnType) throws -> Scalar {
        switch value {
        case .timestamptz(let utc): return fromLocal(try context.zone.exactLocal(utc: utc), utc: utc, type)
        case .timestamp(let local):
            return fromLocal(local, utc: type == .timestamptz ? try context.zone.exactUTC(local: local) : 0, type)
        case .date(let day):
            let (local, overflow) = day.multipliedReportingOverflow(by: Nanoseconds.day)
            if type == .date { return value }
            if overflow { throw QueryError(.timeOutOfRange, "timestamp out of range") }
            return fromLocal(local, utc: type == .timestamptz ? try context.zone.exactUTC(local: local) : 0, type)
        case .text(let text):
            let trimmed = InputText.trimmed(text)
            if let special = special(trimmed, type) { return special }
            guard let written = WrittenTime(trimmed) else {
                throw WrittenTime.isInfinite(trimmed) ? .infiniteTime() : QueryError.invalidText(text, type)
            }
            if written.isZoneOutOfRange { throw QueryError.zoneOutOfRange(text) }
            guard let wall = written.nanoseconds else { throw QueryError.timeFieldOutOfRange(text) }
            let zone = try zone(of: written)
            if type == .date { return .date(written.day) }
            guard type == .timestamptz else { return fromLocal(wall, utc: 0, type) }
            return .timestamptz(try zone.exactUTC(local: wall))
        default: throw refusal(value, type)
        }
    }

    /// - Throws: `.invalidParameter` for a name that no zone has, whether the type keeps zones or not.
    private func zone(of written: WrittenTime) throws -> ZoneOffsets {
        switch written.zone {
        case .offset(let seconds): ZoneOffsets(fixed: seconds)
        case .name(let name): try ZoneOffsets.written(name)
        case .outOfRange: preconditionFailure("a zone that is none is refused before it is looked up")
        case nil: context.zone
        }
    }

    private func fromLocal(_ local: Int64, utc: Int64, _ type: ColumnType) -> Scalar {
        switch type {
        case .timestamptz: .timestamptz(utc)
        case .timestamp: .timestamp(local)
        default: .date(floorDivide(local, Nanoseconds.day))
        }
    }

    /// `now`, `today`, `yesterday`, `tomorrow`, `epoch`.
    private func special(_ word: String, _ type: ColumnType) -> Scalar? {
        // Most texts are times, which begin with digits.
        guard let first = word.utf8.first, first > UInt8(ascii: "9") else { return nil }
        let now = context.catalog.now
        let today = floorDivide(context.zone.local(utc: now), Nanoseconds.day) * Nanoseconds.day
        func local(_ value: Int64) -> Scalar { fromLocal(value, utc: context.zone.utc(local: value), type) }
        switch InputText.word(word) {
        case "now": return fromLocal(context.zone.local(utc: now), utc: now, type)
        case "today": return local(today)
        case "yesterday": return local(today - Nanoseconds.day)
        case "tomorrow": return local(today + Nanoseconds.day)
        case "epoch": return fromLocal(0, utc: 0, type)
        default: return nil
        }
    }
}
