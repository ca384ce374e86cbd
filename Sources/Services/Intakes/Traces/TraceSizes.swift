import Domain

/// How many spans the traces have that are being received, so that none grows beyond what settling can hold at once.
/// Small traces are forgotten when they settle.
struct TraceSizes {
    /// Spans that one trace may have; more are refused, and the sender is told.
    static let spansMax = Limits.traceSpansMax
    /// Spans of the traces that settle together, unless one alone has more.
    static let spansPerStep = 100_000
    private static let rememberedFrom = 5_000
    private static let rememberedMax = 10_000

    /// Spans that came since the trace settled last.
    private var fresh: [String: Int] = [:]
    /// Spans of large traces when they settled last.
    private var settled: [String: Int] = [:]
    /// Traces of which spans were refused.
    private var full: Set<String> = []

    func count(_ traceID: String) -> Int { (fresh[traceID] ?? 0) + (settled[traceID] ?? 0) }

    mutating func note(_ traceID: String) { fresh[traceID, default: 0] += 1 }

    mutating func settle(_ traceID: String, spans: Int) {
        fresh[traceID] = nil
        if spans < Self.rememberedFrom {
            settled[traceID] = nil
        } else if settled[traceID] != nil || settled.count < Self.rememberedMax {
            settled[traceID] = spans
        }
    }

    /// Whether it is the first time that a span of the trace is refused.
    mutating func refuse(_ traceID: String) -> Bool { full.count < Self.rememberedMax && full.insert(traceID).inserted }
}
