package import Columnar

/// A table as destinations have it: one of the store's, under the same name and with the same columns.
package struct ShippedTable: Hashable, Sendable {
    /// What its rows are, and how they are told apart.
    package enum Kind: Hashable, Sendable {
        /// Events of one type, by position.
        case events
        /// Conversations, by tenant and id.
        case conversations
        /// Questions and their answers, several a conversation.
        case turns
        /// Buckets of time by dimensions, whose columns follow that of the time.
        case rollup(dimensions: Int, grainNanoseconds: Int64)
    }

    /// Its name, there and here.
    package var name: String
    /// What its rows are.
    package var kind: Kind
    /// The store's columns, in their order.
    package var columns: [TableColumn]

    /// Takes each part as given.
    package init(name: String, kind: Kind, columns: [TableColumn]) {
        (self.name, self.kind, self.columns) = (name, kind, columns)
    }

    /// The place of a column.
    package func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

    /// Whether its rows have a key of ours beside their columns.
    var isKeyed: Bool { kind != .events }
}
