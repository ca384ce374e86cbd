import Bytes
import Domain
import Hashing

/// Ids of events that are derived from spans. Each ends in a mark that only the holder of the store's key can make, so
/// that no client can send an event which settling takes for its own, or which keeps one of its own out as known
/// already.
package struct DerivedEventIDs: Sendable {
    private let key: [UInt8]
    /// Events up to this position may have ids without a mark, as stores were written before there were marks.
    package var unmarkedPositionMax: Int64

    /// - Parameter secret: of the store.
    package init(secret: [UInt8], unmarkedPositionMax: Int64 = 0) {
        key = hmacSHA256(key: secret, message: Array("plimsoll settled events".utf8))
        self.unmarkedPositionMax = unmarkedPositionMax
    }

    /// Who sends what is derived from spans of a service.
    static func source(_ service: String?) -> String { TraceSettler.sourcePrefix + (service.map { "/\($0)" } ?? "") }

    /// - Parameter known: ids told before; one without a mark stays as it is.
    func id(traceID: String, spanID: String, type: String, known: Set<String> = []) -> String {
        let name = "\(traceID)-\(spanID)/\(type)"
        return known.contains(name) ? name : "\(name)/\(mark(name))"
    }

    /// Of the events of a trace those that settling derived, the first of each id: nobody else can know an id before it
    /// is told.
    func own(_ events: [StoredEvent], _ columns: SpanColumns) -> [StoredEvent] {
        var seen: Set<String> = []
        return events.sorted { $0.position < $1.position }.filter { isOwn($0, columns) && seen.insert($0.id).inserted }
    }

    private func isOwn(_ event: StoredEvent, _ columns: SpanColumns) -> Bool {
        let reader = EventRowReader(event.row, at: 0)
        let known = columns.registry.wellKnown
        guard let source = reader.text(of: known.source), Self.isSource(source) else { return false }
        let id = event.id
        guard let trace = reader.text(of: known.traceID), let span = reader.text(of: known.spanID) else { return false }
        let stem = String(decoding: trace, as: UTF8.self) + "-" + String(decoding: span, as: UTF8.self) + "/"
        guard id.utf8.starts(with: stem.utf8) else { return false }
        let rest = id.utf8.dropFirst(stem.utf8.count)
        guard let slash = rest.lastIndex(of: UInt8(ascii: "/")) else { return event.position <= unmarkedPositionMax }
        let name = String(decoding: id.utf8[..<slash], as: UTF8.self)
        return id.utf8[slash...].dropFirst().elementsEqual(mark(name).utf8)
    }

    private static func isSource(_ source: ArraySlice<UInt8>) -> Bool {
        let prefix = Array(TraceSettler.sourcePrefix.utf8)
        guard source.starts(with: prefix) else { return false }
        return source.count == prefix.count || source[source.startIndex + prefix.count] == UInt8(ascii: "/")
    }

    private func mark(_ name: String) -> String {
        hexadecimal(hmacSHA256(key: key, message: Array(name.utf8)).prefix(8))
    }
}
