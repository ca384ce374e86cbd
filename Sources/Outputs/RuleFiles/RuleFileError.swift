/// Why a file of rules, or of their tests, is refused: everything that is wrong with it.
package struct RuleFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One mistake and where it is.
    package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// From 1; nil where it concerns the file as a whole.
        let line: Int?
        /// From 1, in characters; nil likewise.
        let column: Int?
        /// What is wrong, and of which rule, in Prometheus' words where it has some.
        let reason: String

        package var description: String {
            guard let line else { return reason }
            return "\(line):\(column ?? 1): \(reason)"
        }
    }

    /// As it was named.
    package let file: String
    /// At least one, in the order of their places.
    package let faults: [Fault]

    /// Of a file that has more bytes than are read, ``RuleFile/bytesMax``.
    package static func tooLong(_ file: String) -> RuleFileError {
        let reason = "the file has more than \(RuleFile.bytesMax) bytes, which are not read"
        return RuleFileError(file: file, faults: [Fault(line: nil, column: nil, reason: reason)])
    }

    /// All of them, a line each.
    package var description: String { faults.map { "\(file): \($0)" }.joined(separator: "\n") }
}
