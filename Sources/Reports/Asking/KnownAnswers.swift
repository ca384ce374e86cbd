import Bytes
import Synchronization

/// The answers of one report's questions that are not long, by the questions' texts: over one snapshot and by one clock
/// a text has one answer.
final class KnownAnswers: Sendable {
    /// Values in an answer; longer ones are mostly asked for once, and are not kept. The hours of a month, each with a
    /// number, are fewer.
    static let valuesMax = 4_096
    private let answers = Mutex<[ExactText: [ReportRow]]>([:])
    /// The questions whose answers lack events that retention dropped.
    private let lacking = Mutex<Set<ExactText>>([])

    /// nil for what was not asked yet.
    func rows(of sql: String) -> [ReportRow]? { answers.withLock { $0[ExactText(sql)] } }

    /// Notes that an answer lacks events.
    func noteLack(of sql: String) { lacking.withLock { _ = $0.insert(ExactText(sql)) } }

    /// Whether that was noted.
    func lacksEvents(_ sql: String) -> Bool { lacking.withLock { $0.contains(ExactText(sql)) } }

    /// Keeps an answer, where it is not long.
    func add(_ rows: [ReportRow], of sql: String) {
        let width = rows.first?.values.count ?? 0
        if rows.count * width <= Self.valuesMax { answers.withLock { $0[ExactText(sql)] = rows } }
    }
}
