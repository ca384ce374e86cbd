package import Platform
import Synchronization

/// What a process says to those who run it, a line each. Who puts the process together decides where the lines go.
///
/// Neither secrets nor content go into a line.
package struct OperatorLog: Sendable {
    /// How much a line matters, ascending.
    package enum Level: String, CaseIterable, Comparable, Sendable {
        /// Worth knowing.
        case notice
        /// Something is not as it should be and mends itself, or somebody was turned away.
        case warning
        /// Something asked for is not done.
        case error
        /// Somebody has to act.
        case critical

        /// By how much they matter.
        package static func < (left: Level, right: Level) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    private let write: @Sendable (LogLine) -> Void

    /// - Parameter write: takes each line, from any thread.
    package init(_ write: @escaping @Sendable (LogLine) -> Void) { self.write = write }

    /// Lines on standard error, each with its time.
    package init(format: LogFormat, clock: any Clock) {
        let lines = StandardErrorLines(format: format, clock: clock)
        write = { lines.write($0) }
    }

    /// The same without what matters less.
    package func only(from level: Level) -> OperatorLog {
        OperatorLog { line in if line.level >= level { write(line) } }
    }

    /// Says that something is worth knowing.
    package func notice(_ message: String, _ fields: [LogField] = []) { say(.notice, message, fields) }
    /// Says that something is not as it should be.
    package func warning(_ message: String, _ fields: [LogField] = []) { say(.warning, message, fields) }
    /// Says that something is not done.
    package func error(_ message: String, _ fields: [LogField] = []) { say(.error, message, fields) }
    /// Says that somebody has to act.
    package func critical(_ message: String, _ fields: [LogField] = []) { say(.critical, message, fields) }

    /// Says something of any level.
    package func say(_ level: Level, _ message: String, _ fields: [LogField] = []) {
        write(LogLine(level: level, message: message, fields: fields))
    }
}

/// Writes whole lines one after the other. Nobody waits for a reader that does not read: its lines are lost, and the
/// next one that it takes says how many were.
private final class StandardErrorLines: Sendable {
    private let format: LogFormat
    private let clock: any Clock
    private let lostLines = Mutex(0)

    init(format: LogFormat, clock: any Clock) { (self.format, self.clock) = (format, clock) }

    func write(_ line: LogLine) {
        let time = clock.wallNanoseconds()
        lostLines.withLock { lost in
            guard StandardStream.error.takesLine else { return lost += 1 }
            if lost > 0 {
                let remark = LogLine(
                    level: .warning, message: "lines of this log were lost, since nobody read them",
                    fields: [LogField(.count, lost)])
                guard show(remark, time) else { return lost += 1 }
                lost = 0
                guard StandardStream.error.takesLine else { return lost += 1 }
            }
            if !show(line, time) { lost += 1 }
        }
    }

    /// What cannot be written is let go, for there is nowhere to report it; false says so.
    private func show(_ line: LogLine, _ time: Int64) -> Bool {
        do throws(StorageError) {
            try StandardStream.error.offer(format.rendered(line, at: time))
            return true
        } catch {
            return false
        }
    }
}
