import Domain
import Execution

/// The dimensions of a breakdown, in order, and the clock by which its hours, days, weeks and months begin.
struct ReportGrouping {
    let dimensions: [ReportDimension]
    let clock: WallClock
    var model = ModelName.answering

    /// No breakdown.
    /// - Throws: nothing that can happen: everybody knows UTC.
    static func whole() throws -> ReportGrouping { ReportGrouping(dimensions: [], clock: try WallClock(zone: "UTC")) }

    /// One group of everything.
    var isWhole: Bool { dimensions.isEmpty }
    /// How many columns of an answer the key takes; figures come after them.
    var width: Int { dimensions.count }
    /// Whether a dimension is known of calls only.
    var isOfCalls: Bool { dimensions.contains(where: \.isOfCalls) }

    /// As sections are called.
    var name: String { "by_" + dimensions.map(\.rawValue).joined(separator: "_") }
    /// As tables print it.
    var title: String { "By " + dimensions.map { $0.rawValue.replacing("_", with: " ") }.joined(separator: ", ") }
    var columns: [ReportColumn] { dimensions.map { ReportColumn($0.rawValue, $0.rawValue.replacing("_", with: " "), isKey: true) } }

    /// What dimensions mean that no event says by itself.
    var definitions: [ReportDefinition] {
        var definitions: [ReportDefinition] = []
        if dimensions.contains(where: \.isTime) {
            definitions.append(
                ReportDefinition(
                    "month, week, day, hour", "by the clock of the report's zone; a week by its Monday; an hour with its offset from UTC"))
        }
        if dimensions.contains(.topic) { definitions.append(ReportDefinition("topic", "of the conversation: the last one that events name")) }
        return definitions
    }

    /// A table as it is read: with the topics of its conversations where these are asked for and it does not know them.
    func source(_ table: String) -> String {
        guard dimensions.contains(.topic), table != "conversations" else { return table }
        return table
            + " left join (select tenant as topic_tenant, conversation_id as topic_conversation, topic from conversations) as topics "
            + "on topic_tenant = tenant and topic_conversation = conversation_id"
    }

    /// The key as the beginning of what is selected, with a comma behind it.
    func selection(time: String) -> String { dimensions.map { $0.expression(time: time, model: model) + ", " }.joined() }

    /// The clause that follows; empty for one group.
    var clause: String { isWhole ? "" : " group by " + (1...width).map(String.init).joined(separator: ", ") }

    /// The key of a row that begins with it.
    func key(_ row: ReportRow) -> GroupKey { GroupKey(cells: row.values.prefix(width).map(GroupCell.init)) }

    /// The key as the first cells of a row.
    func values(_ key: GroupKey) -> [ReportValue] {
        zip(dimensions, key.cells).map { dimension, cell in
            switch cell {
            case .none: .none
            case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
            case .time(let time): .text(text(dimension, time))
            }
        }
    }

    /// Days and weeks as the date of their first day, months without a day, hours with the zone's offset: the hour that autumn repeats
    /// is two.
    private func text(_ dimension: ReportDimension, _ time: Int64) -> String {
        let offset = clock.offsetSeconds(at: time)
        let reading = RFC3339.render(time &+ offset &* 1_000_000_000)
        switch dimension {
        case .month: return String(reading.prefix(7))
        case .hour: return String(reading.prefix(19)) + OffsetText.render(offset)
        default: return String(reading.prefix(10))
        }
    }
}

/// Offsets from UTC as RFC 3339 writes them.
enum OffsetText {
    static func render(_ seconds: Int64) -> String {
        if seconds == 0 { return "Z" }
        func two(_ number: UInt64) -> String { (number < 10 ? "0" : "") + String(number) }
        let size = seconds.magnitude
        let text = (seconds < 0 ? "-" : "+") + two(size / 3600) + ":" + two(size / 60 % 60)
        return size % 60 == 0 ? text : text + ":" + two(size % 60)
    }
}
