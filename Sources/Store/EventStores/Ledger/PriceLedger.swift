import Domain

/// All prices with their history, and every deliberate correction: what a call costs follows from them and from its
/// position.
struct PriceLedger: Sendable {
    private(set) var book: PriceBook
    /// Prices that may book calls which waited for one, oldest first: follows from the book.
    private(set) var late = LatePrices()
    /// Deliberate corrections, oldest first.
    private(set) var rebookings: [Rebooking] = []

    /// Takes a book over with its history: which prices came late follows from the order of their positions.
    init(book: PriceBook) {
        let (beginning, later) = (book.beginning, book.later)
        // What began and what came later are the book as it is: nothing of it is put in order again.
        if book.count <= Limits.pricesMax {
            self.book = book
            late.add(beginning.changes(with: later))
        } else {
            self.book = beginning
            late.add(self.book.add(Array(later.prefix(max(0, Limits.pricesMax - beginning.count)))))
        }
    }

    /// Takes a price over that comes now.
    /// - Returns: false where the book is full; nothing changed then.
    @discardableResult
    mutating func add(_ entry: PriceEntry) -> Bool {
        guard !book.isFull else { return false }
        late.add([book.add(entry)])
        return true
    }

    mutating func add(_ rebooking: Rebooking) { rebookings.append(rebooking) }

    /// Sum of all deliberate corrections of calls that the counters of cost count.
    var rebookedPicoUSD: Int128 { rebookings.reduce(0) { $0 + Int128($1.countedPicoUSD) } }
}
