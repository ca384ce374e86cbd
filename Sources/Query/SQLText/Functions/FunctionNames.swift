/// What statements may call.
package enum FunctionNames {
    /// Functions, aggregates and window functions by name, sorted, each once.
    package static let all: [String] = Set(Signatures.all.map(\.name) + SpecialFunctions.names)
        .union(AggregateNames.all).union(WindowNames.all).sorted()
}
