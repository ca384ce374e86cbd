/// Units of values that are shown in their words; others are not understood, since a number without its unit misleads.
enum DisplayUnit: String, CaseIterable, Sendable {
    case short, none, percentunit
    case seconds = "s"
    case bytes
    case dollars = "currencyUSD"
    case requests = "reqps"
    case events = "eps"
    case messages = "mps"

    static let words = allCases.map(\.rawValue)
}

extension Fields {
    /// A unit; an empty one is none.
    func unit(_ name: String) -> String? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard DisplayUnit(rawValue: text) != nil else {
            refuse(name, "the unit `\(text)` is not understood", isEssential: true)
            return nil
        }
        return text
    }
}
