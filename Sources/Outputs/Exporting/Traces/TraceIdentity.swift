import Bytes
import Domain
import Hashing

// Ids that follow from the events, so that a span which is sent again is the same span. Derived trace ids are XXH3-128
// over what makes a turn, span ids XXH3-64 over what makes an event; both with a seed of their own.

/// What of an event says where in a trace it belongs. Reads columns by id, once known.
struct TraceIdentity: Sendable {
    private enum Seed {
        static let trace: UInt64 = 0x7472_6163_6573_0001
        static let span: UInt64 = 0x7370_616E_7300_0001
        static let turn: UInt64 = 0x7475_726E_7300_0001
    }

    private let known: WellKnownColumns
    /// Who sends what was derived from spans begins so.
    private static let settledPrefix = Array("settled".utf8)

    init(_ registry: SchemaRegistry) { known = registry.wellKnown }

    /// Whether the event was derived from spans that came in.
    func isReceived(_ event: EventRow) -> Bool {
        guard let source = event.text(of: known.source), source.starts(with: Self.settledPrefix) else { return false }
        return source.count == Self.settledPrefix.count
            || source[source.startIndex + Self.settledPrefix.count] == UInt8(ascii: "/")
    }

    /// What the events of one answer have in common: tenant, conversation and turn; of those derived from spans, and of
    /// those without a turn, tenant and trace. nil where an event has neither.
    func turn(of event: EventRow) -> Hash128? {
        var name: [UInt8] = []
        append(event.text(of: known.tenant), to: &name)
        if !isReceived(event), let conversation = event.text(of: known.conversationID),
            let turn = event.integer(of: known.turn)
        {
            append(conversation, to: &name)
            append(turn, to: &name)
            return xxh3Wide(name, seed: Seed.turn)
        }
        guard let trace = ownTraceID(of: event) else { return nil }
        name.append(contentsOf: trace)
        return xxh3Wide(name, seed: Seed.turn &+ 1)
    }

    /// The trace of an answer, 16 bytes: its own where it names one, else one that follows from tenant, conversation
    /// and turn, or from the event itself where there is no turn.
    func traceID(of answer: EventRow) -> [UInt8] {
        if let own = ownTraceID(of: answer) { return own }
        var name: [UInt8] = []
        append(answer.text(of: known.tenant), to: &name)
        if let conversation = answer.text(of: known.conversationID), let turn = answer.integer(of: known.turn) {
            append(conversation, to: &name)
            append(turn, to: &name)
        } else {
            name = identity(answer)
        }
        let hash = xxh3Wide(name, seed: Seed.trace)
        return bigEndian(hash.high) + bigEndian(hash.low | (hash.high | hash.low == 0 ? 1 : 0))
    }

    /// The span of an event, 8 bytes: the one it was derived from, else one that follows from the event.
    func spanID(of event: EventRow) -> [UInt8] {
        if isReceived(event), let own = bytes(event.text(of: known.spanID), count: 8) { return own }
        let hash = xxh3(identity(event), seed: Seed.span)
        return bigEndian(hash == 0 ? 1 : hash)
    }

    private func ownTraceID(of event: EventRow) -> [UInt8]? { bytes(event.text(of: known.traceID), count: 16) }

    private func identity(_ event: EventRow) -> [UInt8] {
        var name = Array(event.bytes[event.identityRange])
        append(event.time, to: &name)
        return name
    }

    private func append(_ text: ArraySlice<UInt8>?, to name: inout [UInt8]) {
        append(Int64(text?.count ?? -1), to: &name)
        if let text { name.append(contentsOf: text) }
    }

    private func append(_ number: Int64, to name: inout [UInt8]) { name += bigEndian(UInt64(bitPattern: number)) }

    private func bigEndian(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }

    /// Hexadecimal digits as bytes; nil for anything else, for another length, and for zeros alone.
    private func bytes(_ text: ArraySlice<UInt8>?, count: Int) -> [UInt8]? {
        guard let text, text.count == 2 * count else { return nil }
        let result = Bytes.bytes(ofHexadecimal: text, allowsCapitals: true)
        return result?.contains { $0 != 0 } ?? false ? result : nil
    }
}
