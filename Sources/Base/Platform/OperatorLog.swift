/// What a process says to those who run it, a line each. Who puts the process together decides where the lines go.
package struct OperatorLog: Sendable {
    /// How much a line matters, ascending.
    package enum Level: Hashable, Sendable {
        /// Worth knowing.
        case notice
        /// Something is not as it should be and mends itself, or somebody was turned away.
        case warning
        /// Something asked for is not done.
        case error
        /// Somebody has to act.
        case critical
    }

    private let write: @Sendable (Level, String) -> Void

    /// - Parameter write: takes each line, from any thread.
    package init(_ write: @escaping @Sendable (Level, String) -> Void) { self.write = write }

    /// Says that something is worth knowing.
    package func notice(_ line: String) { write(.notice, line) }
    /// Says that something is not as it should be.
    package func warning(_ line: String) { write(.warning, line) }
    /// Says that something is not done.
    package func error(_ line: String) { write(.error, line) }
    /// Says that somebody has to act.
    package func critical(_ line: String) { write(.critical, line) }
}
