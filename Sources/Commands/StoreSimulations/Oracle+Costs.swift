/// A price that an event has set.
struct PlainPrice {
    /// Of all calls and prices; no list that a store brings knows it.
    static let provider = "simulated"

    var model: String
    var tokenClass: String
    var amount: Int64
    var validFrom: Int64
    var position: Int64
}

extension Oracle {
    /// In the order of their positions.
    var prices: [PlainPrice] {
        allInOrder.compactMap { kept in
            guard kept.event.type == "price.set", let model = kept.event.text("model"), let time = kept.event.time,
                let tokenClass = kept.event.text("token_class"),
                let amount = kept.event.integer("usd_per_million_tokens")
            else { return nil }
            return PlainPrice(
                model: model, tokenClass: tokenClass, amount: amount, validFrom: time, position: kept.position)
        }
    }

    /// What a call costs in pico-USD, by the words of the law: booked at the price in force when it came, or at the
    /// first that became known; booked again by the last correction that concerns it. nil: no exact cost.
    func cost(of call: Kept, _ prices: [PlainPrice]) -> Int128? {
        guard let time = call.event.time, let model = call.event.text("request_model") else { return nil }
        let correction = corrections.last {
            $0.model == model && $0.times.contains(time) && call.position <= $0.lastPosition
        }
        let known = correction?.lastPosition ?? (call.position - 1)
        var cost: Int128 = 0
        for (tokenClass, column) in [("input", "input_tokens"), ("output", "output_tokens")] {
            guard let tokens = call.event.integer(column), tokens > 0 else { continue }
            let valid = prices.filter { $0.model == model && $0.tokenClass == tokenClass && $0.validFrom <= time }
            let inForce = valid.filter { $0.position <= known }.max { left, right in
                (left.validFrom, left.position) < (right.validFrom, right.position)
            }
            guard let price = inForce ?? valid.first(where: { $0.position > known }) else { return nil }
            cost += Int128(price.amount) * Int128(tokens)
        }
        return cost
    }
}
