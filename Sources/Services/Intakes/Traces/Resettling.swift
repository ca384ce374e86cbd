import Bytes
import Dialects
import EventStores

/// Traces that settle again, because a total proved how those who made their spans count. Done a few at a time beside
/// what comes, segment by segment. When all traces of before know a proof, a note in the log says so; a process that
/// ends earlier leaves the rest to the next.
struct Resettling {
    /// Traces that are looked up together, so that a long past is not held at once.
    static let tracesPerPage = 10_000
    /// Why they settle, as the log says it.
    static let reason = "usage_proved"
    private static let tracesPerStep = 200

    /// One walk over the spans up to a position.
    private struct Pass {
        var proofs: [UsageProof]
        var lastPosition: Int64
        var coveredPosition: Int64 = 0
        var traceIDs: [String] = []

        var isLookedUp: Bool { coveredPosition >= lastPosition }
    }

    /// Proved since the pass began.
    private var waiting: [UsageProof] = []
    private var pass: Pass?

    /// Traces of those whom the proof is about settle again.
    mutating func add(_ proof: UsageProof) { waiting.append(proof) }

    /// Whose spans are to be looked up next, and behind which position; nil where traces that were found still wait, or
    /// nothing does.
    /// - Parameter position: of the store's last event; later spans settle by what is known by then.
    mutating func wantedPage(at position: Int64) -> (scopes: Set<InstrumentationScope>, after: Int64)? {
        if pass == nil, !waiting.isEmpty {
            pass = Pass(proofs: waiting, lastPosition: position)
            waiting = []
        }
        guard let pass, pass.traceIDs.isEmpty, !pass.isLookedUp else { return nil }
        let scopes = pass.proofs.map { proof in
            InstrumentationScope(name: Array(proof.emitter.scope.utf8), version: Array(proof.emitter.version.utf8))
        }
        return (Set(scopes), pass.coveredPosition)
    }

    /// Takes what was found on the wanted page.
    mutating func add(_ traceIDs: Set<String>, coveredPosition: Int64) {
        pass?.traceIDs = traceIDs.sorted()
        pass?.coveredPosition = coveredPosition
    }

    /// The traces that settle next.
    var next: [String] { (pass?.traceIDs.suffix(Self.tracesPerStep)).map(Array.init) ?? [] }

    /// Whether all traces of the pass have settled.
    var isDone: Bool { pass.map { $0.traceIDs.isEmpty && $0.isLookedUp } ?? false }

    /// Whether anything is left to do.
    var hasWork: Bool { pass != nil || !waiting.isEmpty }

    /// Forgets ``next``.
    /// - Returns: notes for the log where the pass has come to its end.
    mutating func settledNext() -> [SystemNote] {
        if let count = pass?.traceIDs.count { pass?.traceIDs.removeLast(min(count, Self.tracesPerStep)) }
        guard isDone, let proofs = pass?.proofs else { return [] }
        pass = nil
        return proofs.map(SettlingMemory.appliedNote)
    }
}
