import Bytes
import Synchronization

/// The short answers of one report's questions, by the questions' texts: over one snapshot and by one clock a text has
/// one answer.
final class KnownAnswers: Sendable {
    /// Longer answers are asked for once anyway, and are not kept.
    private static let rowsMax = 16
    private let answers = Mutex<[ExactText: [ReportRow]]>([:])

    /// nil for what was not asked yet.
    func rows(of sql: String) -> [ReportRow]? { answers.withLock { $0[ExactText(sql)] } }

    /// Keeps an answer, where it is short.
    func add(_ rows: [ReportRow], of sql: String) {
        if rows.count <= Self.rowsMax { answers.withLock { $0[ExactText(sql)] = rows } }
    }
}
