import Columnar

/// The catalog that a statement is compiled over, and what the plan has of it: over any other catalog of which the same
/// holds, the same text becomes the same plan.
///
/// Used for one text by one thread.
final class CatalogReads {
    private let catalog: any TableCatalog
    private let moment: Int64
    private var tables: [CatalogBasis.Table] = []
    /// Whether nothing was read that is another at the next moment, or for another key.
    private var isLasting = true

    /// - Parameter now: what `now()` answers, ns since 1970 UTC.
    init(_ catalog: any TableCatalog, now: Int64) { (self.catalog, moment) = (catalog, now) }

    /// What the plan rests on; nil where it is of this moment, or of the key of this store.
    var basis: CatalogBasis? { isLasting ? CatalogBasis(tables: tables) : nil }

    /// A table's columns; nil where there is none.
    func columns(ofTable name: String) -> [TableColumn]? {
        guard let columns = catalog.columns(ofTable: name) else { return nil }
        // As many as the catalog has tables.
        if !tables.contains(where: { $0.name == name }) {
            tables.append(CatalogBasis.Table(name: name, columns: columns))
        }
        return columns
    }

    /// For refusals, which nobody keeps.
    var tableNames: [String] { catalog.tableNames }

    /// What `now()` answers, ns since 1970 UTC.
    var now: Int64 {
        isLasting = false
        return moment
    }

    /// See ``TableCatalog``.
    var hasUserTokens: Bool {
        isLasting = false
        return catalog.hasUserTokens
    }

    /// See ``TableCatalog``.
    func userToken(_ userID: String) -> String {
        isLasting = false
        return catalog.userToken(userID)
    }
}

/// What a plan has of the catalog that it was compiled over.
struct CatalogBasis: Sendable {
    /// A table that is read, with all of its columns.
    struct Table: Sendable {
        var name: String
        var columns: [TableColumn]
    }

    /// Each once.
    var tables: [Table]

    /// Whether it is the same of another catalog.
    func holds(over catalog: any TableCatalog) -> Bool {
        tables.allSatisfy { catalog.columns(ofTable: $0.name) == $0.columns }
    }
}
