package import Plans

/// A text compiled: what it sets for its one question, and the question.
package struct CompiledScript: Sendable {
    /// In order; a nil value is the default.
    package var settings: [StatementSetting]
    /// The last statement.
    package var statement: CompiledStatement
    /// Where an engine keeps what it prepares the statement's plan to; nil: nowhere.
    package var preparation: KeptPreparation?
    /// What of the catalog the statement rests on; nil where it is of its moment alone.
    var basis: CatalogBasis?

    init(settings: [StatementSetting], statement: CompiledStatement, basis: CatalogBasis?) {
        (self.settings, self.statement, self.basis) = (settings, statement, basis)
    }
}

extension CompiledStatement {
    /// What is answered, or explained.
    var plan: Plan? {
        switch self {
        case .query(let plan), .explain(let plan, _): plan
        case .set, .show: nil
        }
    }
}
