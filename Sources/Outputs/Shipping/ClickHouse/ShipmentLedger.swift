// tests: senders are let run into each other without a server.
/// The table of shipments, as far as it decides who may go on. The server has no transactions, so a shipment is a
/// number that is written down before any of its rows (begun) and once more when all of them are there (done): rows
/// count from then on, all at once. A number is only ever used by one sender, for one attempt: one that fails, or that
/// nobody hears of any more, is passed over by the next one for good (void), and so are its rows, also those that come
/// later.
package struct ShipmentLedger: Sendable {
    /// A row of the table.
    package struct Entry: Hashable, Sendable {
        /// The shipment.
        package var revision: Int64
        /// Whether it was brought to its end.
        package var isDone: Bool
        // tests: senders meet each other without a server.
        /// Who wrote it.
        package var sender: UInt64

        // tests: senders meet each other without a server.
        /// Takes each part as given.
        package init(revision: Int64, isDone: Bool, sender: UInt64) {
            (self.revision, self.isDone, self.sender) = (revision, isDone, sender)
        }
    }

    /// What becomes of a number that was written down.
    package enum Claim: Hashable, Sendable {
        /// It is the sender's own, and no other one can get it. These before it count as never brought, once it is
        /// done, beside those that the shipment it began at names: only the last one says what is passed over.
        case held(void: [Int64])
        /// Somebody wrote down the same number or a higher one: it is tried again above that.
        case taken(above: Int64)
        /// Somebody else has brought something meanwhile.
        case moved
    }

    private let entries: [Entry]

    /// - Parameter entries: of the shipment that one began at, and all later ones.
    package init(_ entries: [Entry]) { self.entries = entries }

    /// What becomes of the number that a sender wrote down before these rows were read.
    /// - Parameter began: the last shipment that counted, by what the sender knew.
    package func claim(_ revision: Int64, by sender: UInt64, from began: Int64) -> Claim {
        guard isLast(began) else { return .moved }
        let others = entries.filter { !$0.isDone && !($0.revision == revision && $0.sender == sender) }
        // Of two that write at one time at least one sees the other, and whoever sees the other gives way.
        if let highest = others.map(\.revision).max(), highest >= revision { return .taken(above: highest) }
        return .held(void: Set(others.map(\.revision)).filter { $0 > began }.sorted())
    }

    /// Shipments after one that somebody has written down, begun or done.
    package func others(than revision: Int64) -> [Int64] { entries.map(\.revision).filter { $0 > revision } }

    /// Whether no shipment after this one was brought to its end, and this one was.
    package func isLast(_ revision: Int64) -> Bool {
        entries.contains { $0.isDone && $0.revision == revision }
            && !entries.contains { $0.isDone && $0.revision > revision }
    }
}
