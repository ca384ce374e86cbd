/// A request that no report can answer.
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    package var message: String
    /// What to do about it.
    package var hint: String

    package var description: String { "\(message); \(hint)" }
}
