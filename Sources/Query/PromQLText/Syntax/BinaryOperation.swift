import Bytes

/// An operator between two expressions.
enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
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
    case and, or, unless

    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    /// Whether it is about sets of series rather than values.
    var isSet: Bool { self == .and || self == .or || self == .unless }

    /// What binds more tightly has the greater number.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
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
struct BinaryOperation: Hashable, Sendable {
    var operation: BinaryOperator
    var left: Expression
    var right: Expression
    /// How series of both sides find each other; nil where a side is a scalar.
    var matching: VectorMatching?
    /// Whether a comparison gives 0 and 1 rather than what passes it.
    var returnsBool: Bool
    /// Where the operator stands.
    var operatorPlace: Place
    var place: Place { Place(from: left.place, to: right.place) }
}

/// Which series of two sides belong together.
struct VectorMatching: Hashable, Sendable {
    /// How many of the left meet how many of the right.
    enum Cardinality: String, Hashable, Sendable {
        case oneToOne = "one-to-one"
        case manyToOne = "many-to-one"
        case oneToMany = "one-to-many"
        case manyToMany = "many-to-many"
    }

    var cardinality: Cardinality = .oneToOne
    var labels: [ByteText] = []
    /// Whether the labels are all that counts; otherwise they are what does not.
    var isOn = false
    /// Labels that the many take over from the one.
    var included: [ByteText] = []
    var fill = Fill()

    /// What stands for a series that one side has not.
    struct Fill: Hashable, Sendable {
        var left: Double?
        var right: Double?
        /// Whether one word gave both.
        var isCommon = false

        var isEmpty: Bool { left == nil && right == nil }
    }
}
