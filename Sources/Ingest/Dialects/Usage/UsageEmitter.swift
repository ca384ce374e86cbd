package import Bytes

/// Who counts: an instrumentation, its version, the provider whose numbers it passes on, the model, and whose calls
/// they are. One gateway passes on models that count differently, and what one tenant's calls prove says nothing of
/// another's.
package struct UsageEmitter: Hashable, Sendable, Comparable {
    /// Name of the instrumentation scope.
    package let scope: ExactText
    /// Its version; empty where it has none.
    package let version: ExactText
    /// Provider of the calls; empty where none is told.
    package let provider: ExactText
    /// The model that answered, else the one that was asked for, else empty; nil: of every model.
    package let model: ExactText?
    /// Tenant of the calls; nil: of every tenant.
    package let tenant: ExactText?

    /// Takes each part as given. Notes of stores of before have neither model nor tenant.
    package init(scope: String, version: String, provider: String, model: String?, tenant: String?) {
        self.init(
            ExactText(scope), ExactText(version), ExactText(provider), model.map(ExactText.init(_:)),
            tenant.map(ExactText.init(_:)))
    }

    private init(
        _ scope: ExactText, _ version: ExactText, _ provider: ExactText, _ model: ExactText?, _ tenant: ExactText?
    ) {
        (self.scope, self.version, self.provider, self.model, self.tenant) = (scope, version, provider, model, tenant)
    }

    /// The same for every model.
    package var ofAnyModel: UsageEmitter { UsageEmitter(scope, version, provider, nil, tenant) }
    /// The same for every model and tenant.
    var ofAnybody: UsageEmitter { UsageEmitter(scope, version, provider, nil, nil) }

    /// By scope, version, provider, model, tenant; what says nothing beside what is empty comes first.
    package static func < (left: UsageEmitter, right: UsageEmitter) -> Bool {
        let (one, other) = (left.parts, right.parts)
        return one != other ? one < other : left.named < right.named
    }

    private var parts: (ExactText, ExactText, ExactText, ExactText, ExactText) {
        (scope, version, provider, model ?? "", tenant ?? "")
    }
    private var named: (Int, Int) { (model == nil ? 0 : 1, tenant == nil ? 0 : 1) }
}

/// A part of calls that their own totals did not decide, so that it was read by what was known of their emitter, or by
/// convention.
package struct AssumedReading: Hashable, Sendable, Comparable {
    /// Whose calls they were, of any model.
    package var emitter: UsageEmitter
    /// What was assumed of it.
    package let part: UsagePart

    /// - Returns: nil for a part that there is not.
    package init?(emitter: UsageEmitter, part: String) {
        guard let part = UsagePart(rawValue: part) else { return nil }
        self.init(emitter, part)
    }

    /// One of ours.
    package init(_ emitter: UsageEmitter, _ part: UsagePart) {
        (self.emitter, self.part) = (emitter.ofAnyModel, part)
    }

    /// By emitter, then part.
    package static func < (left: AssumedReading, right: AssumedReading) -> Bool {
        left.emitter != right.emitter ? left.emitter < right.emitter : left.part < right.part
    }
}

/// What the total of a call proves: that its emitter counts a part inside its whole, or beside it.
package struct UsageProof: Hashable, Sendable, Comparable {
    /// Whose call it was.
    package var emitter: UsageEmitter
    /// The part.
    package let part: UsagePart
    /// Where it is counted.
    package let reading: PartReading

    /// - Returns: nil for a part or a reading that there is not.
    package init?(emitter: UsageEmitter, part: String, reading: String) {
        guard let part = UsagePart(rawValue: part), let reading = PartReading(rawValue: reading) else { return nil }
        self.init(emitter, part, reading)
    }

    /// A proof of ours.
    package init(_ emitter: UsageEmitter, _ part: UsagePart, _ reading: PartReading) {
        (self.emitter, self.part, self.reading) = (emitter, part, reading)
    }

    /// By emitter, part, reading.
    package static func < (left: UsageProof, right: UsageProof) -> Bool {
        left.emitter != right.emitter
            ? left.emitter < right.emitter
            : (left.part, left.reading.rawValue) < (right.part, right.reading.rawValue)
    }
}

/// How emitters are known to count. A set of proofs, so that the order in which they come does not show. What is proved
/// of a model counts for it; a model without a proof of its own is read as the emitter's other models, where they
/// agree. Of proofs of both readings nothing is known.
package struct EmitterReadings: Sendable {
    /// What is kept at most; proofs beyond it are not remembered.
    package static let proofsMax = 20_000
    private var proofs: Set<UsageProof> = []
    /// The same proofs, of any model.
    private var proofsOfAnyModel: Set<UsageProof> = []

    /// Nothing is known.
    package init() {}

    /// Adds a proof.
    /// - Returns: whether it is new.
    package mutating func add(_ proof: UsageProof) -> Bool {
        guard proofs.count < Self.proofsMax, proofs.insert(proof).inserted else { return false }
        var general = proof
        general.emitter = proof.emitter.ofAnyModel
        proofsOfAnyModel.insert(general)
        return true
    }

    /// What is known of an emitter; a part of which nothing is known, or both, is not in it.
    package func readings(of emitter: UsageEmitter) -> [UsagePart: PartReading] {
        var result: [UsagePart: PartReading] = [:]
        for part in UsagePart.allCases {
            let proved = [
                Self.readings(emitter, part, in: proofs), Self.readings(emitter.ofAnyModel, part, in: proofsOfAnyModel),
                Self.readings(emitter.ofAnybody, part, in: proofsOfAnyModel),
            ]
            if let readings = proved.first(where: { !$0.isEmpty }), readings.count == 1 { result[part] = readings[0] }
        }
        return result
    }

    private static func readings(_ emitter: UsageEmitter, _ part: UsagePart, in proofs: Set<UsageProof>)
        -> [PartReading]
    {
        [.inside, .beside].filter { proofs.contains(UsageProof(emitter, part, $0)) }
    }
}
