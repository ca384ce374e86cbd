package import Bytes

/// What functions of templates make of texts.
package enum TemplateTexts {
    /// Character by character, as Go does it: what would become several stays.
    static func mapped(_ text: ByteText, _ change: (Unicode.Scalar) -> String) -> ByteText {
        var result = ""
        for scalar in text.description.unicodeScalars {
            let changed = change(scalar).unicodeScalars
            result.unicodeScalars.append(changed.count == 1 ? changed[changed.startIndex] : scalar)
        }
        return ByteText(result.utf8)
    }

    /// The first letter of each word as a capital.
    static func titled(_ text: ByteText) -> ByteText {
        var isInside = false
        return mapped(text) { scalar in
            defer { isInside = isWordPart(scalar) || (!scalar.isASCII && !scalar.properties.isWhitespace) }
            return isInside ? String(scalar) : scalar.properties.titlecaseMapping
        }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: scalar.properties.isAlphabetic
        }
    }

    /// Where Prometheus shows an expression.
    /// - Parameter tab: 0 for the graph, 1 for the table.
    package static func link(to expression: ByteText, tab: Int) -> ByteText {
        ByteText(
            Array("/graph?g0.expr=".utf8) + TemplateEscapes.query(expression.bytes) + Array("&g0.tab=\(tab)".utf8))
    }

    /// The first part of a host's name; addresses stay.
    static func withoutDomain(_ text: ByteText) -> ByteText {
        let parts = HostAndPort(text)
        let host = parts?.host ?? text
        if isAddress(host) { return text }
        let name = ByteText(host.bytes.prefix { $0 != UInt8(ascii: ".") })
        guard let port = parts?.port, !port.isEmpty else { return name }
        return ByteText(name.bytes + [UInt8(ascii: ":")] + port.bytes)
    }

    private static func isAddress(_ host: ByteText) -> Bool {
        if host.bytes.contains(UInt8(ascii: ":")) { return true }
        let parts = host.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && UInt8(String(decoding: part, as: UTF8.self)) != nil
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
                    && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    /// A replacement: text, and `$1` or `${1}` for what a group matched.
    /// - Parameter groups: the whole, what stands before, the match, and its groups.
    static func filled(_ replacement: ByteText, _ text: [UInt8], _ groups: [Range<Int>?]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = replacement.bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                rest = rest.dropFirst()
                result.append(byte)
                continue
            }
            let isBraced = rest.first == UInt8(ascii: "{")
            let inside = isBraced ? rest.dropFirst() : rest
            let name = inside.prefix { isNamePart($0) }
            let behind = inside.dropFirst(name.count)
            guard !name.isEmpty, !isBraced || behind.first == UInt8(ascii: "}") else {
                result.append(byte)
                continue
            }
            rest = isBraced ? behind.dropFirst() : behind
            // Names of groups are not known here; a name that is no number is a group that matched nothing.
            if let number = Int(String(decoding: name, as: UTF8.self)), number < groups.count - 2,
                let range = groups[number + 2]
            {
                result += text[range]
            }
        }
        return result
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}

/// `host:port` and `[host]:port`; nil for all else.
struct HostAndPort {
    let host: ByteText
    let port: ByteText

    init?(_ text: ByteText) {
        let bytes = text.bytes
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        var name = bytes[..<colon]
        if name.first == UInt8(ascii: "[") {
            guard name.last == UInt8(ascii: "]"), name.count > 1 else { return nil }
            name = name.dropFirst().dropLast()
        } else if name.contains(UInt8(ascii: ":")) {
            return nil
        }
        guard !name.contains(UInt8(ascii: "[")), !name.contains(UInt8(ascii: "]")) else { return nil }
        (host, port) = (ByteText(name), ByteText(bytes[(colon + 1)...]))
    }
}

/// Numbers for people.
enum HumanNumber {
    /// Four digits, the sign of a thousandfold behind it.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return short(value) }
        return value.magnitude >= 1
            ? large(value, by: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"]) : small(value)
    }

    static func binary(_ value: Double) -> String {
        guard value.isFinite, value.magnitude > 1 else { return short(value) }
        return large(value, by: 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
    }

    static func percentage(_ value: Double) -> String { short(value * 100) + "%" }

    /// A number of seconds.
    static func duration(_ value: Double) -> String {
        guard value.isFinite else { return short(value) }
        if value == 0 { return short(value) + "s" }
        guard value.magnitude >= 1 else { return small(value) + "s" }
        let sign = value < 0 ? "-" : ""
        guard value.magnitude < 9e18 else { return short(value) + "s" }
        let whole = Int64(value.magnitude)
        let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + short(value.magnitude) + "s"
    }

    /// Four digits.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return TemplateValue.shown(value) }
        return (value.sign == .minus ? "-" : "") + ExactDecimal.written(value, verb: UInt8(ascii: "g"), precision: 4)
    }

    private static func large(_ value: Double, by factor: Double, _ signs: [String]) -> String {
        var (value, sign) = (value, "")
        for next in signs where value.magnitude >= factor {
            value /= factor
            sign = next
        }
        return short(value) + sign
    }

    private static func small(_ value: Double) -> String {
        var (value, sign) = (value, "")
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where value.magnitude < 1 {
            value *= 1000
            sign = next
        }
        return short(value) + sign
    }
}
