import Columnar

/// PostgreSQL's text form of a value.
package enum ScalarText {
    static func text(_ value: Scalar, zone: ZoneOffsets) -> String {
        switch value {
        case .null: ""
        case .boolean(let value): value ? "t" : "f"
        case .integer(let value): String(value)
        case .double(let value): double(value)
        case .numeric(let mantissa, let scale): Decimal128.text(mantissa, scale: scale)
        case .text(let text), .json(let text): text
        case .timestamptz(let time): TimeText.timestamptz(time, zone: zone)
        case .timestamp(let time): TimeText.timestamp(time)
        case .date(let day): TimeText.date(day)
        case .interval(let interval): TimeText.interval(interval)
        case .array(let values): array(values, zone: zone)
        }
    }

    /// Shortest digits that read back the same; exponent form as PostgreSQL writes it.
    package static func double(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        // Swift writes the same shortest digits; only the layout differs, and of usual numbers only in the `.0` that
        // Swift has behind whole ones. No other digits end with a zero.
        var text = value.description
        if value.magnitude >= 1e-4, value.magnitude < 1e15 {
            return text.utf8.last == UInt8(ascii: "0") ? String(Substring(text.utf8.dropLast(2))) : text
        }
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = String(text[..<mark])
        }
        let isNegative = text.hasPrefix("-")
        if isNegative { text.removeFirst() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var digits = String(parts[0]) + (parts.count > 1 ? String(parts[1]) : "")
        var pointPosition = parts[0].count + exponent
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            pointPosition -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        return (isNegative ? "-" : "") + layout(digits, pointPosition)
    }

    /// PostgreSQL switches to an exponent below 1e-4 and from 1e15 on.
    private static func layout(_ digits: String, _ pointPosition: Int) -> String {
        if pointPosition < -3 || pointPosition > 15 {
            let exponent = pointPosition - 1
            let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
            return mantissa + "e" + (exponent < 0 ? "-" : "+") + TimeText.pad(Int64(abs(exponent)), 2)
        }
        if pointPosition <= 0 { return "0." + String(repeating: "0", count: -pointPosition) + digits }
        if digits.count <= pointPosition { return digits + String(repeating: "0", count: pointPosition - digits.count) }
        return "\(digits.prefix(pointPosition)).\(digits.dropFirst(pointPosition))"
    }

    /// What an element stands in quotes for.
    private static let special = Array("{}\",\\ \t\n\r".utf8)

    private static func array(_ values: [Scalar], zone: ZoneOffsets) -> String {
        let parts = values.map { value -> String in
            if value.isNull { return "NULL" }
            if case .array = value { return text(value, zone: zone) }
            let plain = text(value, zone: zone)
            let needsQuotes =
                plain.isEmpty || (plain.utf8.count == 4 && plain.uppercased() == "NULL")
                || plain.utf8.contains { special.contains($0) }
            guard needsQuotes else { return plain }
            var quoted: [UInt8] = [0x22]
            for byte in plain.utf8 {
                if byte == 0x22 || byte == 0x5C { quoted.append(0x5C) }
                quoted.append(byte)
            }
            return String(decoding: quoted + [0x22], as: UTF8.self)
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}
