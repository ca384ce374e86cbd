package import Domain

/// The prices that were set in a store, as far as it takes to tell what a price list would change.
package struct KnownPrices: Sendable {
    /// What a price is for.
    struct Key: Hashable, Sendable {
        var provider: [UInt8]
        var model: [UInt8]
        var tokenClass: TokenClass
        var serviceTier: [UInt8]

        init(provider: String, model: String, tokenClass: TokenClass, serviceTier: String) {
            (self.provider, self.model) = (Array(provider.utf8), Array(model.utf8))
            (self.tokenClass, self.serviceTier) = (tokenClass, Array(serviceTier.utf8))
        }

        /// A price for it; nil where it cannot be one.
        func entry(amount: Int64, validFrom: Int64, origin: PriceOrigin = .set) -> PriceEntry? {
            try? PriceEntry(
                provider: String(decoding: provider, as: UTF8.self), model: String(decoding: model, as: UTF8.self),
                tokenClass: tokenClass,
                serviceTier: String(decoding: serviceTier, as: UTF8.self),
                picoUSDPerToken: tokenClass == .gpu ? nil : amount,
                picoUSDPerGPUHour: tokenClass == .gpu ? amount : nil, validFrom: validFrom, position: 0, origin: origin)
        }
    }

    private struct Price: Sendable {
        var validFrom: Int64
        var amount: Int64
    }

    /// Ascending by time; of equal times the last one counts.
    private var prices: [Key: [Price]] = [:]
    /// All of them, list prices included.
    package private(set) var book: PriceBook

    /// Of a book in this process.
    package init(_ book: PriceBook) {
        self.book = book
        for entry in book.entries where entry.origin == .set {
            let key = Key(
                provider: entry.provider, model: entry.model, tokenClass: entry.tokenClass,
                serviceTier: entry.serviceTier)
            prices[key, default: []].append(Price(validFrom: entry.validFrom, amount: entry.amount))
        }
    }

    /// Of what `GET /v1/prices?all=true&format=csv` answers; list prices have no time there.
    /// - Throws: ``ImportError`` where it is something else.
    package init(csv: [UInt8], name: String) throws(ImportError) {
        var entries: [PriceEntry] = []
        for row in try PriceList.rowsOfCSV(csv, name) {
            guard let key = row.key, let amount = row.amount, let time = try? row.validFrom() ?? .min,
                var entry = key.entry(amount: amount, validFrom: time, origin: time == .min ? .builtIn : .set)
            else { throw ImportError(source: name, reason: "\(row.place) is no price; is it a plimsoll server?") }
            if time != .min {
                prices[key, default: []].append(Price(validFrom: time, amount: amount))
                // The lines of one class and tier come in the order in which their prices count.
                entry.position = Int64(entries.count + 1)
            }
            entries.append(entry)
        }
        book = PriceBook(entries)
    }

    /// How many prices were ever set for it.
    func count(of key: Key) -> Int { prices[key]?.count ?? 0 }

    /// Whether setting the price would change nothing: the same one is known from the same time on, or without a time
    /// counts now.
    func contains(_ key: Key, amount: Int64, validFrom: Int64?, now: Int64) -> Bool {
        let counting = prices[key]?.last { validFrom == nil ? $0.validFrom <= now : $0.validFrom == validFrom }
        return counting?.amount == amount
    }

    mutating func add(_ key: Key, amount: Int64, validFrom: Int64) {
        let place = prices[key]?.firstIndex { $0.validFrom > validFrom } ?? count(of: key)
        prices[key, default: []].insert(Price(validFrom: validFrom, amount: amount), at: place)
    }
}
