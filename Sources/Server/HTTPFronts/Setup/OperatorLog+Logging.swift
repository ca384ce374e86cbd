import Logging
import OperatorLogs

/// What the libraries below have to say, in the log of the server: from `notice` on, and nothing of what they were
/// sent.
struct LibraryLog: LogHandler {
    let log: OperatorLog
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(_ log: OperatorLog) { self.log = log }

    subscript(metadataKey name: String) -> Logger.Metadata.Value? {
        get { metadata[name] }
        set { metadata[name] = newValue }
    }

    func log(event: LogEvent) {
        let level: OperatorLog.Level? =
            switch event.level {
            case .trace, .debug, .info: nil
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
        guard let level else { return }
        let particulars = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        log.say(
            level, "\(event.message)",
            particulars.isEmpty ? [] : [LogField(.error, particulars.joined(separator: ", "))])
    }
}
