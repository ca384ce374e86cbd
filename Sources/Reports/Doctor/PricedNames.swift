import Bytes
import Domain
import JSONTexts

/// The models that the price book names, aliases among them, and which of them one without a price may be.
struct PricedNames {
    /// Of each provider, in the order of the book.
    private let models: [ExactText: [String]]
    /// In the order of the book.
    private let providers: [String]
    /// Names that are looked at for one that has no price.
    private static let namesMax = 2000

    init(_ book: PriceBook) {
        var models: [ExactText: [String]] = [:]
        var providers: [String] = []
        for entry in book.entries {
            let provider = ExactText(entry.provider)
            if models[provider] == nil {
                models[provider] = []
                providers.append(entry.provider)
            }
            guard entry.model != PriceEntry.anyModel else { continue }
            // Entries of one model stand together.
            if models[provider]?.last?.hasSameBytes(as: entry.model) != true {
                models[provider, default: []].append(entry.model)
            }
        }
        self.models = models
        self.providers = providers
    }

    /// The provider of whom there are prices and whom another name, of whom there are none, misses by a slip; nil: none
    /// does.
    /// - Complexity: O(providers).
    func providerMeant(by name: String) -> String? {
        guard models[ExactText(name)] == nil else { return nil }
        return placeOfSlip(name, among: Array(providers.prefix(Self.namesMax))).map { providers[$0] }
    }

    /// A line for a name that is a slip away from one that has a price, or another name of the same model.
    /// - Complexity: O(names of the provider).
    func advice(provider: String, model: String) -> String? {
        let name = model.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(model[$0...].dropFirst()) } ?? model
        let digits = Self.digits(name)
        let others = (models[ExactText(provider)] ?? []).filter { !$0.hasSameBytes(as: model) }
        // One of another number is another model.
        let near = Array(others.lazy.filter { Self.digits($0) == digits }.prefix(Self.namesMax))
        if let place = placeOfSlip(name, among: near) {
            return "\(model): did you mean \(near[place]), which has a price?"
        }
        let family = ModelName.family(model)
        guard !family.isEmpty, let one = others.prefix(Self.namesMax).first(where: { ModelName.family($0) == family })
        else { return nil }
        return "\(model): if it costs what \(one) does, it can stand among its aliases in a list in JSON"
    }

    private static func digits(_ name: String) -> [UInt8] { name.utf8.filter { (0x30...0x39).contains($0) } }
}
