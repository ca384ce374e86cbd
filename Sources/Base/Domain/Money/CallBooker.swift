/// A memory of the providers, models and tiers that a price book was asked for, so that booking a call builds no text.
///
/// Owned by the one writer, beside the book: it is no state, what it remembers follows from the book. The memory has a
/// fixed number of places; names beyond it push older ones out and cost time, not memory.
package struct CallBooker: Sendable {
    private struct Place: Sendable {
        /// Where provider, request model, response model and tier stand end to end in ``keys``; empty: the place is
        /// free.
        var key = 0..<0
        var lengths = SIMD4<UInt32>(repeating: 0)
        var tier = ""
        var candidates = PriceCandidates()
        var quote = PriceQuote(PriceCandidates(), serviceTier: "", at: 0)
    }

    private static let placeCount = 4096
    private static let probesMax = 8
    private static let keyBytesMax = 1 << 20

    private var places: [Place]
    private var keys: [UInt8] = []

    /// Remembers nothing yet.
    package init() { places = Array(repeating: Place(), count: CallBooker.placeCount) }

    /// To be called whenever the book that it is asked with becomes another one.
    package mutating func forget() {
        if keys.isEmpty { return }
        for index in places.indices where !places[index].key.isEmpty { places[index] = Place() }
        keys.removeAll(keepingCapacity: true)
    }

    /// Books a call whose names are given as UTF-8 bytes; an empty span is an absent name.
    /// - Precondition: ``TokenUsage/check()`` did not throw.
    package mutating func book(
        _ usage: TokenUsage, provider: Span<UInt8>, requestModel: Span<UInt8>, responseModel: Span<UInt8>,
        serviceTier: Span<UInt8>,
        at time: Int64, from book: PriceBook
    ) -> BookedCost {
        let prices = prices(
            provider: provider, requestModel: requestModel, responseModel: responseModel, serviceTier: serviceTier,
            at: time, from: book)
        return BookedCost(usage, at: prices)
    }

    /// The prices of a call, from memory where they are known for the time.
    /// - Parameter book: the same since ``forget()``.
    package mutating func prices(
        provider: Span<UInt8>, requestModel: Span<UInt8>, responseModel: Span<UInt8>, serviceTier: Span<UInt8>,
        at time: Int64,
        from book: PriceBook
    ) -> ClassPrices {
        let lengths = SIMD4<UInt32>(
            UInt32(truncatingIfNeeded: provider.count), UInt32(truncatingIfNeeded: requestModel.count),
            UInt32(truncatingIfNeeded: responseModel.count), UInt32(truncatingIfNeeded: serviceTier.count))
        guard provider.count > 0 else { return ClassPrices() }
        var hash: UInt32 = 0
        mix(provider, into: &hash)
        mix(requestModel, into: &hash)
        mix(responseModel, into: &hash)
        mix(serviceTier, into: &hash)
        let home = Int(hash >> 20)
        var index = home
        var free = home
        for probe in 0..<CallBooker.probesMax {
            index = (home + probe) & (CallBooker.placeCount - 1)
            if places[index].key.isEmpty {
                free = index
                break
            }
            if isPlace(index, of: provider, requestModel, responseModel, serviceTier, lengths) {
                return prices(at: time, in: index)
            }
        }
        remember(provider, requestModel, responseModel, serviceTier, lengths, in: free, from: book)
        return prices(at: time, in: free)
    }

    private func isPlace(
        _ index: Int, of provider: Span<UInt8>, _ requestModel: Span<UInt8>, _ responseModel: Span<UInt8>,
        _ serviceTier: Span<UInt8>,
        _ lengths: SIMD4<UInt32>
    ) -> Bool {
        guard places[index].lengths == lengths else { return false }
        return isEqual(keys.span.extracting(places[index].key), provider, requestModel, responseModel, serviceTier)
    }

    private mutating func prices(at time: Int64, in index: Int) -> ClassPrices {
        assert(!places[index].key.isEmpty, "the place was taken")
        if time < places[index].quote.firstTime || time > places[index].quote.lastTime {
            places[index].quote = PriceQuote(places[index].candidates, serviceTier: places[index].tier, at: time)
        }
        return places[index].quote.prices
    }

    private mutating func remember(
        _ provider: Span<UInt8>, _ requestModel: Span<UInt8>, _ responseModel: Span<UInt8>, _ serviceTier: Span<UInt8>,
        _ lengths: SIMD4<UInt32>, in index: Int, from book: PriceBook
    ) {
        if keys.count > CallBooker.keyBytesMax { forget() }
        let names = [text(provider), text(requestModel), text(responseModel), text(serviceTier)]
        let candidates = book.candidates(provider: names[0], requestModel: names[1], responseModel: names[2])
        var place = Place()
        let start = keys.count
        for name in [bytes(provider), bytes(requestModel), bytes(responseModel), bytes(serviceTier)] {
            keys.append(contentsOf: name)
        }
        place.key = start..<keys.count
        assert(!place.key.isEmpty, "an empty key is a free place")
        place.lengths = lengths
        place.tier = PriceEntry.normalised(tier: names[3])
        place.candidates = candidates
        // A quote that holds for no time: the first question makes a real one.
        place.quote.firstTime = .max
        place.quote.lastTime = .min
        places[index] = place
    }
}

/// Length and five bytes spread over the name; names that agree in them meet in one place and are compared whole.
private func mix(_ name: Span<UInt8>, into hash: inout UInt32) {
    let count = name.count
    hash = (hash ^ UInt32(truncatingIfNeeded: count)) &* 0x9E37_79B1
    guard count > 0 else { return }
    hash = (hash ^ UInt32(name[0])) &* 0x85EB_CA77
    hash = (hash ^ UInt32(name[count >> 2])) &* 0x85EB_CA77
    hash = (hash ^ UInt32(name[count >> 1])) &* 0x85EB_CA77
    hash = (hash ^ UInt32(name[count - 1 - (count >> 2)])) &* 0x85EB_CA77
    hash = (hash ^ UInt32(name[count - 1])) &* 0x9E37_79B1
}

/// Whether the key is the four names end to end; their lengths are known to agree.
private func isEqual(
    _ key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>, _ fourth: Span<UInt8>
) -> Bool {
    var start = 0
    for place in first.indices where first[place] != key[start + place] { return false }
    start += first.count
    for place in second.indices where second[place] != key[start + place] { return false }
    start += second.count
    for place in third.indices where third[place] != key[start + place] { return false }
    start += third.count
    for place in fourth.indices where fourth[place] != key[start + place] { return false }
    return true
}

private func bytes(_ span: Span<UInt8>) -> [UInt8] {
    span.indices.map { span[$0] }
}

private func text(_ span: Span<UInt8>) -> String { String(decoding: bytes(span), as: UTF8.self) }
