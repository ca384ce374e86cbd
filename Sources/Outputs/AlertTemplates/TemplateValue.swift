package import Bytes
package import PromQLText

/// One sample that a template's question found.
package struct TemplateSample: Hashable, Sendable {
    /// What the series is known by.
    package let labels: LabelSet
    /// What it says.
    package let value: Double

    /// Joins both.
    package init(labels: LabelSet, value: Double) { (self.labels, self.value) = (labels, value) }
}

/// What a template is expanded for.
package struct TemplateData: Sendable {
    /// Of the series that the rule found.
    package let labels: LabelSet
    /// What it says.
    package let value: Double
    /// Of the whole installation.
    package let externalLabels: LabelSet
    /// Where people reach it.
    package let externalURL: ByteText
    /// ms since 1970: of the evaluation.
    package let time: Int64

    /// Joins them.
    package init(labels: LabelSet, value: Double, externalLabels: LabelSet, externalURL: ByteText, time: Int64) {
        (self.labels, self.value, self.time) = (labels, value, time)
        (self.externalLabels, self.externalURL) = (externalLabels, externalURL)
    }
}

/// What a template computes with.
indirect enum TemplateValue: Hashable, Sendable {
    /// What a map has no entry for.
    case absent
    case nothing
    case flag(Bool)
    case integer(Int64)
    case float(Double)
    case text(ByteText)
    case list([TemplateValue])
    /// In the order of their names.
    case members([TemplateMember])
    case labels(LabelSet)
    case sample(TemplateSample)
    /// ms since 1970.
    case time(Int64)
    case root

    static func text(_ text: String) -> TemplateValue { .text(ByteText(text.utf8)) }

    var isTrue: Bool {
        switch self {
        case .absent, .nothing: false
        case .flag(let flag): flag
        case .integer(let integer): integer != 0
        case .float(let float): float != 0
        case .text(let text): !text.isEmpty
        case .list(let list): !list.isEmpty
        case .members(let members): !members.isEmpty
        case .labels(let labels): !labels.labels.isEmpty
        case .sample, .root, .time: true
        }
    }

    /// As Go calls it.
    var typeName: String {
        switch self {
        case .absent, .nothing: "<nil>"
        case .flag: "bool"
        case .integer: "int"
        case .float: "float64"
        case .text: "string"
        case .list(let list): list.allSatisfy { if case .sample = $0 { true } else { false } } ? "queryResult" : "list"
        case .members: "map[string]interface {}"
        case .labels: "map[string]string"
        case .sample: "*sample"
        case .time: "time.Time"
        case .root: "data"
        }
    }

    /// As it stands in a text.
    var shown: [UInt8] {
        switch self {
        case .absent: Array("<no value>".utf8)
        case .nothing: Array("<nil>".utf8)
        case .flag(let flag): Array((flag ? "true" : "false").utf8)
        case .integer(let integer): Array(String(integer).utf8)
        case .float(let float): Array(Self.shown(float).utf8)
        case .text(let text): text.bytes
        case .list(let list): Array("[".utf8) + Self.joined(list.map(\.shown)) + Array("]".utf8)
        case .members(let members):
            Self.map(members.map { $0.name.bytes + [UInt8(ascii: ":")] + $0.value.shown })
        case .labels(let labels):
            Self.map(labels.labels.map { $0.name.bytes + [UInt8(ascii: ":")] + $0.value.bytes })
        case .sample(let sample):
            Array("{".utf8) + Self.joined([TemplateValue.labels(sample.labels).shown, Self.float(sample.value).shown])
                + Array("}".utf8)
        case .time(let time): Array(TemplateTime.written(time).utf8)
        case .root: Array("{}".utf8)
        }
    }

    /// As `%v` of Go has it: the shortest digits, infinities with their sign.
    static func shown(_ float: Double) -> String { WrittenNumber.general(float) }

    private static func map(_ members: [[UInt8]]) -> [UInt8] {
        Array("map[".utf8) + joined(members) + Array("]".utf8)
    }

    private static func joined(_ texts: [[UInt8]]) -> [UInt8] {
        Array(texts.joined(separator: [UInt8(ascii: " ")]))
    }
}

/// A named value.
struct TemplateMember: Hashable, Sendable {
    let name: ByteText
    let value: TemplateValue
}

/// Times as Go writes them.
enum TemplateTime {
    /// Such as `2022-01-25 12:43:23.5 +0000 UTC`.
    static func written(_ milliseconds: Int64) -> String {
        let days = floorDivide(milliseconds, 86_400_000)
        let rest = UInt64(milliseconds - days * 86_400_000)
        let date = CivilDate(daysSince1970: days)
        var bytes: [UInt8] = date.year < 0 ? [UInt8(ascii: "-")] : []
        appendPadded(date.year.magnitude, digits: 4, to: &bytes)
        for part in [date.month, date.day] {
            bytes.append(UInt8(ascii: "-"))
            appendPadded(UInt64(part), digits: 2, to: &bytes)
        }
        let clock: [(UInt8, UInt64)] = [
            (UInt8(ascii: " "), rest / 3_600_000), (UInt8(ascii: ":"), rest / 60_000 % 60),
            (UInt8(ascii: ":"), rest / 1000 % 60),
        ]
        for (sign, part) in clock {
            bytes.append(sign)
            appendPadded(part, digits: 2, to: &bytes)
        }
        if rest % 1000 != 0 {
            bytes.append(UInt8(ascii: "."))
            appendPadded(rest % 1000, digits: 3, to: &bytes)
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        }
        return String(decoding: bytes, as: UTF8.self) + " +0000 UTC"
    }
}
