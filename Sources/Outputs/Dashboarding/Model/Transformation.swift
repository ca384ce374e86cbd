/// What becomes of an answer before it is shown as a table.
package enum Transformation: Sendable {
    /// Rows with equal labels become one.
    case merge
    /// Columns are left out, ordered and renamed.
    case organize(ColumnOrder)

    /// nil where it is not understood, which is then said.
    /// - Parameter isTable: others are drawn from series, which these do not know.
    init?(_ fields: Fields, isTable: Bool) {
        let id = fields.word("id", among: ["merge", "organize"], isEssential: true)
        if id != nil, !isTable { fields.refuse("id", "only tables are transformed", isEssential: true) }
        switch id {
        case "merge":
            fields.object("options")?.finish()
            self = .merge
        case "organize": self = .organize(ColumnOrder(fields.object("options")))
        default:
            fields.ignore("options")
            return nil
        }
    }
}

/// Which columns a table has, in which order, under which names.
package struct ColumnOrder: Sendable {
    /// Left out.
    var excluded: Set<String> = []
    /// Places; columns without one come last, as they were.
    var places: [String: Int] = [:]
    /// Names that are shown.
    var titles: [String: String] = [:]

    init(_ fields: Fields?) {
        guard let fields else { return }
        if let exclusion = fields.object("excludeByName") {
            for name in exclusion.names where exclusion.flag(name) == true { excluded.insert(name) }
            exclusion.finish()
        }
        if let order = fields.object("indexByName") {
            for name in order.names { places[name] = order.integer(name, in: 0...100_000) }
            order.finish()
        }
        if let renaming = fields.object("renameByName") {
            for name in renaming.names { titles[name] = renaming.text(name).flatMap { $0.isEmpty ? nil : $0 } }
            renaming.finish()
        }
        fields.finish()
    }
}
