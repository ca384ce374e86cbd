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
