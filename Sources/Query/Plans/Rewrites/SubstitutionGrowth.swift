import Columnar

/// How much longer conditions may become when columns are replaced by what computes them. A column that is read twice
/// stands for its expression twice, so a plan of nested projections could hold conditions of any length.
struct SubstitutionGrowth {
    /// More than any question needs that was written for its answer.
    private static let partsMax = 4096

    private let columns: [Expression]
    private var left = SubstitutionGrowth.partsMax

    /// - Parameter columns: what columns are replaced by.
    init(_ columns: [Expression]) { self.columns = columns }

    /// Whether there is still room for what the condition gains; takes it.
    mutating func admits(_ condition: Expression) -> Bool {
        var rest = left
        guard take(condition, &rest) else { return false }
        left = rest
        return true
    }

    private func take(_ expression: Expression, _ rest: inout Int) -> Bool {
        if case .column(let index, _) = expression {
            // The column itself goes.
            rest += 1
            return Self.count(columns[index], &rest)
        }
        for child in expression.children where !take(child, &rest) { return false }
        return true
    }

    /// Takes the expression's parts off.
    private static func count(_ expression: Expression, _ rest: inout Int) -> Bool {
        rest -= 1
        if rest < 0 { return false }
        for child in expression.children where !count(child, &rest) { return false }
        return true
    }
}
