import Columnar

extension Expression {
    /// The column of whole numbers that a condition sets a bound, and the most that it lets it be; nil for others.
    package var upperBound: (column: Int, most: Int64)? {
        guard case .call(let function, let sides, _) = self, sides.count == 2 else { return nil }
        switch (sides[0], sides[1]) {
        case (.column(let column, .integer), .literal(.integer(let value), _)):
            return function.most(value).map { (column, $0) }
        case (.literal(.integer(let value), _), .column(let column, .integer)):
            return function.mirrored?.most(value).map { (column, $0) }
        default: return nil
        }
    }
}

extension ScalarFunction {
    /// The greatest whole number that compares so with another; nil where there is none.
    fileprivate func most(_ value: Int64) -> Int64? {
        switch self {
        case .equal, .lessOrEqual: value
        case .less: value == .min ? nil : value - 1
        default: nil
        }
    }
}
