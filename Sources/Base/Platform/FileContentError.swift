/// What stands at a place of a file cannot be used, now or the next time it is read: it is damaged, or of a form that
/// only a newer version knows. Whoever goes on without such a place asks for this and not for one of its kinds.
package protocol FileContentError: Error, Sendable, CustomStringConvertible {
    /// What to do about it, as a clause.
    var remedy: String { get }
}
