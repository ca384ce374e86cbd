import Columnar
import Plans

/// A catalog of one table, for tables of a test's own making.
struct OneTableCatalog<Table: TableSource>: TableCatalog {
    let table: Table
    let position: Int64 = 1
    let watermark: Int64 = 0
    let now: Int64 = 0

    func table(named name: String) -> (any TableSource)? { name == table.name ? table : nil }
    var tableNames: [String] { [table.name] }
    func userToken(_ userID: String) -> String { userID }

    /// A plan that reads the whole table.
    var scan: Plan {
        .scan(table: table.name, columns: Array(table.columns.indices), output: table.columns, predicates: [])
    }
}
