import Asking
import Intakes
import OperatorLogs
import Platform

/// Looks four times a second whether the process holds more than it may, and says when questions are refused for it.
struct MemoryWatch: BackgroundWork {
    let valve: MemoryValve
    let queries: QueryService
    let limitBytes: Int
    let thread: ThreadPool
    let log: PacedLog
    let health: ServerHealth

    func step() async throws {
        try await Task.sleep(for: .milliseconds(250))
        switch try await thread.run({ [valve, queries] in valve.look(isIdle: queries.isIdle) }) {
        case .closed(let bytes)?:
            log.say(
                .warning, "no question is taken until the process holds less memory", reason: "memory_full",
                [
                    LogField(.bytes, bytes),
                    LogField(
                        .advice,
                        "if this is said often, give more by memory (\(limitBytes >> 20) MiB), or let fewer questions"
                            + " run at a time by limits.queries_running"),
                ])
        case .opened(let bytes)?:
            log.say(
                .notice, "questions are taken again: the process holds less memory", reason: "memory_full",
                [LogField(.bytes, bytes)])
        case nil: break
        }
    }

    /// Only the wait can fail, or the thread at the end.
    func failed(_ error: any Error) {}
}
