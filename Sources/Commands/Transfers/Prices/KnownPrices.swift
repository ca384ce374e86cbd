package import Domain

/// The prices that were set in a store, as far as it takes to tell what a price list would change.
package struct KnownPrices: Sendable {
    /// What a price is for.
    struct Key: Hashable, Sendable {
        var provider: String
        var model: String
        var tokenClass: TokenClass
        var serviceTier: String
    }

    private struct Price: Sendable {
        var validFrom: Int64
        var amount: Int64
    }

    /// Ascending by time; of equal times the last one counts.
    private var prices: [Key: [Price]] = [:]

    /// Of a book in this process.
    package init(_ book: PriceBook) {
        for entry in book.entries where entry.origin == .set {
            let key = Key(
                provider: entry.provider, model: entry.model, tokenClass: entry.tokenClass, serviceTier: entry.serviceTier)
            prices[key, default: []].append(Price(validFrom: entry.validFrom, amount: entry.amount))
        }
    }

    /// Of what `GET /v1/prices?all=true&set_only=true&format=csv` answers.
    /// - Throws: ``ImportError`` where it is something else.
    package init(csv: [UInt8], name: String) throws(ImportError) {
        for row in try PriceList.rowsOfCSV(csv, name) {
            guard let key = row.key, let amount = row.amount, let validFrom = try? row.validFrom() else {
                throw ImportError(source: name, reason: "\(row.place) is no price; is it a plimsoll server?")
            }
            prices[key, default: []].append(Price(validFrom: validFrom, amount: amount))
        }
    }

    /// How many prices were ever set for it.
    func count(of key: Key) -> Int { prices[key]?.count ?? 0 }

    /// Whether setting the price would change nothing: the same one is known from the same time on, or without a time counts now.
    func contains(_ key: Key, amount: Int64, validFrom: Int64?, now: Int64) -> Bool {
        let counting = prices[key]?.last { validFrom == nil ? $0.validFrom <= now : $0.validFrom == validFrom }
        return counting?.amount == amount
    }

    mutating func add(_ key: Key, amount: Int64, validFrom: Int64) {
        let place = prices[key]?.firstIndex { $0.validFrom > validFrom } ?? count(of: key)
        prices[key, default: []].insert(Price(validFrom: validFrom, amount: amount), at: place)
    }
}
