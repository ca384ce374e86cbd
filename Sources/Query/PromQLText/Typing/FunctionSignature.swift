/// What a function is given and gives.
package struct FunctionSignature: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// The last one may be left out, or repeated, as `repetition` says.
    package let arguments: [PromQLType]
    /// How often the last argument stands.
    package let repetition: Repetition
    /// What it gives.
    package let result: PromQLType
    /// Whether the language does not promise it yet.
    let isExperimental: Bool

    /// How often the last argument of a function stands.
    package enum Repetition: Hashable, Sendable {
        /// Each argument stands once.
        case none
        /// The last one stands at most so often, or not at all.
        case upTo(Int)
        /// The last one stands as often as one likes, or not at all.
        case any
    }

    init(
        _ name: String, _ arguments: [PromQLType], _ repetition: Repetition = .none, gives result: PromQLType = .vector,
        isExperimental: Bool = false
    ) {
        (self.name, self.arguments, self.repetition) = (name, arguments, repetition)
        (self.result, self.isExperimental) = (result, isExperimental)
    }

    package static func == (left: FunctionSignature, right: FunctionSignature) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
