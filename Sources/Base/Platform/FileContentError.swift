/// What stands at a place of a file cannot be used, now or the next time it is read: it is damaged, or of a form that
/// only a newer version knows. Whoever goes on without such a place asks for this and not for one of its kinds.
package protocol FileContentError: Error, Sendable, CustomStringConvertible {
    /// What to do about it, as a clause.
    var remedy: String { get }
}

extension FileContentError {
    /// Where it is seen how much is concerned, as a clause.
    package static func extentAdvice(by command: String = "plimsoll verify") -> String {
        "`\(command)` shows the extent"
    }

    /// Where it is seen how much is concerned, and what to do about it.
    package func advice(by command: String = "plimsoll verify") -> String {
        "\(Self.extentAdvice(by: command)); \(remedy)"
    }
}
