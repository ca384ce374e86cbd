import Bytes
import Columnar
import Plans

extension ScalarFunctions {
    /// Plus, minus, times and over, where a time or an interval takes part.
    func intervals(_ function: ScalarFunction, _ arguments: [Scalar], type: ColumnType) throws -> Scalar {
        let outOfRange = QueryError(
            .timeOutOfRange, type == .interval ? "interval out of range" : "timestamp out of range")
        func some<Value>(_ value: Value?) throws -> Value {
            guard let value else { throw outOfRange }
            return value
        }
        let second = arguments.count > 1 ? arguments[1] : .null
        switch (function, arguments[0], second) {
        case (.negate, .interval(let a), _): return .interval(try some(IntervalMath.negate(a)))
        case (.add, .interval(let a), .interval(let b)): return .interval(try some(IntervalMath.add(a, b)))
        case (.subtract, .interval(let a), .interval(let b)):
            return .interval(try some(IntervalMath.add(a, try some(IntervalMath.negate(b)))))
        case (.multiply, .interval(let a), let factor):
            return .interval(try some(IntervalMath.multiply(a, by: try factorValue(factor))))
        case (.multiply, let factor, .interval(let a)):
            return .interval(try some(IntervalMath.multiply(a, by: try factorValue(factor))))
        case (.divide, .interval(let a), let divisor):
            let value = try factorValue(divisor)
            if value == 0 { throw QueryError.divisionByZero }
            return .interval(try some(IntervalMath.divide(a, by: value)))
        case (.subtract, .timestamptz(let a), .timestamptz(let b)), (.subtract, .timestamp(let a), .timestamp(let b)):
            return .interval(IntervalMath.between(a, b))
        case (.subtract, .date(let a), .date(let b)):
            let (days, overflow) = a.subtractingReportingOverflow(b)
            if overflow { throw outOfRange }
            return .integer(days)
        case (.add, .interval, _) where !second.isNull: return try intervals(.add, [second, arguments[0]], type: type)
        case (.add, .integer, .date): return try intervals(.add, [second, arguments[0]], type: type)
        case (.add, .date(let a), .integer(let b)), (.subtract, .date(let a), .integer(let b)):
            let (day, overflow) = function == .add ? a.addingReportingOverflow(b) : a.subtractingReportingOverflow(b)
            if overflow || day.magnitude > 2_000_000_000 { throw QueryError(.timeOutOfRange, "date out of range") }
            return .date(day)
        case (.add, let time, .interval(let step)): return try some(shift(time, step))
        case (.subtract, let time, .interval(let step)):
            return try some(shift(time, try some(IntervalMath.negate(step))))
        default: throw QueryError.unsupported("\(function.rawValue) of these types")
        }
    }

    private func shift(_ time: Scalar, _ step: Interval) -> Scalar? {
        switch time {
        case .timestamptz(let utc):
            return IntervalMath.add(step, toUTC: utc, zone: context.zone).map { .timestamptz($0) }
        case .timestamp(let local): return IntervalMath.add(step, toLocal: local).map { .timestamp($0) }
        case .date(let day):
            let (local, overflow) = day.multipliedReportingOverflow(by: Nanoseconds.day)
            return overflow ? nil : IntervalMath.add(step, toLocal: local).map { .timestamp($0) }
        default: return nil
        }
    }

    private func factorValue(_ value: Scalar) throws -> Double {
        switch value {
        case .double(let number): return number
        case .integer(let number): return Double(number)
        case .numeric(let mantissa, let scale): return Decimal128.toDouble(mantissa, scale: scale)
        default: throw QueryError.unsupported("an interval times this type")
        }
    }

    /// The longest pattern of `to_char`: its pieces are many times its length.
    static let formatBytesMax = 64 << 10

