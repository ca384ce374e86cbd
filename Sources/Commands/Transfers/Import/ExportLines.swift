import Domain
import EventStores
import Server
import WireFormats

/// How a source is imported.
enum ImportWay {
    /// Newline-delimited events.
    case events
    /// An export whose events are taken as if they were sent now.
    case asNewEvents
    /// An export that is moved into the store.
    case moving(StoreRestoring, ExportLines)
}

extension ExportBeginning {
    /// What the first line of a source says if the source is an export; nil for any other.
    /// - Parameter block: the first lines of the source.
    /// - Throws: ``RestoreRefusal`` for an export that cannot be read.
    init?(firstOf block: [UInt8], decoders: DecoderPool) throws {
        var start = 0
        while start < block.count, [0x20, 0x09, 0x0A, 0x0D].contains(block[start]) { start += 1 }
        let end = block[start...].firstIndex(of: 0x0A) ?? block.count
        let line = Array(block[start..<end])
        let decoded = decoders.withDecoder { $0.decodeLines(line.span, from: .export) }
        guard let aside = decoded.asides.first, aside.type == ExportNames.begun else { return nil }
        try self.init(parsing: aside.line)
    }
}

/// Follows the lines of an export: what is no event stands where it belongs, and nothing is missing at the end.
struct ExportLines {
    private let source: String
    private var lines = 0
    private var count = ExportEnd(events: 0, records: 0)
    private(set) var hasEnded = false

    init(source: String) { self.source = source }

    /// What the store takes of the next lines.
    /// - Throws: ``ImportError`` for a line that is damaged or stands where none belongs.
    mutating func take(_ decoded: DecodedBatch) throws(ImportError) -> RestoredBatch {
        if let rejection = decoded.rejections.first { throw wrong(rejection.index, rejection.error) }
        if hasEnded, decoded.eventCount > 0 { throw wrong(0, "the export has ended before it; import one export at a time") }
        var batch = RestoredBatch(
            events: decoded.batch, receivedTimes: decoded.receivedTimes, bookedCosts: decoded.bookedCosts, records: [])
        var rows = 0
        for aside in decoded.asides {
            while rows < decoded.eventIndexes.count, Int(decoded.eventIndexes[rows]) < aside.index { rows += 1 }
            switch aside.type {
            case ExportNames.begun where lines + aside.index == 0: break
            case ExportNames.record:
                guard let record = SystemRecord(parsing: aside.line) else { throw wrong(aside.index, "a record that cannot be read") }
                batch.records.append((rows, record))
                count.records += 1
            case ExportNames.ended:
                guard aside.index == decoded.eventCount - 1 else { throw wrong(aside.index + 1, "the export has ended before it") }
                let end = ExportEnd(events: count.events + decoded.batch.count, records: count.records)
                guard ExportEnd(parsing: aside.line) == end else {
                    throw wrong(aside.index, "lines are missing: there are \(end.events) events and \(end.records) records before it")
                }
                hasEnded = true
            default: throw wrong(aside.index, "a line of type \(aside.type), which is not known here")
            }
        }
        count.events += decoded.batch.count
        lines += decoded.eventCount
        return batch
    }

    /// Says so if the last line was not there.
    func checkEnd() throws(ImportError) {
        guard hasEnded else {
            throw ImportError(
                source: source,
                reason: "the export breaks off after \(count.events) events, which are kept; import the whole file to go on")
        }
    }

    private func wrong(_ index: Int, _ what: String) -> ImportError {
        ImportError(source: source, reason: "line \(lines + index + 1) of the export: \(what)")
    }
}
