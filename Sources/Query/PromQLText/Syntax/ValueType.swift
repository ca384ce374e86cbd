/// What an expression's value is.
package enum PromQLType: String, Hashable, Sendable {
    /// One number a time.
    case scalar
    /// A set of series with one sample each, at one time.
    case vector
    /// A set of series with the samples of a range of time each.
    case matrix
    /// A text.
    case string

    /// As messages and documentation name it.
    var documented: String {
        switch self {
        case .scalar: "scalar"
        case .vector: "instant vector"
        case .matrix: "range vector"
        case .string: "string"
        }
    }
}