    /// The functions of time, for single values.
    func time(_ function: ScalarFunction, _ arguments: [Scalar], type: ColumnType) throws -> Scalar {
        switch function {
        case .dateTrunc: return try truncated(arguments)
        case .dateBin:
            guard case .interval(let stride) = arguments[0] else { break }
            let step = try DateBin.stride(stride)
            switch (arguments[1], arguments[2]) {
            case (.timestamptz(let time), .timestamptz(let origin)):
                if let start = DateBin.bin(time, step: step, origin: origin) { return .timestamptz(start) }
            case (.timestamp(let time), .timestamp(let origin)):
                if let start = DateBin.bin(time, step: step, origin: origin) { return .timestamp(start) }
            default: break
            }
            throw QueryError.timeOutOfRange
        case .extract: return try extracted(arguments, type: type)
        case .atTimeZone:
            // Both orders occur: `x AT TIME ZONE z` and timezone(z, x).
            if let zone = try zone(arguments[0]) { return try moved(arguments[1], zone: zone) }
            guard let zone = try zone(arguments[1]) else { break }
            return try moved(arguments[0], zone: zone)
        case .toTimestamp:
            guard arguments.count == 1 else { throw QueryError.unsupported("to_timestamp with a format") }
            return .timestamptz(try instant(ofSeconds: factorValue(arguments[0])))
        case .makeInterval: return try madeInterval(arguments)
        case .age: return try age(arguments)
        case .toChar:
            guard arguments.count == 2, case .text(let format) = arguments[1] else { break }
            guard format.utf8.count <= Self.formatBytesMax else {
                throw QueryError(
                    .resultTooLarge, "a pattern of \(format.utf8.count) bytes is too long for to_char",
                    hint: "Patterns of up to \(Self.formatBytesMax >> 10) KiB are taken; join texts by ||.")
            }
            let text = try TimeFormat.text(arguments[0], format: format, zone: context.zone)
            // PostgreSQL takes no pattern for one that nobody gave.
            return format.isEmpty ? .null : .text(text)
        default: break
        }
        throw QueryError.unsupported("\(function.rawValue) of these types")
    }

    /// Microseconds as PostgreSQL rounds them: counted from 2000, where doubles lie closer.
    private func instant(ofSeconds seconds: Double) throws -> Int64 {
        if seconds.isNaN { throw QueryError(.timeOutOfRange, "timestamp cannot be NaN") }
        if seconds.isInfinite { throw QueryError.infiniteTime() }
        let start: Int64 = 946_684_800
        let microseconds = ((seconds - Double(start)) * 1e6).rounded(.toNearestOrEven)
        guard let whole = Int64(exactly: microseconds),
            let instant = Int64(exactly: (Int128(whole) + Int128(start) * 1_000_000) * 1000)
        else { throw QueryError(.timeOutOfRange, "timestamp out of range") }
        return instant
    }

    private func truncated(_ arguments: [Scalar]) throws -> Scalar {
        guard case .text(let name) = arguments[0] else { throw QueryError.unsupported("date_trunc of these types") }
        let unit = try TimeUnit(named: name)
        switch arguments[1] {
        case .timestamptz(let utc):
            var zone = context.zone
            if arguments.count == 3, case .text(let other) = arguments[2] { zone = try ZoneOffsets.truncating(other) }
            return .timestamptz(try unit.bucket(of: utc, zone: zone).start)
        case .timestamp(let local): return .timestamp(try unit.bucket(of: local, zone: .utc).start)
        case .date(let day):
            let local = day.multipliedReportingOverflow(by: Nanoseconds.day)
            if local.overflow { throw QueryError(.timeOutOfRange, "timestamp out of range") }
            return .timestamp(try unit.bucket(of: local.partialValue, zone: .utc).start)
        case .interval(let span): return .interval(try unit.truncated(span))
        default: throw QueryError.unsupported("date_trunc of this type")
        }
    }

    /// A zone by its name, or by how far it lies east of Greenwich; nil for other values.
    private func zone(_ value: Scalar) throws -> ZoneOffsets? {
        switch value {
        case .text(let name): return try ZoneOffsets.written(name)
        case .interval(let span):
            guard span.months == 0, span.days == 0 else {
                throw QueryError(
                    .invalidParameter, "interval time zone \"\(span.text)\" must not include months or days")
            }
            return ZoneOffsets(fixed: span.nanoseconds / Nanoseconds.second)
        default: return nil
        }
    }

