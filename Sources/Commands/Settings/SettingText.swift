import Domain
import JSONTexts
import Platform
import Sending

/// Reads the texts of settings, wherever they come from.
enum SettingText {
    static func name(_ text: String) throws(SettingProblem) -> String {
        guard !text.isEmpty else { throw SettingProblem(expected: "text that is not empty") }
        return text
    }

    /// A path that means the same wherever a process is started.
    static func absolutePath(_ text: String) throws(SettingProblem) -> String {
        guard text.hasPrefix("/"), text.utf8.count > 1 else {
            throw SettingProblem(expected: "an absolute path, such as /archive/plimsoll")
        }
        return text
    }

    /// A word that stands for none of it, or what `read` reads; who writes neither hears of both.
    static func value<Value>(
        _ text: String, or word: String, _ read: (String) throws(SettingProblem) -> Value
    ) throws(SettingProblem) -> Value? {
        if text == word { return nil }
        do throws(SettingProblem) {
            return try read(text)
        } catch {
            throw SettingProblem(expected: "\(error.expected), or \(word)")
        }
    }

    static func flag(_ text: String) throws(SettingProblem) -> Bool {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: throw SettingProblem(expected: "true or false")
        }
    }

    static func address(_ text: String) throws(SettingProblem) -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw SettingProblem(expected: "an address such as 127.0.0.1:8910 or [::1]:8910")
        }
        return address
    }

    /// Names separated by commas.
    static func names(_ text: String) throws(SettingProblem) -> [String] {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        guard names.allSatisfy({ !$0.isEmpty }) else { throw SettingProblem(expected: "names separated by commas") }
        return names
    }

    static func hostNames(_ text: String) throws(SettingProblem) -> [String] {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        let isName = { (byte: UInt8) -> Bool in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isName) }) else {
            throw SettingProblem(expected: "host names such as plimsoll.example.org, without port, separated by commas")
        }
        return names
    }

    /// An address of the web to which a path can be added. It goes into rules, dashboards and pages as it is, so it
    /// holds nothing that any of them would read as anything else.
    static func webAddress(_ text: String) throws(SettingProblem) -> String {
        var address = text
        while address.last == "/" { address.removeLast() }
        let isSound = { (byte: UInt8) -> Bool in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~:/[]%+@".utf8.contains(byte)
            }
        }
        let host = ["http://", "https://"].first { address.hasPrefix($0) }.map { address.dropFirst($0.count) }
        guard let host, let first = host.first, first != "/", address.utf8.allSatisfy(isSound) else {
            throw SettingProblem(
                expected: "an address such as https://ops.example.org, perhaps with a port and a path, without ? and #")
        }
        return address
    }

    /// An address of the web in which `{trace_id}` stands for the id of a trace. It goes into pages as it is, and an id
    /// is put into a part of it that no id can leave: behind the host, and not into an escape.
    static func traceLink(_ text: String) throws(SettingProblem) -> String {
        let placeholder = "{trace_id}"
        let problem = SettingProblem(
            expected: "an address with \(placeholder) behind its host, such as "
                + "https://jaeger.example.org/trace/\(placeholder)")
        guard let scheme = ["http://", "https://"].first(where: { text.hasPrefix($0) }), text.utf8.count <= 2_000
        else { throw problem }
        let address = text.dropFirst(scheme.count)
        let host = address.prefix { !"/?#".contains($0) }
        // A name before the host would be a secret that everybody is shown, or look like the host.
        guard !host.isEmpty, host.utf8.allSatisfy({ isNameByte($0) || ".:[]".utf8.contains($0) }) else { throw problem }
        let pieces = address.dropFirst(host.count).split(separator: placeholder, omittingEmptySubsequences: false)
        guard pieces.count > 1, pieces.allSatisfy({ isWhole($0) }) else { throw problem }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a part of an address has only what may stand there (RFC 3986), and each percent sign its two digits.
    private static func isWhole(_ part: Substring) -> Bool {
        let (bytes, digits) = (Array(part.utf8), "0123456789abcdefABCDEF".utf8)
        return bytes.indices.allSatisfy { place in
            if bytes[place] == UInt8(ascii: "%") {
                return place + 2 < bytes.count && [1, 2].allSatisfy { digits.contains(bytes[place + $0]) }
            }
            return isNameByte(bytes[place]) || ".~:/?#[]@!$&()*+,;=".utf8.contains(bytes[place])
        }
    }

    /// Addresses and ranges of them, separated by commas.
    static func addressRanges(_ text: String) throws(SettingProblem) -> [IPAddressRange] {
        var ranges: [IPAddressRange] = []
        for part in parts(text) {
            guard let range = IPAddressRange(part) else {
                throw SettingProblem(expected: "addresses such as 127.0.0.1, 10.0.0.0/8 or ::1, separated by commas")
            }
            ranges.append(range)
        }
        return ranges
    }

    /// One of the words that there are.
    static func oneOf<Word: RawRepresentable<String> & CaseIterable>(_ text: String) throws(SettingProblem) -> Word {
        guard let word = Word(rawValue: text) else {
            throw SettingProblem(expected: "one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }

    static func count(_ text: String) throws(SettingProblem) -> Int {
        guard let count = Int(text), count > 0 else { throw SettingProblem(expected: "a number of at least 1") }
        return count
    }

    /// Bytes: `4096`, `64KiB`, `64MiB`, `1GiB`.
    static func size(_ text: String) throws(SettingProblem) -> Int {
        let units: [(suffix: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let count = number(text.dropLast(unit.suffix.count)), count > 0
        else { throw SettingProblem(expected: "a size such as 4096, 512KiB, 64MiB or 1GiB") }
        let (bytes, isBeyond) = count.multipliedReportingOverflow(by: unit.bytes)
        guard !isBeyond else { throw SettingProblem(expected: "a size within 64 bits") }
        return bytes
    }

    /// What a data directory may come to: the files of a log alone take some 200 MiB.
    static func disk(_ text: String) throws(SettingProblem) -> Int {
        let bytes = try size(text)
        guard bytes >= 1 << 30 else { throw SettingProblem(expected: "a size of 1GiB or more, such as 200GiB") }
        return bytes
    }

    /// Such as `500ms`, `1.5s`, `90m`, `24h`, `7d`; to the nanosecond, at most a million hours.
    static func nanoseconds(_ text: String) throws(SettingProblem) -> Int64 {
        let units: [(suffix: String, scale: Int, seconds: Int64)] = [
            ("ms", 6, 1), ("s", 9, 1), ("m", 9, 60), ("h", 9, 3600), ("d", 9, 86_400),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let number = try? DecimalText.parse(trimmed(text.dropLast(unit.suffix.count)), scale: unit.scale),
            number > 0
        else { throw SettingProblem(expected: "a duration such as 500ms, 1.5s, 5m or 7d") }
        let (nanoseconds, isBeyond) = number.multipliedReportingOverflow(by: unit.seconds)
        guard !isBeyond, nanoseconds <= durationMax else {
            throw SettingProblem(expected: "a duration of at most 1000000h")
        }
        return nanoseconds
    }

    /// For how long something is kept.
    static func retention(_ text: String) throws(SettingProblem) -> Int64 {
        let period = try nanoseconds(text)
        guard period >= RetentionLimits.nanosecondsMin else {
            throw SettingProblem(expected: "a period of 7d or more, such as 90d")
        }
        return period
    }

    /// Periods by tenant: `acme=30d, bank=365d`.
    static func tenantPeriods(_ text: String) throws(SettingProblem) -> [RetentionLimits.TenantPeriod] {
        var periods: [RetentionLimits.TenantPeriod] = []
        for (name, period) in try periodsByName(
            text, expected: "tenants with a period of 7d or more, such as acme=30d, bank=365d")
        {
            guard !periods.contains(where: { $0.isOf(name) }) else {
                throw SettingProblem(expected: "each tenant once")
            }
            periods.append(RetentionLimits.TenantPeriod(name, nanoseconds: period))
        }
        guard periods.count <= RetentionLimits.tenantsMax,
            RetentionLimits.periods(of: periods).count <= RetentionLimits.periodsMax
        else {
            throw SettingProblem(
                expected: "at most \(RetentionLimits.tenantsMax) tenants with \(RetentionLimits.periodsMax) different "
                    + "periods of their own")
        }
        return periods
    }

    /// Periods by event type: `message.sent=30d, span.received=45d`.
    static func typePeriods(_ text: String) throws(SettingProblem) -> [RetentionLimits.TypePeriod] {
        let known = SchemaRegistry.builtIn.types.map(\.name).filter { $0 != RetentionLimits.keptType }
        var periods: [RetentionLimits.TypePeriod] = []
        for (name, period) in try periodsByName(
            text, expected: "event types with a period of 7d or more, such as message.sent=30d, span.received=45d")
        {
            guard name != RetentionLimits.keptType else {
                throw SettingProblem(expected: "no \(name), since a budget holds until another one is set")
            }
            guard known.contains(name) else {
                let meant = nearestName(to: name, among: known).map { " (is \($0) meant?)" } ?? ""
                throw SettingProblem(expected: "event types, of which \(name) is none\(meant)")
            }
            guard !periods.contains(where: { $0.isOf(name) }) else {
                throw SettingProblem(expected: "each type once")
            }
            periods.append(RetentionLimits.TypePeriod(name, nanoseconds: period))
        }
        guard RetentionLimits.periods(of: periods).count <= RetentionLimits.periodsMax else {
            throw SettingProblem(expected: "at most \(RetentionLimits.periodsMax) different periods of types")
        }
        return periods
    }

    /// Names with a period each: `acme=30d, bank=365d`.
    private static func periodsByName(
        _ text: String, expected: String
    ) throws(SettingProblem) -> [(name: String, nanoseconds: Int64)] {
        var periods: [(name: String, nanoseconds: Int64)] = []
        for part in parts(text) {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false).map { trimmed($0) }
            guard pair.count == 2, !pair[0].isEmpty else { throw SettingProblem(expected: expected) }
            periods.append((pair[0], try retention(pair[1])))
        }
        return periods
    }

    /// Far beyond what anybody waits for, and so far within 64 bits that times may be added to it.
    private static let durationMax: Int64 = 1_000_000 * 3600 * 1_000_000_000

    /// The same for what waits.
    static func duration(_ text: String) throws(SettingProblem) -> Duration { .nanoseconds(try nanoseconds(text)) }

    /// A duration within which a question can be asked to be answered.
    static func answerLimit(_ text: String) throws(SettingProblem) -> Int64 {
        let limit = try nanoseconds(text)
        guard AnswerLimits.range.contains(limit) else {
            throw SettingProblem(expected: "answer limits from 1 ms to 7 days")
        }
        return limit
    }

    /// Such as `30d`.
    static func days(_ text: String) throws(SettingProblem) -> Int {
        guard text.hasSuffix("d"), let days = number(text.dropLast()), ObjectiveSet.budgetDaysRange.contains(days)
        else {
            throw SettingProblem(expected: "days such as 30d, at most 366d")
        }
        return days
    }

    /// A bound in the unit of what is measured: `99.9%` or `0.999`, `2s`, `$0.02`.
    static func bound(_ text: String, of measure: ObjectiveMeasure) throws(SettingProblem) -> ObjectiveBound {
        switch measure.bound(0) {
        case .duration: return .duration(nanoseconds: try nanoseconds(text))
        case .share:
            let isPercent = text.hasSuffix("%")
            guard
                let share = try? DecimalText.parse(
                    trimmed(isPercent ? text.dropLast() : text[...]), scale: isPercent ? 4 : 6)
            else {
                throw SettingProblem(expected: "a share such as 99.9% or 0.999, to a millionth")
            }
            return .share(partsPerMillion: share)
        case .costPerAnswer:
            let number = text.hasPrefix("$") ? text.dropFirst() : text.hasSuffix("USD") ? text.dropLast(3) : text[...]
            guard let picoUSD = try? DecimalText.parse(trimmed(number), scale: DecimalText.usdScale) else {
                throw SettingProblem(expected: "an amount such as $0.02")
            }
            return .costPerAnswer(picoUSD: picoUSD)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// URLs of OTLP receivers, separated by commas; nothing for no receiver.
    static func endpoints(_ text: String) throws(SettingProblem) -> [DestinationURL] {
        var endpoints: [DestinationURL] = []
        for part in parts(text) {
            // Two that are shown alike would share the mark of how far they got.
            guard let endpoint = DestinationURL(traces: part),
                !endpoints.contains(where: { $0.description == endpoint.description })
            else {
                throw SettingProblem(
                    expected: "URLs such as http://127.0.0.1:4318, each once whatever its keys, without a password"
                )
            }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    /// As OpenTelemetry's exporters take headers: `name=value,name=value`.
    static func headers(_ text: String) throws(SettingProblem) -> [DestinationHeader] {
        var headers: [DestinationHeader] = []
        for part in parts(text) { headers.append(try header(part[...])) }
        return headers
    }

    /// `name=value`.
    static func header(_ text: Substring) throws(SettingProblem) -> DestinationHeader {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
            text[..<equals].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw SettingProblem(expected: "headers such as authorization=Bearer abc,x-scope-orgid=support") }
        return DestinationHeader("\(text[..<equals]): \(text[text.index(after: equals)...])")
    }

    /// Such as `0.25` or `25%`.
    static func share(_ text: String) throws(SettingProblem) -> Double {
        let isPercent = text.hasSuffix("%")
        let value = Double(isPercent ? text.dropLast() : text[...]).map { isPercent ? $0 / 100 : $0 }
        guard let value, (0...1).contains(value) else { throw SettingProblem(expected: "a share such as 0.25 or 25%") }
        return value
    }

    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
    }

    private static func number(_ text: Substring) -> Int? {
        Int(trimmed(text))
    }
}
