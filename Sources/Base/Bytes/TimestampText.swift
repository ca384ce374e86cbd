/// Lengths of time in ns.
package enum Nanoseconds {
    /// 10⁹ ns.
    package static let second: Int64 = 1_000_000_000
    /// 60 s.
    package static let minute: Int64 = 60 * second
    /// 60 min.
    package static let hour: Int64 = 60 * minute
    /// 24 h, as every day of UTC without its leap seconds.
    package static let day: Int64 = 24 * hour
}

/// Appends RFC 3339 text in UTC with nine decimals.
package func appendTimestamp(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
    let days = floorDivide(nanoseconds, Nanoseconds.day)
    let withinDay = UInt64(nanoseconds - days * Nanoseconds.day)
    let date = CivilDate(daysSince1970: days)
    let seconds = withinDay / UInt64(Nanoseconds.second)
    appendPadded(UInt64(date.year), digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendPadded(UInt64(date.month), digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendPadded(UInt64(date.day), digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    appendPadded(seconds / 3600, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendPadded(seconds / 60 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendPadded(seconds % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    appendPadded(withinDay % UInt64(Nanoseconds.second), digits: 9, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
}

/// Division that rounds towards minus infinity, so that buckets before 1970 keep their length.
package func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}
