import Columnar
import Plans

/// An expression with its type, and what the binder must still know of how it was written.
struct Bound {
    var expression: Expression
    /// A text in quotes (or a bare NULL) whose type the context decides.
    var isUnknown: Bool
    /// 1-based character position.
    var position: Int?

    init(_ expression: Expression, isUnknown: Bool = false, position: Int? = nil) {
        self.expression = expression
        self.isUnknown = isUnknown
        self.position = position
    }

    var type: ColumnType { isUnknown ? .null : expression.type }
    var isNull: Bool { expression.constant?.isNull ?? false }
}
