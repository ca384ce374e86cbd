import Bytes
import JSONTexts

/// Who put a price into the book.
package enum PriceOrigin: UInt8, Hashable, Sendable, Comparable {
    /// A public list price that the program was built with.
    case builtIn = 0
    /// A `price.set` event.
    case set = 1

    /// Built-in prices first.
    package static func < (left: PriceOrigin, right: PriceOrigin) -> Bool { left.rawValue < right.rawValue }
}

/// One price in the book.
package struct PriceEntry: Hashable, Sendable, Comparable {
    /// Who runs the model.
    package var provider: String
    /// Name of the model; `*` stands for all models of the provider that have no price of their own.
    package var model: String
    /// What the price is for.
    package var tokenClass: TokenClass
    /// Empty for no tier; see ``normalised(tier:)``.
    package var serviceTier: String
    /// Pico-USD per token; of class `gpu` pico-USD per GPU hour.
    package var amount: Int64
    /// Calls at this time (ns since 1970) or later have the price.
    package var validFrom: Int64
    /// Place of the event in the log; of a built-in price the last event before the store knew it, 0 from its beginning
    /// on.
    package var position: Int64
    /// Who put it into the book.
    package var origin: PriceOrigin
    /// Of a built-in price the list that it came with: 0 for the one that the store began with, then ascending.
    package var list: Int64 = 0
    /// The longest prompt, in tokens, for which the price holds; nil: any. Of built-in prices only.
    package var inputTokensMax: Int64?

    /// The model name that stands for all models of a provider.
    package static let anyModel = "*"

    /// One price of a `price.set`, checked. Exactly one of the two amounts is there: per GPU hour for the class `gpu`,
    /// which alone is billed by time, per token for all others.
    /// - Throws: what is missing, double, of another unit than its class, below zero, or beyond the limits that keep a
    ///   cost within 64 bits.
    package init(
        provider: String, model: String, tokenClass: TokenClass, serviceTier: String?, picoUSDPerToken: Int64?,
        picoUSDPerGPUHour: Int64?,
        validFrom: Int64, position: Int64, origin: PriceOrigin = .set
    ) throws(FieldError) {
        let perToken = "usd_per_million_tokens"
        let perHour = "usd_per_gpu_hour"
        guard !provider.isEmpty else {
            throw FieldError(field: "provider", expected: "the name of a provider", found: "empty text")
        }
        guard !model.isEmpty else {
            throw FieldError(field: "model", expected: "the name of a model, or * for all", found: "empty text")
        }
        switch (picoUSDPerToken, picoUSDPerGPUHour) {
        case (let amount?, nil):
            guard tokenClass != .gpu else {
                throw FieldError(field: perHour, expected: "a price, as token_class is gpu", found: "nothing")
            }
            guard (0...Limits.pricePicoUSDPerTokenMax).contains(amount) else {
                throw PriceEntry.beyond(
                    perToken, amount, DecimalText.perMillionTokensScale, Limits.pricePicoUSDPerTokenMax)
            }
            (self.amount, self.tokenClass) = (amount, tokenClass)
        case (nil, let amount?):
            guard tokenClass == .gpu else {
                throw FieldError(field: perToken, expected: "a price, as token_class is not gpu", found: "nothing")
            }
            guard (0...Limits.pricePicoUSDPerGPUHourMax).contains(amount) else {
                throw PriceEntry.beyond(perHour, amount, DecimalText.usdScale, Limits.pricePicoUSDPerGPUHourMax)
            }
            (self.amount, self.tokenClass) = (amount, tokenClass)
        case (nil, nil): throw FieldError(field: perToken, expected: "this or \(perHour)", found: "neither")
        case (_?, _?): throw FieldError(field: perHour, expected: "this or \(perToken)", found: "both")
        }
        (self.provider, self.model) = (provider, model)
        self.serviceTier = PriceEntry.normalised(tier: serviceTier)
        (self.validFrom, self.position, self.origin) = (validFrom, position, origin)
    }

    private static func beyond(_ field: String, _ amount: Int64, _ scale: Int, _ maximum: Int64) -> FieldError {
        FieldError(
            field: field, expected: "0 to \(DecimalText.render(Int128(maximum), scale: scale))",
            found: DecimalText.render(Int128(amount), scale: scale))
    }

    /// Refuses names that read like patterns: names are compared as they are, and `*` alone stands for all models of a
    /// provider.
    package static func checkNames(provider: String, model: String) throws(FieldError) {
        let signs = "*?%^$|"
        let isSign = { (byte: UInt8) in signs.utf8.contains(byte) }
        if provider.utf8.contains(where: isSign) {
            let expected = "the name of one provider as calls give it; there are no patterns"
            throw FieldError(field: "provider", expected: expected, found: provider)
        }
        if model != anyModel, model.utf8.contains(where: isSign) {
            let expected =
                "the name of one model as calls give it, or * alone for all of the provider; there are no patterns"
            throw FieldError(field: "model", expected: expected, found: model)
        }
    }

    /// A tier by its lower-case name. No tier is the same as the names that providers give to it: empty. `auto` is one
    /// of them, since a call that was answered by another tier says so in its answer.
    package static func normalised(tier: String?) -> String {
        let standard = ["default", "standard", "auto", "standard_only", "on_demand"]
        guard let tier = tier?.lowercased(), !standard.contains(tier) else { return "" }
        return tier
    }

    /// The price as people read it: USD per million tokens or per GPU hour.
    package var usd: String {
        DecimalText.render(
            Int128(amount), scale: tokenClass == .gpu ? DecimalText.usdScale : DecimalText.perMillionTokensScale,
            minimumDecimals: 2)
    }

    /// Whether both are prices of the same class and tier of the same model.
    func isForTheSame(as other: PriceEntry) -> Bool {
        tokenClass == other.tokenClass && isOfTheSameModel(as: other)
            && serviceTier.hasSameBytes(as: other.serviceTier)
    }

    /// Whether both are prices of the same model of a provider.
    func isOfTheSameModel(as other: PriceEntry) -> Bool {
        provider.hasSameBytes(as: other.provider) && model.hasSameBytes(as: other.model)
    }

    /// By the bytes of the texts, as the order.
    package static func == (left: PriceEntry, right: PriceEntry) -> Bool {
        left.isForTheSame(as: right) && left.standing == right.standing && left.origin == right.origin
            && left.amount == right.amount && left.inputTokensMax == right.inputTokensMax
    }

    /// Canonical order: provider, model, class, tier, valid_from, position, list, origin, amount; text by its bytes.
    package static func < (left: PriceEntry, right: PriceEntry) -> Bool {
        if let order = precedes(left.provider, right.provider) ?? precedes(left.model, right.model)
            ?? precedes(left.tokenClass.rawValue, right.tokenClass.rawValue)
            ?? precedes(left.serviceTier, right.serviceTier)
        {
            return order
        }
        return (left.validFrom, left.position, left.list, left.origin.rawValue, left.amount)
            < (right.validFrom, right.position, right.list, right.origin.rawValue, right.amount)
    }

    /// Whether the first text comes before the second by its bytes; nil where they are equal.
    private static func precedes(_ first: String, _ second: String) -> Bool? {
        first.hasSameBytes(as: second) ? nil : first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}