    private func moved(_ value: Scalar, zone: ZoneOffsets) throws -> Scalar {
        switch value {
        case .timestamptz(let utc): return .timestamp(try zone.exactLocal(utc: utc))
        case .timestamp(let local): return .timestamptz(try zone.exactUTC(local: local))
        default: throw QueryError.unsupported("AT TIME ZONE of this type")
        }
    }

    /// years, months, weeks, days, hours, minutes, seconds; missing ones are zero.
    private func madeInterval(_ arguments: [Scalar]) throws -> Scalar {
        let units: [Interval] = [
            Interval(months: 12), Interval(months: 1), Interval(days: 7), Interval(days: 1),
            Interval(nanoseconds: Nanoseconds.hour), Interval(nanoseconds: Nanoseconds.minute),
            Interval(nanoseconds: Nanoseconds.second),
        ]
        var total = Interval()
        for (argument, unit) in zip(arguments, units) {
            guard let part = IntervalMath.multiply(unit, by: try factorValue(argument)),
                let sum = IntervalMath.add(total, part)
            else {
                throw QueryError(.timeOutOfRange, "interval out of range")
            }
            total = sum
        }
        return .interval(total)
    }

    /// `age(later, earlier)`: years, months and days by the calendar; with one argument from today's midnight.
    private func age(_ arguments: [Scalar]) throws -> Scalar {
        func local(_ value: Scalar) throws -> Int64 {
            switch value {
            case .timestamptz(let utc): return context.zone.local(utc: utc)
            case .timestamp(let local): return local
            case .date(let day) where day.magnitude < 106_000: return day * Nanoseconds.day
            default: throw QueryError.unsupported("age of this type")
            }
        }
        var later: Int64
        var earlier: Int64
        if arguments.count == 2 {
            later = try local(arguments[0])
            earlier = try local(arguments[1])
        } else {
            let now = context.zone.local(utc: context.catalog.now)
            later = floorDivide(now, Nanoseconds.day) * Nanoseconds.day
            earlier = try local(arguments[0])
        }
        let isNegative = later < earlier
        if isNegative { swap(&later, &earlier) }
        let a = CivilDate(daysSince1970: floorDivide(later, Nanoseconds.day))
        let b = CivilDate(daysSince1970: floorDivide(earlier, Nanoseconds.day))
        var clock = later &- floorDivide(later, Nanoseconds.day) &* Nanoseconds.day
        clock -= earlier &- floorDivide(earlier, Nanoseconds.day) &* Nanoseconds.day
        var days = a.day - b.day
        var months = (a.year - b.year) * 12 + a.month - b.month
        if clock < 0 {
            clock += Nanoseconds.day
            days -= 1
        }
        if days < 0 {
            days += b.daysInMonth
            months -= 1
        }
        let result = Interval(months: months, days: days, nanoseconds: clock)
        return .interval(isNegative ? IntervalMath.negate(result) ?? result : result)
    }

    private func extracted(_ arguments: [Scalar], type: ColumnType) throws -> Scalar {
        guard case .text(let name) = arguments[0] else { throw QueryError.unsupported("extract of these types") }
        guard let field = TimeField(rawValue: InputText.word(name)) else {
            throw QueryError(.invalidParameter, "unit \"\(name)\" not recognized for type \(type.sqlName)")
        }
        let value = try fieldValue(field, arguments[1])
        switch type {
        case .double: return .double(Decimal128.toDouble(value.mantissa, scale: value.scale))
        case .integer:
            return .integer(Int64(clamping: Decimal128.rescale(value.mantissa, from: value.scale, to: 0) ?? 0))
        default: return .numeric(value.mantissa, scale: value.scale)
        }
    }

    /// Seconds show six places as PostgreSQL does, nine where nanoseconds are needed.
    private func seconds(_ nanoseconds: Int128) -> (mantissa: Int128, scale: Int) {
        nanoseconds % 1000 == 0 ? (nanoseconds / 1000, 6) : (nanoseconds, 9)
    }

