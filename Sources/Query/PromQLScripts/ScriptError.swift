/// Why a script cannot be read.
package struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// What is wrong there.
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
}
