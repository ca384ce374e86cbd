/// When what a store took in is written anew to be kept for long, and where. Nothing is where nothing is said.
package struct ArchiveLimits: Hashable, Sendable {
    /// ns from when events were received until their segments are archived; nil: they stay as they are.
    package var afterNanoseconds: Int64?
    /// The absolute path of a directory for archived segments; nil: they lie where they lay so far, at first beside the
    /// others.
    package var directory: String?

    /// Nothing is archived.
    package init() {}
}
