import Bytes
import Columnar
import Plans

/// date_trunc, date_bin, extract and AT TIME ZONE over arrays. Times in one bucket run together in sorted data, so the
/// bounds of the last bucket are kept and the calendar is asked only when a time leaves it.
struct TimeFunctions: Sendable {
    let context: QueryContext

    func apply(_ function: ScalarFunction, _ values: [Vector], type: ColumnType) throws -> Vector? {
        switch function {
        case .dateTrunc: try truncate(values)
        case .dateBin: try bin(values)
        case .extract: try extract(values, type: type)
        case .atTimeZone: try moved(values, type: type)
        default: nil
        }
    }

    /// What an expression that truncates a column's times gives as runs; nil for all else, for times that do not lie
    /// near each other, and for such as have nulls among them.
    func runs(_ expression: Expression, _ chunk: Chunk) throws -> RunColumn? {
        guard case .call(.dateTrunc, let arguments, _) = expression, arguments.count > 1,
            case .column(let index, _) = arguments[1], chunk.columns[index].validity == nil
        else { return nil }
        var values: [Vector] = []
        for argument in arguments {
            switch argument {
            case .column(let index, _): values.append(chunk.columns[index])
            case .literal(let value, let type): values.append(.constant(value, type: type, count: chunk.rowCount))
            default: return nil
            }
        }
        return try truncation(values).flatMap { truncation in try truncation.times.span.bucketRuns(truncation.bucket) }
    }

    /// The column of times that an expression truncates, and the buckets that it truncates to, where equal ones can be
    /// told; nil for all else, and for what is to be refused.
    func buckets(_ expression: Expression) -> (column: Int, buckets: TimeBuckets)? {
        guard case .call(.dateTrunc, let arguments, _) = expression, arguments.count > 1,
            case .literal(.text(let name), _) = arguments[0], let unit = try? TimeUnit(named: name),
            case .column(let index, let type) = arguments[1], type == .timestamptz || type == .timestamp
        else { return nil }
        var zone = type == .timestamp ? ZoneOffsets.utc : context.zone
        if arguments.count > 2 {
            guard case .literal(.text(let name), _) = arguments[2], let other = try? ZoneOffsets.truncating(name)
            else { return nil }
            zone = other
        }
        return zone.buckets(of: unit).map { (index, $0) }
    }

    /// Times, and where each is truncated to.
    private struct Truncation {
        let times: [Int64]
        let unit: TimeUnit
        let zone: ZoneOffsets

        func bucket(_ time: Int64) throws -> (start: Int64, end: Int64)? { try unit.bucket(of: time, zone: zone) }
    }

    /// nil for arguments that are no times in an array with a unit for all.
    private func truncation(_ values: [Vector]) throws -> Truncation? {
        guard case .constant(.text(let unitText)) = values[0].storage else { return nil }
        let value = values[1]
        guard case .int64(let times) = value.storage, value.type == .timestamptz || value.type == .timestamp else {
            return nil
        }
        let unit = try TimeUnit(named: unitText)
        var zone = value.type == .timestamp ? ZoneOffsets.utc : context.zone
        if values.count == 3 {
            guard case .constant(.text(let name)) = values[2].storage else { return nil }
            zone = try ZoneOffsets.truncating(name)
        }
        return Truncation(times: times, unit: unit, zone: zone)
    }

    private func truncate(_ values: [Vector]) throws -> Vector? {
        guard let truncation = try truncation(values),
            var result = try truncation.times.span.buckets({ try truncation.bucket($0) })
        else { return nil }
        let value = values[1]
        clear(&result, value.validity)
        return Vector(type: value.type, count: result.count, storage: .int64(result), validity: value.validity)
    }

    private func clear(_ values: inout [Int64], _ validity: Validity?) {
        guard let validity else { return }
        for row in values.indices where !validity[row] { values[row] = 0 }
    }

    private func bin(_ values: [Vector]) throws -> Vector? {
        guard case .constant(.interval(let stride)) = values[0].storage, case .int64(let times) = values[1].storage,
            values[1].type == .timestamptz || values[1].type == .timestamp, let origin = values[2].integers,
            case .constant(let start) = origin
        else { return nil }
        let step = try DateBin.stride(stride)
        let starts = times.span.buckets { time in
            DateBin.bin(time, step: step, origin: start).map { (start: $0, end: Int64(clamping: Int128($0) + step)) }
        }
        guard var result = starts else { return nil }
        clear(&result, values[1].validity)
        return Vector(type: values[1].type, count: times.count, storage: .int64(result), validity: values[1].validity)
    }

    /// How long intervals are that have no months; nil where one does not come to whole microseconds, of which seconds
    /// show six places, or to too many.
    private func seconds(_ intervals: [Interval], _ validity: Validity?, type: ColumnType) -> Vector? {
        var microseconds: [Int64] = []
        microseconds.reserveCapacity(intervals.count)
        for interval in intervals {
            guard interval.months == 0, let total = Int64(exactly: IntervalMath.comparable(interval))
            else { return nil }
            let (whole, rest) = total.quotientAndRemainder(dividingBy: 1_000)
            if rest != 0 { return nil }
            microseconds.append(whole)
        }
        switch type {
        case .numeric(scale: 6):
            return Vector(type: type, count: intervals.count, storage: .int64(microseconds), validity: validity)
        case .double:
            let seconds = microseconds.map { Decimal128.toDouble(Int128($0), scale: 6) }
            return Vector(type: type, count: intervals.count, storage: .double(seconds), validity: validity)
        default: return nil
        }
    }

