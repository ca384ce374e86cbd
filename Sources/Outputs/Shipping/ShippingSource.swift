package import Columnar

/// The store that is shipped from.
package protocol ShippingSource: Sendable {
    /// What tells it from other stores, for good.
    var name: String { get }
    /// Everything acknowledged so far, pinned.
    /// - Throws: what the store throws.
    func pinned() throws -> any ShippingView
}

/// The store at one position.
package protocol ShippingView: Sendable {
    /// Of the last event; 0 when there is none.
    var position: Int64 { get }
    /// Of the last event, ns since 1970 UTC.
    var receivedTime: Int64 { get }
    /// Conversations that silence has closed by then show as closed, ns since 1970 UTC.
    var silentUntil: Int64 { get }
    /// Whether retention dropped events, so that others may have some that are no longer here.
    var hasDropped: Bool { get }
    /// The same as silence had closed its conversations by a time (ns since 1970 UTC).
    func silent(until time: Int64) -> any ShippingView
    /// The tables that there are to be shipped.
    var tables: [ShippedTable] { get }
    /// Rows of a table.
    /// - Throws: what the store throws.
    func rows(_ request: ShippingRequest) throws -> [Chunk]
    /// What was noted about events that came before, from a position on, in order.
    /// - Throws: what the store throws.
    func changes(from position: Int64) throws -> [ShippingChange]
}

/// Which rows of the store are wanted.
package struct ShippingRequest: Hashable, Sendable {
    /// The table.
    package var table: String
    /// Names of the columns that are wanted, in order.
    package var columns: [TableColumn]
    /// Conditions that all have to hold, by the name of a column.
    package var conditions: [Condition]

    /// A condition on one column.
    package struct Condition: Hashable, Sendable {
        /// Its name and type.
        package var column: TableColumn
        /// What has to hold.
        package var comparison: ColumnPredicate.Comparison

        /// Takes each part as given.
        package init(_ column: TableColumn, _ comparison: ColumnPredicate.Comparison) {
            (self.column, self.comparison) = (column, comparison)
        }
    }

    /// Takes each part as given.
    package init(table: String, columns: [TableColumn], conditions: [Condition]) {
        (self.table, self.columns, self.conditions) = (table, columns, conditions)
    }

    /// Positions behind one, up to another.
    package static func positions(after: Int64, through: Int64) -> [Condition] {
        let column = TableColumn(name: "position", type: .integer)
        return [
            Condition(column, .greater(.integer(after))), Condition(column, .lessOrEqual(.integer(through))),
        ]
    }
}

/// Something that makes rows of events before it other ones.
package struct ShippingChange: Hashable, Sendable {
    /// What it concerns.
    package enum Subject: Hashable, Sendable {
        /// Calls of a provider, up to a position: a price that came late, or a correction.
        case calls(provider: String, through: Int64)
        /// Events of a trace: rows of a settled trace stand for others, some of which stood elsewhere.
        case trace(String, left: [Place])
        /// All conversations: how they are judged, or when silence closes them.
        case conversations
    }

    /// Where an event stood before: conversation and hour have it no more.
    package struct Place: Hashable, Sendable {
        /// The tenant, as tables have it.
        package var tenant: Scalar
        /// The conversation; null: none.
        package var conversation: Scalar
        /// A time in the hour, ns since 1970 UTC.
        package var time: Int64

        /// Takes each part as given.
        package init(tenant: Scalar, conversation: Scalar, time: Int64) {
            (self.tenant, self.conversation, self.time) = (tenant, conversation, time)
        }
    }

    /// The position of the last event before it.
    package var position: Int64
    /// What it concerns.
    package var subject: Subject

    /// Takes each part as given.
    package init(position: Int64, subject: Subject) { (self.position, self.subject) = (position, subject) }
}
