/// What expressions may call; not what the language does not promise yet.
package enum PromQLNames {
    /// Functions by name, sorted.
    package static let functions: [String] = FunctionCatalogue.all.filter { !$0.isExperimental }.map(\.name).sorted()
    /// Operators that join series of a group, by name, sorted.
    package static let aggregations: [String] = AggregationOperator.allCases.filter { !$0.isExperimental }
        .map(\.rawValue).sorted()
}
