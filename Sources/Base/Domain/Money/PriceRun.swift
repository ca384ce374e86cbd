/// A provider and a model by their bytes: two spellings of a letter are two names.
package struct PricePair: Hashable, Sendable, Comparable {
    /// Who runs the model.
    package let provider: [UInt8]
    /// Its name, or the one that stands for all of the provider.
    package let model: [UInt8]

    /// Takes the names as they are.
    package init(_ provider: String, _ model: String) {
        (self.provider, self.model) = (Array(provider.utf8), Array(model.utf8))
    }

    /// What a price is for.
    package init(_ entry: PriceEntry) { self.init(entry.provider, entry.model) }

    /// By provider, then by model.
    package static func < (left: PricePair, right: PricePair) -> Bool {
        left.provider == right.provider
            ? left.model.lexicographicallyPrecedes(right.model)
            : left.provider.lexicographicallyPrecedes(right.provider)
    }

    /// Those whose prices may be a call's, each once, in the order in which a book asks them.
    package static func ofCall(provider: String, requestModel: String?, responseModel: String?) -> [PricePair] {
        var pairs: [PricePair] = []
        for model in ModelName.names(requestModel: requestModel, responseModel: responseModel) + [PriceEntry.anyModel] {
            let pair = PricePair(provider, model)
            if !pairs.contains(pair) { pairs.append(pair) }
        }
        return pairs
    }
}

/// Some prices of a book, never changed.
final class PriceRun: Sendable {
    private struct Tables {
        var set: [PriceTable] = []
        var builtIn: [PriceTable] = []

        /// As one table each.
        var joined: Tables { Tables(set: Self.joined(set), builtIn: Self.joined(builtIn)) }

        private static func joined(_ tables: [PriceTable]) -> [PriceTable] {
            tables.count > 1 ? [PriceTable(tables.flatMap(\.entries))] : tables
        }
    }

    /// Number of entries.
    let count: Int
    /// The last list of built-in prices; 0 where there is none.
    let listNumber: Int64
    /// Of each origin one table at most.
    private let tables: [PricePair: Tables]

    /// - Complexity: O(entries · log entries).
    init(_ entries: [PriceEntry]) {
        var (set, builtIn) = ([PricePair: [PriceEntry]](), [PricePair: [PriceEntry]]())
        for entry in entries {
            if entry.origin == .set {
                set[PricePair(entry), default: []].append(entry)
            } else {
                builtIn[PricePair(entry), default: []].append(entry)
            }
        }
        var tables: [PricePair: Tables] = [:]
        // order: each goes to a place of its own.
        for (pair, prices) in set { tables[pair, default: Tables()].set = [PriceTable(prices)] }
        // order: each goes to a place of its own.
        for (pair, prices) in builtIn { tables[pair, default: Tables()].builtIn = [PriceTable(prices)] }
        self.tables = tables
        count = entries.count
        listNumber = entries.lazy.filter { $0.origin == .builtIn }.reduce(0) { max($0, $1.list) }
    }

    /// All that the runs have.
    init(joining runs: [PriceRun]) {
        var tables: [PricePair: Tables] = [:]
        for run in runs {
            // order: each goes to a place of its own.
            for (pair, more) in run.tables {
                tables[pair, default: Tables()].set += more.set
                tables[pair, default: Tables()].builtIn += more.builtIn
            }
        }
        self.tables = tables.mapValues(\.joined)
        count = runs.reduce(0) { $0 + $1.count }
        listNumber = runs.reduce(0) { max($0, $1.listNumber) }
    }

    /// The prices of a pair and origin; nil where there are none.
    func table(_ pair: PricePair, _ origin: PriceOrigin) -> PriceTable? {
        let own = tables[pair]
        return origin == .set ? own?.set.first : own?.builtIn.first
    }

    /// In no order.
    var tablesByPair: [(pair: PricePair, table: PriceTable)] {
        // order: whoever wants one sorts them.
        tables.flatMap { pair, tables in (tables.set + tables.builtIn).map { (pair: pair, table: $0) } }
    }
}
