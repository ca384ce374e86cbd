/// Media types as `Content-Type` and `Accept` name them.
package enum MediaTypeNames {
    /// A type without its parameters, in lower case; empty where nothing is said.
    /// - Parameter text: the value of a field, or one part of a list.
    package static func name(of text: some StringProtocol) -> String {
        String(text.prefix { $0 != ";" }).filter { $0 != " " && $0 != "\t" }.lowercased()
    }

    /// Those that the values of a field list, in their order.
    /// - Complexity: O(bytes).
    package static func names(in fields: [String]) -> [String] {
        fields.flatMap { $0.split(separator: ",") }.map { name(of: $0) }
    }
}