    private func fieldValue(_ field: TimeField, _ value: Scalar) throws -> (mantissa: Int128, scale: Int) {
        let local: Int64
        let instant: Int64
        switch value {
        case .interval(let interval): return try intervalField(field, interval)
        case .timestamptz(let utc): (local, instant) = (context.zone.local(utc: utc), utc)
        case .timestamp(let reading): (local, instant) = (reading, reading)
        case .date(let day):
            let (start, overflow) = day.multipliedReportingOverflow(by: Nanoseconds.day)
            if overflow { throw QueryError(.timeOutOfRange, "timestamp out of range") }
            if field == .epoch { return (Int128(day) * Int128(Nanoseconds.day / Nanoseconds.second), 0) }
            if field == .julian { return (Int128(day) + Self.julianDayOf1970, 0) }
            (local, instant) = (start, start)
        default: throw QueryError.unsupported("extract of this type")
        }
        if field.isWhole { return (Int128(field.value(local: local)), 0) }
        switch field {
        case .julian: return julian(local)
        case .timezone, .timezoneHour, .timezoneMinute:
            guard case .timestamptz = value else {
                throw QueryError(
                    .notSupported, "unit \"\(field.rawValue)\" not supported for type timestamp without time zone")
            }
            let offset = Int128(context.zone.offsetNanoseconds(utc: instant) / Nanoseconds.second)
            return (field == .timezone ? offset : (field == .timezoneHour ? offset / 3600 : offset / 60 % 60), 0)
        default: break
        }
        let minute = floorDivide(local, Nanoseconds.minute) &* Nanoseconds.minute
        return partial(field, ofMinute: Int128(local &- minute), epoch: Int128(instant))
    }

    /// The Julian day of 1970-01-01.
    private static let julianDayOf1970: Int128 = 2_440_588

    /// The day that astronomers count, and how much of it has gone, to twenty places.
    private func julian(_ local: Int64) -> (mantissa: Int128, scale: Int) {
        let day = floorDivide(local, Nanoseconds.day)
        let clock = Int128(local &- day &* Nanoseconds.day)
        let one: Int128 = 100_000_000_000_000_000_000
        let gone = Decimal128.divideRounding(clock * one, by: Int128(Nanoseconds.day))
        return ((Int128(day) + Self.julianDayOf1970) * one + gone, 20)
    }

    private func partial(_ field: TimeField, ofMinute nanoseconds: Int128, epoch: Int128) -> (
        mantissa: Int128, scale: Int
    ) {
        switch field {
        case .milliseconds: return nanoseconds % 1000 == 0 ? (nanoseconds / 1000, 3) : (nanoseconds, 6)
        case .microseconds: return nanoseconds % 1000 == 0 ? (nanoseconds / 1000, 0) : (nanoseconds, 3)
        case .epoch: return seconds(epoch)
        default: return seconds(nanoseconds)
        }
    }

    private func intervalField(_ field: TimeField, _ value: Interval) throws -> (mantissa: Int128, scale: Int) {
        let nanoseconds = value.nanoseconds
        switch field {
        case .year: return (Int128(value.months / 12), 0)
        case .month: return (Int128(value.months % 12), 0)
        case .quarter: return (Int128(value.months % 12 / 3 + 1), 0)
        case .decade: return (Int128(value.months / 120), 0)
        case .century: return (Int128(value.months / 1200), 0)
        case .millennium: return (Int128(value.months / 12_000), 0)
        case .day: return (Int128(value.days), 0)
        case .hour: return (Int128(nanoseconds / Nanoseconds.hour), 0)
        case .minute: return (Int128(nanoseconds / Nanoseconds.minute % 60), 0)
        case .second, .milliseconds, .microseconds, .epoch:
            // A year counts 365.25 days, a month 30.
            let years = Int128(value.months / 12)
            let months = Int128(value.months % 12)
            let total =
                years * 31_557_600_000_000_000 + (months * 30 + Int128(value.days)) * Int128(Nanoseconds.day)
                + Int128(nanoseconds)
            return partial(field, ofMinute: Int128(nanoseconds % Nanoseconds.minute), epoch: total)
        default: throw QueryError(.notSupported, "unit \"\(field.rawValue)\" not supported for type interval")
        }
    }
}
