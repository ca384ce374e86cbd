package import Columnar
package import Plans

/// What one SQL text asks for.
package enum CompiledStatement: Hashable, Sendable {
    /// Rows of a plan that is ready to run.
    case query(Plan)
    /// The plan itself; with `analyze` it is run and what that took is shown.
    case explain(Plan, analyze: Bool)
    /// `SET name = value` for the session; nil returns to the default.
    case set(name: String, value: String?)
    /// `SHOW name`.
    case show(name: String)

    /// The columns of the answer; none for SET.
    package var columns: [TableColumn] {
        switch self {
        case .query(let plan): plan.output
        case .explain: [TableColumn(name: "QUERY PLAN", type: .text)]
        case .set: []
        case .show(let name): [TableColumn(name: name, type: .text)]
        }
    }
}

/// A `SET` that stands before a question and holds for it alone.
package struct StatementSetting: Hashable, Sendable {
    /// In lower case.
    package var name: String
    /// nil: the default.
    package var value: String?

    /// Takes each part as given.
    package init(name: String, value: String?) { (self.name, self.value) = (name, value) }
}
