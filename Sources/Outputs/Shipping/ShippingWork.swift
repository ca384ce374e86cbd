/// What one transaction brings.
enum ShippingWork: Hashable, Sendable {
    /// Events behind a position, up to another, and what they change.
    case events(after: Int64, through: Int64)
    /// Calls of a provider at such positions as they are now, and what that changes.
    case calls(provider: String, after: Int64, through: Int64)
    /// Conversations that have events at such positions.
    case conversations(after: Int64, through: Int64)
    /// Events of traces as they are now, up to a position, and what that changes, also where they stood before; so many
    /// notes are followed by it.
    case traces([String], left: [ShippingChange.Place], through: Int64, notes: Int)
    /// Conversations that silence closed behind a time, up to another (ns since 1970 UTC).
    case closings(after: Int64, through: Int64)
    /// What a table of conversations or buckets has of a day that begins at a time (ns since 1970 UTC); nil: what has
    /// no time.
    case day(table: ShippedTable, from: Int64?)
}
