import Hummingbird

/// The parameters in an address, each known and given at most once: a mistyped one would otherwise be answered as if it were not there.
struct QueryParameters: Sendable {
    private let values: [String: String]

    /// - Throws: 400 for a name that is not in `known`, and for one that is given twice.
    init(_ request: Request, known: [String]) throws(Refusal) {
        let hint = known.isEmpty ? "this address takes no parameters" : "known: \(known.joined(separator: ", "))"
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) else { throw Refusal(.badRequest, "there is no parameter \(name) here", hint: hint) }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw Refusal(.badRequest, "the parameter \(name) is given twice", hint: "give it once; \(hint)")
            }
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name] }
}
