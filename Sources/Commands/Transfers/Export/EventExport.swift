package import EventStores
import Domain
import WireFormats

/// How events are written out.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// CloudEvents, one a line; can be imported again.
    case ndjson
    /// For spreadsheets.
    case csv
}

/// Writes events in the order of their acceptance.
package enum EventExport {
    /// Hands out whole lines, about `pieceBytes` at a time.
    /// - Parameters:
    ///   - format: as what.
    ///   - times: event times (ns since 1970 UTC) wanted.
    ///   - write: answers false to end the export, such as when the reader of a pipe has gone.
    /// - Throws: what reading the store and writing throw.
    package static func run(
        _ store: EventStore, as format: ExportFormat = .ndjson, in times: Range<Int64>, pieceBytes: Int = 256 << 10,
        write: ([UInt8]) throws -> Bool
    ) throws {
        var (renderer, csv) = (EventRenderer(registry: store.registry), EventCSV(registry: store.registry))
        var piece = format == .csv ? csv.header : []
        var isWanted = true
        try store.snapshot().forEachBatch(in: times) { batch in
            for start in batch.offsets where isWanted {
                switch format {
                case .ndjson: renderer.append(batch.bytes, at: Int(start), to: &piece)
                case .csv: csv.append(batch.bytes, at: Int(start), to: &piece)
                }
                guard piece.count >= pieceBytes else { continue }
                isWanted = try write(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        if isWanted, !piece.isEmpty { _ = try write(piece) }
    }
}
