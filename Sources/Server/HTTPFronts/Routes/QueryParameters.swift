import Hummingbird

/// The parameters in an address, each known and given at most once where several mean nothing: a mistyped one would otherwise be answered
/// as if it were not there.
struct QueryParameters: Sendable {
    private let values: [String: [String]]

    /// - Parameter repeated: those of `known` that may be given several times.
    /// - Throws: 400 for a name that is not in `known`, and for one that is given twice and is not in `repeated`.
    init(_ request: Request, known: [String], repeated: [String] = []) throws(Refusal) {
        let hint = known.isEmpty ? "this address takes no parameters" : "known: \(known.joined(separator: ", "))"
        var values: [String: [String]] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) else { throw Refusal(.badRequest, "there is no parameter \(name) here", hint: hint) }
            guard values[name] == nil || repeated.contains(name) else {
                throw Refusal(.badRequest, "the parameter \(name) is given twice", hint: "give it once; \(hint)")
            }
            values[name, default: []].append(String(value))
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name]?.first }

    /// Every value of a name, in the order of the address.
    func all(_ name: String) -> [String] { values[name] ?? [] }
}