    /// What the clocks of a zone show at instants, or the instants of what they show; nil where zones differ from row
    /// to row, or are said by an interval.
    private func moved(_ values: [Vector], type: ColumnType) throws -> Vector? {
        // Both orders occur: `x AT TIME ZONE z` and timezone(z, x).
        let (first, second) = (values[0], values[1])
        guard case (let name, let value)? = Self.named(first, second) ?? Self.named(second, first),
            case .int64(let times) = value.storage, value.type == .timestamptz || value.type == .timestamp,
            // A name that no zone has is refused where a row has a time.
            value.validity?.nullCount != value.count, value.count > 0
        else { return nil }
        let zone = try ZoneOffsets.written(name)
        var clock = LocalTimes(zone)
        var result = [Int64](repeating: 0, count: times.count)
        for row in times.indices where value.validity?[row] ?? true {
            result[row] =
                value.type == .timestamptz
                ? try clock.exactLocal(utc: times[row]) : try zone.exactUTC(local: times[row])
        }
        return Vector(type: type, count: result.count, storage: .int64(result), validity: value.validity)
    }

    /// `to_char` of a column: a text is made of each reading that is written otherwise, once. nil for patterns that
    /// differ from row to row or are empty, and for what is to be refused of a row.
    /// - Parameter made: books the texts.
    func texts(_ values: [Vector], type: ColumnType, _ made: TextBudget.Count) throws -> Vector? {
        guard values.count == 2, case .constant(.text(let format)) = values[1].storage,
            case .int64(let times) = values[0].storage, format.utf8.count <= ScalarFunctions.formatBytesMax,
            values[0].validity?.nullCount != times.count, !times.isEmpty, !format.isEmpty
        else { return nil }
        let (validity, kind) = (values[0].validity, values[0].type)
        guard kind == .timestamptz || kind == .timestamp else { return nil }
        let pieces = try TimePattern.pieces(of: format)
        let step = TimeFormat.step(of: pieces)
        var clock = LocalTimes(kind == .timestamp ? .utc : context.zone)
        var dictionary = TextDictionaryBuilder()
        var known: [Int64: UInt32] = [:]
        var last: (stretch: Int64, code: UInt32)?
        var codes = [UInt32](repeating: 0, count: times.count)
        for row in times.indices where validity?[row] ?? true {
            let local = clock.local(utc: times[row])
            let stretch = floorDivide(local, step)
            if let last, last.stretch == stretch {
                codes[row] = last.code
                continue
            }
            var code = known[stretch]
            if code == nil {
                let text = try made.made(of: format.utf8.count) { .text(TimeFormat.text(pieces, local: local)) }
                if case .text(let text) = text { code = dictionary.code(of: text) }
                known[stretch] = code
            }
            codes[row] = code ?? 0
            last = (stretch, codes[row])
        }
        return Vector(
            type: type, count: times.count, storage: .text(codes: codes, dictionary: dictionary.finish()),
            validity: validity)
    }

    /// A constant text, and what stands beside it.
    private static func named(_ name: Vector, _ value: Vector) -> (name: String, value: Vector)? {
        if case .constant(.text(let name)) = name.storage { (name, value) } else { nil }
    }

    /// Fields of whole numbers within a fixed zone: hour, dow, day and the like; and how long intervals are.
    private func extract(_ values: [Vector], type: ColumnType) throws -> Vector? {
        guard case .constant(.text(let field)) = values[0].storage else { return nil }
        if case .interval(let intervals) = values[1].storage {
            guard TimeField(rawValue: InputText.word(field)) == .epoch else { return nil }
            return seconds(intervals, values[1].validity, type: type)
        }
        guard case .int64(let times) = values[1].storage,
            values[1].type == .timestamptz || values[1].type == .timestamp
        else { return nil }
        guard let whole = TimeField(rawValue: InputText.word(field)), whole.isWhole else { return nil }
        let zone = values[1].type == .timestamp ? ZoneOffsets.utc : context.zone
        var clock = LocalTimes(zone)
        var numbers = times.map { whole.value(local: clock.local(utc: $0)) }
        clear(&numbers, values[1].validity)
        let base = Vector(
            type: .numeric(scale: 0), count: times.count, storage: .int64(numbers), validity: values[1].validity)
        switch type {
        case .numeric(let scale): return try Rescaling.rescale(base, to: scale)
        case .integer:
            return Vector(type: .integer, count: times.count, storage: .int64(numbers), validity: values[1].validity)
        case .double:
            return Vector(
                type: .double, count: times.count, storage: .double(numbers.map { Double($0) }),
                validity: values[1].validity)
        default: return nil
        }
    }
}

/// `date_bin`: buckets of one fixed length from an origin. Lengths and distances are wider than instants: between the
/// first and the last of those lie twice as many nanoseconds as 64 bits hold.
enum DateBin {
    /// Nanoseconds of a bucket.
    /// - Throws: `.notSupported` for months, `.timeOutOfRange` for a length that is not positive.
    static func stride(_ interval: Interval) throws -> Int128 {
        guard interval.months == 0 else {
            throw QueryError(.notSupported, "timestamps cannot be binned into intervals containing months or years")
        }
        let total = Int128(interval.days) * Int128(Nanoseconds.day) + Int128(interval.nanoseconds)
        guard total > 0 else { throw QueryError(.timeOutOfRange, "stride must be greater than zero") }
        return total
    }

    /// nil where the bucket begins before the first instant.
    /// - Precondition: `step > 0`.
    static func bin(_ time: Int64, step: Int128, origin: Int64) -> Int64? {
        let (quotient, rest) = (Int128(time) - Int128(origin)).quotientAndRemainder(dividingBy: step)
        // A bucket begins before what lies in it. Only one that is longer than all time begins much earlier.
        let (offset, overflow) = (rest < 0 ? quotient - 1 : quotient).multipliedReportingOverflow(by: step)
        return overflow ? nil : Int64(exactly: Int128(origin) + offset)
    }
}
