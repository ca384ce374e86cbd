/// What expressions may call.
package enum PromQLNames {
    /// Functions by name, sorted.
    package static let functions: [String] = FunctionCatalogue.all.map(\.name).sorted()
    /// Operators that join series of a group, by name, sorted.
    package static let aggregations: [String] = AggregationOperator.allCases.map(\.rawValue).sorted()
}
