import Domain
import JSONTexts

/// One price as a list says it: texts, checked only when they become an event.
struct PriceRow: Hashable, Sendable {
    /// What a row may say, in the order in which it is written.
    static let fields = [
        "provider", "model", "token_class", "usd_per_million_tokens", "usd_per_gpu_hour", "service_tier", "valid_from",
    ]

    /// Where it stands in the file, for messages.
    var place: String
    /// By the place in ``fields``; empty for what is not said.
    private var values = [String](repeating: "", count: Self.fields.count)

    init(place: String) { self.place = place }

    subscript(_ field: String) -> String {
        get { Self.fields.firstIndex(of: field).map { values[$0] } ?? "" }
        set { if let index = Self.fields.firstIndex(of: field) { values[index] = newValue } }
    }

    /// What it says, names with values.
    var members: [(field: String, value: String)] {
        zip(Self.fields, values).filter { !$1.isEmpty }.map { (field: $0, value: $1) }
    }

    /// A refusal of this row with the value itself where it only tells how long that is, as it does of what may be
    /// personal: a price list is its reader's own.
    func naming(_ reason: String) -> String {
        for (field, value) in members where reason.contains(field) {
            let size = "text of \(value.utf8.count) bytes"
            guard reason.contains(size) else { continue }
            return reason.replacing(size, with: "\"\(value.prefix(60))\"", maxReplacements: 1)
        }
        return reason
    }

    /// What it sets a price for; nil where class or time is none, which the store will say.
    var key: KnownPrices.Key? {
        guard let tokenClass = self["usd_per_gpu_hour"].isEmpty ? TokenClass(rawValue: self["token_class"]) : .gpu
        else { return nil }
        return KnownPrices.Key(
            provider: self["provider"], model: self["model"], tokenClass: tokenClass,
            serviceTier: PriceEntry.normalised(tier: self["service_tier"].isEmpty ? nil : self["service_tier"]))
    }

    /// The price in the book's own units; nil where it is none or there are two.
    var amount: Int64? {
        let (perToken, perHour) = (self["usd_per_million_tokens"], self["usd_per_gpu_hour"])
        guard perToken.isEmpty != perHour.isEmpty else { return nil }
        return try? perHour.isEmpty
            ? DecimalText.parse(perToken, scale: DecimalText.perMillionTokensScale)
            : DecimalText.parse(perHour, scale: DecimalText.usdScale)
    }

    /// From when on (ns since 1970 UTC); nil where it does not say, so from when it is loaded.
    func validFrom() throws(TimestampError) -> Int64? {
        self["valid_from"].isEmpty ? nil : try RFC3339.parse(self["valid_from"])
    }
}
