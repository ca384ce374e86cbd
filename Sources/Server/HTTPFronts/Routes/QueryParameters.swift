import Bytes
import Hummingbird
import JSONTexts

/// The parameters in an address, each known and given at most once where several mean nothing: a mistyped one would
/// otherwise be answered as if it were not there.
struct QueryParameters: Sendable {
    private let values: [String: [String]]

    /// - Throws: 400 for what is no UTF-8, for a name that the route does not have, and for one that is given twice
    ///   where the route does not say that it may be.
    init(_ request: Request, of route: Route) throws(Refusal) {
        let parameters = route.parameters.filter { $0.place == .query }
        let names = parameters.map(\.name)
        let known = names.isEmpty ? "this address takes no parameters" : knownNames(names)
        guard PercentText.unescaped(request.uri.query ?? "") != nil else {
            throw Refusal(
                .badRequest, "the parameters are no UTF-8", hint: "escape the bytes of their UTF-8; \(known)")
        }
        var values: [String: [String]] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard let parameter = parameters.first(where: { $0.name.hasSameBytes(as: name) }) else {
                throw Refusal(
                    .badRequest, "there is no parameter \(name) here",
                    hint: nameHint(to: name, among: names, orElse: known))
            }
            guard values[name] == nil || parameter.isRepeated else {
                throw Refusal(.badRequest, "the parameter \(name) is given twice", hint: "give it once; \(known)")
            }
            values[name, default: []].append(String(value))
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name]?.first }

    /// Every value of a name, in the order of the address.
    func all(_ name: String) -> [String] { values[name] ?? [] }
}
