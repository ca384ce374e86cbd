/// The machine gives the process too little to serve anybody.
package struct MachineLimitError: Error, Sendable, CustomStringConvertible {
    /// What there is, and what it takes.
    package var description: String
    /// What to do.
    package var advice: String
}
