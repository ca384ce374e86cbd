import Columnar

/// `P1Y2M3DT4H5M6S` and the other forms of ISO 8601: `P0001-02-03T04:05:06`, `P00010203T040506`.
struct IntervalDesignators {
    private var rest: ArraySlice<UInt8>
    private var sum = IntervalSum()
    private var isClock = false
    private var hasField = false

    static func read(_ text: String) throws(IntervalFailure) -> Interval {
        let bytes = Array(text.utf8)
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "P") else { throw .invalid }
        var reader = IntervalDesignators(rest: bytes.dropFirst())
        while !reader.rest.isEmpty {
            if reader.takesClock() { continue }
            let field = try reader.number()
            if reader.isClock { try reader.readClock(field) } else { try reader.readDate(field) }
        }
        return reader.sum.value
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private typealias Field = (amount: DecimalAmount, digitCount: Int)

    /// Whether the clock's part begins here.
    private mutating func takesClock() -> Bool {
        guard take("T") else { return false }
        (isClock, hasField) = (true, false)
        return true
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: letter) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number() throws(IntervalFailure) -> Field {
        let isNegative = take("-")
        let whole = digits()
        let fraction = take(".") ? digits() : []
        guard !(whole.isEmpty && fraction.isEmpty) else { throw .invalid }
        return (try DecimalAmount(whole: whole, fraction: fraction, isNegative: isNegative), whole.count)
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let run = rest.prefix(while: \.isDigit)
        rest = rest[run.endIndex...]
        return run
    }

    private mutating func readDate(_ field: Field) throws(IntervalFailure) {
        switch rest.first {
        case UInt8(ascii: "Y"): try add(field, .year)
        case UInt8(ascii: "M"): try add(field, .month)
        case UInt8(ascii: "W"): try add(field, .week)
        case UInt8(ascii: "D"): try add(field, .day)
        case nil, UInt8(ascii: "T"), UInt8(ascii: "-"):
            if hasField { throw .invalid }
            if field.digitCount == 8, rest.first != UInt8(ascii: "-") {
                let (whole, fraction) = try field.amount.times(1)
                try sum.add(months: whole / 10_000 * 12 + whole / 100 % 100, days: whole % 100)
                return try sum.add(fraction, .day)
            }
            try sum.add(field.amount, .year)
            for unit in [IntervalUnit.month, .day] {
                guard take("-") else { break }
                try sum.add(try number().amount, unit)
            }
            guard rest.isEmpty || rest.first == UInt8(ascii: "T") else { throw .invalid }
        default: throw .invalid
        }
    }

    private mutating func readClock(_ field: Field) throws(IntervalFailure) {
        switch rest.first {
        case UInt8(ascii: "H"): try add(field, .hour)
        case UInt8(ascii: "M"): try add(field, .minute)
        case UInt8(ascii: "S"): try add(field, .second)
        case nil, UInt8(ascii: ":"):
            if hasField { throw .invalid }
            if field.digitCount == 6, rest.isEmpty {
                // PostgreSQL drops the fraction of this form.
                let whole = try field.amount.times(1).whole
                for (value, unit) in [
                    (whole / 10_000, IntervalUnit.hour), (whole / 100 % 100, .minute), (whole % 100, .second),
                ] {
                    try sum.add(DecimalAmount(Int64(clamping: value)), unit)
                }
                return
            }
            try sum.add(field.amount, .hour)
            for unit in [IntervalUnit.minute, .second] {
                guard take(":") else { break }
                try sum.add(try number().amount, unit)
            }
            guard rest.isEmpty else { throw .invalid }
        default: throw .invalid
        }
    }

    /// A field whose letter comes next.
    private mutating func add(_ field: Field, _ unit: IntervalUnit) throws(IntervalFailure) {
        rest.removeFirst()
        try sum.add(field.amount, unit)
        hasField = true
    }
}
