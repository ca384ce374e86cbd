package import Bytes

/// An operator between two expressions.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// A histogram without what lies above, or below.
    case trimUpper = "</"
    case trimLower = ">/"
    case and, or, unless

    /// Whether it compares values.
    package var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    /// Whether it is about sets of series rather than values.
    package var isSet: Bool { self == .and || self == .or || self == .unless }

    /// Whether it takes parts of a histogram away.
    package var isTrim: Bool { self == .trimUpper || self == .trimLower }

    /// What binds more tightly has the greater number.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .trimUpper, .trimLower: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2: Self.productPrecedence
        case .power: Self.powerPrecedence
        }
    }

    /// A sign before an expression binds as products do: `-1 ^ 2` is −1.
    static let productPrecedence = 5
    static let powerPrecedence = 6

    /// Whether equal operators in a row begin at the right.
    var isRightAssociative: Bool { self == .power }
}

/// `left + on (a) group_left (b) right`.
package struct BinaryOperation: Hashable, Sendable {
    /// What is done.
    package var operation: BinaryOperator
    /// The first side.
    package var left: Expression
    /// The second side.
    package var right: Expression
    /// How series of both sides find each other; nil where a side is a scalar.
    package var matching: VectorMatching?
    /// Whether a comparison gives 0 and 1 rather than what passes it.
    package var returnsBool: Bool
    /// Where the operator stands.
    var operatorPlace: Place
    /// Where it stands.
    package var place: Place { Place(from: left.place, to: right.place) }
}

/// Which series of two sides belong together.
package struct VectorMatching: Hashable, Sendable {
    /// How many of the left meet how many of the right.
    package enum Cardinality: String, Hashable, Sendable {
        case oneToOne = "one-to-one"
        case manyToOne = "many-to-one"
        case oneToMany = "one-to-many"
        case manyToMany = "many-to-many"
    }

    /// Which side may have several.
    package var cardinality: Cardinality = .oneToOne
    /// What they are matched by, or in spite of.
    package var labels: [ByteText] = []
    /// Whether the labels are all that counts; otherwise they are what does not.
    package var isOn = false
    /// Labels that the many take over from the one.
    package var included: [ByteText] = []
    /// What stands for the missing.
    package var fill = Fill()

    /// By all labels but the name.
    package init() {}

    /// What stands for a series that one side has not.
    package struct Fill: Hashable, Sendable {
        /// On the left.
        package var left: Double?
        /// On the right.
        package var right: Double?
        /// Whether one word gave both.
        var isCommon = false

        /// Whether what is missing stays so.
        package var isEmpty: Bool { left == nil && right == nil }
    }
}
