package import Hashing

/// A database that is shipped to. Connecting, and all that follows, blocks its thread.
package protocol ShippingDestination: Sendable {
    /// As marks, metrics, status and log name it; without what opens it.
    var name: String { get }
    /// Connects.
    /// - Parameter isAbandoned: asked again and again: true ends what is under way.
    /// - Throws: ``ShippingFailure``.
    func connect(isAbandoned: @escaping @Sendable () -> Bool) throws(ShippingFailure) -> any ShippingSession
}

/// One connection to a destination, for one thread at a time. After a failure it is of no use any more: a new one asks
/// the destination's own row what became of what was under way.
package protocol ShippingSession: AnyObject {
    /// Sees to it that the tables are there with their columns, adds what is missing, and says how far the destination
    /// has got.
    /// - Parameter source: what names the store; a destination of another one is refused.
    /// - Throws: ``ShippingFailure``.
    func prepare(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark
    /// How far the destination has got; changes nothing there.
    /// - Parameter source: as for ``prepare(_:source:)``.
    /// - Throws: ``ShippingFailure``.
    func standing(_ tables: [ShippedTable], source: String) throws(ShippingFailure) -> ShippingMark
    /// Begins a transaction.
    /// - Returns: what counts it, the epoch of the mark that it ends with: more than that of this one.
    /// - Throws: ``ShippingFailure``, of kind `moved` where the destination is not at the mark.
    func begin(at mark: ShippingMark) throws(ShippingFailure) -> Int64
    /// Puts rows in place: those whose key is there already stand for what is there, where they differ.
    /// - Throws: ``ShippingFailure``.
    func put(_ rows: ShippedRows) throws(ShippingFailure)
    /// Of these conversations or buckets the table has no rows but those that were put in this transaction.
    /// - Throws: ``ShippingFailure``.
    func replace(_ scopes: [Hash128], of table: ShippedTable) throws(ShippingFailure)
    /// Events at these positions stand in the tables in which they were put in this transaction, and in no others.
    /// - Throws: ``ShippingFailure``.
    func settle(_ positions: [Int64]) throws(ShippingFailure)
    /// Of a stretch the table has no rows but those that were put in this transaction.
    /// - Throws: ``ShippingFailure``.
    func clear(_ stretch: ShippedStretch, of table: ShippedTable) throws(ShippingFailure)
    /// Ends the transaction; all of it and the mark are there, or nothing is. Whoever hears nothing asks again.
    /// - Parameter mark: its epoch is what ``begin(at:)`` said.
    /// - Returns: what was sent for it.
    /// - Throws: ``ShippingFailure``.
    func commit(_ mark: ShippingMark) throws(ShippingFailure) -> ShippedSize
    /// What stands in a table, by stretches of position (events) or by days of time (others).
    /// - Parameter request: which stretches.
    /// - Throws: ``ShippingFailure``.
    func digests(_ request: DigestRequest) throws(ShippingFailure) -> [Int64: RowDigest]
    /// The same of rows as they would be put, so that both can be compared.
    func digest(_ rows: ShippedRows) -> [RowDigest]
}

// tests: a database in memory is shipped to.
/// What was sent in one transaction.
package struct ShippedSize: Hashable, Sendable {
    /// Bytes of rows.
    package var bytes: Int
    /// Characters that the destination cannot hold, for each of which another one stands there.
    var replaced: Int

    /// Takes each part as given.
    package init(bytes: Int, replaced: Int = 0) { (self.bytes, self.replaced) = (bytes, replaced) }
}

/// Rows of a table that are compared together.
package enum ShippedStretch: Hashable, Sendable {
    /// Events behind a position, up to another.
    case positions(after: Int64, through: Int64)
    /// Rows of other tables by the day of their time, days since 1970 UTC, or ``DigestRequest/noDay``.
    case day(Int64)
}
