import Bytes
import Columnar
import Domain
import Segments

extension RetentionScope {
    /// Whether any row of a group is of it, whichever conversation it belongs to. Of a group whose bounds or filters
    /// leave its tenants out nothing is read, of others nothing but whose the rows are: what is looked through after
    /// each start may be the whole past, in which a tenant has nothing.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    /// - Complexity: O(rows), of which a group says itself that it has none O(tenants).
    func hasRows(in group: RowGroup) throws -> Bool {
        if case .only(let names) = self, !names.contains("") {
            let tenant = ColumnPredicate(column: 0, comparison: .oneOf(names.sorted().map { .text($0.text) }))
            if try group.canSkip([tenant], names: ["tenant"]) { return false }
        }
        let tenants = CodedTexts(try group.column(named: "tenant", type: .text))
        let isMeant = (0..<tenants.count).map { code in
            contains(ExactText(String(decoding: tenants.text(of: code) ?? [], as: UTF8.self)))
        }
        guard isMeant.contains(true) else { return false }
        return (0..<group.rowCount).contains { isMeant[tenants.code(of: $0)] }
    }
}
