import Columnar
import Plans

/// An expression with its type, and what the binder must still know of how it was written.
struct Bound {
    var expression: Expression
    /// A text in quotes (or a bare NULL) whose type the context decides; never what was put in its place, such as a
    /// group's column.
    var isUnknown: Bool { isOpen && expression.constant != nil }
    private let isOpen: Bool
    /// 1-based character position.
    var position: Int?
    /// A double precision that PostgreSQL has as a numeric, so that it may be rounded to places.
    var isNumericElsewhere = false

    init(_ expression: Expression, isUnknown: Bool = false, position: Int? = nil) {
        self.expression = expression
        isOpen = isUnknown
        self.position = position
    }

    var type: ColumnType { isUnknown ? .null : expression.type }
    var isNull: Bool { expression.constant?.isNull ?? false }
}

extension Bound {
    /// Whether a double made of these values is a numeric in PostgreSQL: it is where one of them is and none is a
    /// double.
    static func makesNumericElsewhere(_ values: [Bound]) -> Bool {
        let areExact = values.allSatisfy { $0.type != .double || $0.isNumericElsewhere }
        return areExact && values.contains { $0.type.isNumeric || $0.isNumericElsewhere }
    }
}
