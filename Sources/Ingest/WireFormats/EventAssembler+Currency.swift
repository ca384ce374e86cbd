internal import Domain
internal import JSONParsing

extension EventAssembler {
    /// Refuses money of another currency than USD: as an attribute beside an amount in USD, or instead of one, it would
    /// be a wrong sum.
    /// - Parameter keys: places of keys among the attributes.
    func checkCurrency(_ keys: [Int], _ tape: JSONTape) throws(FieldError) {
        for key in keys {
            let name = tape.string(key).map(Self.lowercased)
            if let currency = Self.currencyOfAmount(name), tape.kind(key + 1) != .null {
                throw otherCurrency(tape, key, found: String(decoding: currency, as: UTF8.self).uppercased())
            }
            try checkCurrency(of: key, isCurrency: Self.namesCurrency(name), at: key + 1, tape)
        }
    }

    /// Looks into a value however deep it lies in lists and objects: amounts come as `[{"value": 5, "currency":
    /// "EUR"}]`, too.
    /// - Parameters:
    ///   - key: place of the key that a refusal names.
    ///   - isCurrency: whether the value, or each element of a list, is the name of a currency.
    private func checkCurrency(of key: Int, isCurrency: Bool, at place: Int, _ tape: JSONTape) throws(FieldError) {
        switch tape.kind(place) {
        case .object:
            var inner: [Int] = []
            var child = tape.firstChild(place)
            while child < tape.end(place) {
                inner.append(child)
                child = tape.next(child + 1)
            }
            try checkCurrency(inner, tape)
        case .array:
            var child = tape.firstChild(place)
            while child < tape.end(place) {
                try checkCurrency(of: key, isCurrency: isCurrency, at: child, tape)
                child = tape.next(child)
            }
        case .string where isCurrency:
            let value = tape.string(place)
            guard !value.map(Self.lowercased).elementsEqual("usd".utf8), !value.isEmpty else { return }
            throw otherCurrency(tape, key, found: String(decoding: value.prefix(20), as: UTF8.self))
        case .null: return
        case _ where isCurrency: throw otherCurrency(tape, key, found: describe(tape, place))
        default: return
        }
    }

    /// Whether the event is about an amount of money. What senders say that a model call costs is in no sum, but
    /// compared with what was booked. An export tells what a store took in: what was taken in before is not asked for
    /// its currency again.
    func statesMoney(_ type: UInt16) -> Bool {
        guard !origin.isOfExport else { return false }
        let (types, columns) = (registry.wellKnownTypes, registry.wellKnown)
        if type == types.toolCall { return isFilled(columns.cost) }
        if type == types.llmCall || type == types.embeddingCall || type == types.usageReported {
            return isFilled(columns.reportedCost)
        }
        return type == types.costRecorded || type == types.budgetSet || type == types.priceSet
    }

    /// Whether fields that the type requires must be there: a cost without an amount, which stands in no sum, was taken
    /// in once and is so in exports.
    func isAskedFor(_ type: UInt16) -> Bool { !origin.isOfExport || type != registry.wellKnownTypes.costRecorded }

    private func otherCurrency(_ tape: JSONTape, _ key: Int, found: String) -> FieldError {
        FieldError(
            field: String(decoding: tape.string(key).prefix(60), as: UTF8.self),
            expected:
                "USD, the only currency that is kept: convert the amount and send it in the field with usd in its name",
            found: found)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte }

    /// `currency`, `currency_code`, `invoice.currency`, `billingCurrency` in lower case.
    private static func namesCurrency(_ name: [UInt8]) -> Bool {
        ["currency", "currency_code", "currencycode", "currency.code"].contains {
            name.suffix($0.utf8.count).elementsEqual($0.utf8)
        }
    }

    private static let currencies: Set<[UInt8]> = Set(
        [
            "aed", "aud", "brl", "cad", "chf", "cny", "czk", "dkk", "eur", "gbp", "hkd", "huf", "ils", "inr", "jpy",
            "krw", "mxn", "nok",
            "nzd", "pln", "ron", "sar", "sek", "sgd", "thb", "twd", "zar",
        ].map { Array($0.utf8) })

    /// The currency that a name such as `amount_eur` ends in; nil for another name.
    private static func currencyOfAmount(_ name: [UInt8]) -> [UInt8]? {
        let isAmount = ["amount_", "cost_", "price_"].contains {
            name.dropLast(3).suffix($0.utf8.count).elementsEqual($0.utf8)
        }
        guard isAmount else { return nil }
        let currency = Array(name.suffix(3))
        return currencies.contains(currency) ? currency : nil
    }
}
