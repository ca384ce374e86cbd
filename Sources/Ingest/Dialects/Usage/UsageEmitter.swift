/// Who counts: an instrumentation, its version, and the provider whose numbers it passes on.
package struct UsageEmitter: Hashable, Sendable, Comparable {
    /// Name of the instrumentation scope.
    package var scope: String
    /// Its version; empty where it has none.
    package var version: String
    /// Provider of the calls; empty where none is told.
    package var provider: String

    /// Takes each part as given.
    package init(scope: String, version: String, provider: String) {
        (self.scope, self.version, self.provider) = (scope, version, provider)
    }

    private var parts: [String] { [scope, version, provider] }

    /// By scope, version, provider.
    package static func < (left: UsageEmitter, right: UsageEmitter) -> Bool {
        for (one, other) in zip(left.parts, right.parts) where one != other { return one.utf8.lexicographicallyPrecedes(other.utf8) }
        return false
    }
}

/// What the total of a call proves: that its emitter counts a part inside its whole, or beside it.
package struct UsageProof: Hashable, Sendable, Comparable {
    /// Whose call it was.
    package var emitter: UsageEmitter
    /// `cache` or `reasoning`.
    package var part: String
    /// `inside` or `beside`.
    package var reading: String

    /// - Returns: nil for a part or a reading that there is not.
    package init?(emitter: UsageEmitter, part: String, reading: String) {
        guard UsagePart(rawValue: part) != nil, PartReading(rawValue: reading) != nil else { return nil }
        (self.emitter, self.part, self.reading) = (emitter, part, reading)
    }

    /// A proof of ours.
    package init(_ emitter: UsageEmitter, _ part: UsagePart, _ reading: PartReading) {
        (self.emitter, self.part, self.reading) = (emitter, part.rawValue, reading.rawValue)
    }

    /// By emitter, part, reading.
    package static func < (left: UsageProof, right: UsageProof) -> Bool {
        left.emitter != right.emitter ? left.emitter < right.emitter : (left.part, left.reading) < (right.part, right.reading)
    }
}

/// How emitters are known to count. A set of proofs, so that the order in which they come does not show; of an emitter with proofs of
/// both readings nothing is known.
package struct EmitterReadings: Sendable {
    /// What is kept at most; proofs beyond it are not remembered.
    package static let proofsMax = 20_000
    private var proofs: Set<UsageProof> = []

    /// Nothing is known.
    package init() {}

    /// Adds a proof.
    /// - Returns: whether it is new.
    package mutating func add(_ proof: UsageProof) -> Bool { proofs.count < Self.proofsMax && proofs.insert(proof).inserted }

    /// What is known of an emitter; a part of which nothing is known, or both, is not in it.
    package func readings(of emitter: UsageEmitter) -> [UsagePart: PartReading] {
        var result: [UsagePart: PartReading] = [:]
        for part in UsagePart.allCases {
            let isInside = proofs.contains(UsageProof(emitter, part, .inside))
            let isBeside = proofs.contains(UsageProof(emitter, part, .beside))
            if isInside != isBeside { result[part] = isInside ? .inside : .beside }
        }
        return result
    }
}
