import Bytes

/// Prices by class; nil where there is none. Pico-USD per token, of ``gpu`` pico-USD per GPU hour.
package struct ClassPrices: Hashable, Sendable {
    /// Input that was neither read from nor written to the cache.
    package var input: Int64?
    /// Output, reasoning included.
    package var output: Int64?
    /// Input read from the cache.
    package var cacheRead: Int64?
    /// Input written to the cache, not for an hour.
    package var cacheWrite: Int64?
    /// Input written to the cache for an hour.
    package var cacheWrite1h: Int64?
    /// GPU time.
    package var gpu: Int64?
    /// The longest prompt, in tokens, for which the prices of tokens hold; nil: any.
    package var inputTokensMax: Int64?

    /// Prices by class; none where nothing is given.
    package init(
        input: Int64? = nil, output: Int64? = nil, cacheRead: Int64? = nil, cacheWrite: Int64? = nil,
        cacheWrite1h: Int64? = nil,
        gpu: Int64? = nil
    ) {
        (self.input, self.output, self.cacheRead) = (input, output, cacheRead)
        (self.cacheWrite, self.cacheWrite1h, self.gpu) = (cacheWrite, cacheWrite1h, gpu)
    }

    /// The price of a class.
    package subscript(tokenClass: TokenClass) -> Int64? {
        get {
            switch tokenClass {
            case .input: input
            case .output: output
            case .cacheRead: cacheRead
            case .cacheWrite: cacheWrite
            case .cacheWrite1h: cacheWrite1h
            case .gpu: gpu
            }
        }
        set {
            switch tokenClass {
            case .input: input = newValue
            case .output: output = newValue
            case .cacheRead: cacheRead = newValue
            case .cacheWrite: cacheWrite = newValue
            case .cacheWrite1h: cacheWrite1h = newValue
            case .gpu: gpu = newValue
            }
        }
    }

    /// These prices, and the other's where there is none.
    package func filled(from other: ClassPrices) -> ClassPrices {
        var filled = ClassPrices(
            input: input ?? other.input, output: output ?? other.output, cacheRead: cacheRead ?? other.cacheRead,
            cacheWrite: cacheWrite ?? other.cacheWrite, cacheWrite1h: cacheWrite1h ?? other.cacheWrite1h,
            gpu: gpu ?? other.gpu)
        filled.inputTokensMax = inputTokensMax ?? other.inputTokensMax
        return filled
    }
}

/// The prices of a provider, model and tier at a time, and the span of time for which they are the same.
package struct PriceQuote: Hashable, Sendable {
    /// One price for each class that has one.
    package var prices: ClassPrices
    /// The quote holds for all times from here …
    package var firstTime: Int64
    /// … to here, both included.
    package var lastTime: Int64

    /// Picks among the candidates of a call; `serviceTier` is normalised.
    ///
    /// The first list with a price that holds by then decides alone, for tokens and for GPU time apart: a price of GPU
    /// time says nothing of calls that tell none.
    /// - Parameter known: prices that had come by then.
    /// - Complexity: O(log² candidates).
    package init(_ candidates: PriceCandidates, serviceTier: String, at time: Int64, known: PriceHorizon = .all) {
        var steps = 0
        self.init(candidates, serviceTier: serviceTier, at: time, known: known, steps: &steps)
    }

    /// The same.
    /// - Parameter steps: grows by the prices that are looked at.
    package init(
        _ candidates: PriceCandidates, serviceTier: String, at time: Int64, known: PriceHorizon, steps: inout Int
    ) {
        (prices, firstTime, lastTime) = (ClassPrices(), .min, .max)
        prices.inputTokensMax = candidates.inputTokensMax(at: time, known: known, steps: &steps)
        for table in candidates.sources.lazy.flatMap(\.tables) {
            let (last, next) = table.starts(around: time, steps: &steps)
            if let last { firstTime = max(firstTime, last) }
            if let next { lastTime = min(lastTime, next - 1) }
        }
        assert(firstTime <= time && time <= lastTime, "a quote holds for its time")
        for isGPU in [false, true] {
            guard let source = candidates.deciding(isGPU: isGPU, at: time, known: known, steps: &steps) else {
                continue
            }
            for tokenClass in TokenClass.allCases where (tokenClass == .gpu) == isGPU {
                let kind = PriceKind(tokenClass, serviceTier: serviceTier)
                prices[tokenClass] = source.inForce(kind, at: time, known: known, steps: &steps)?.amount
            }
        }
    }
}
