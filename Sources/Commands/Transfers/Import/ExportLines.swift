import Domain
import EventStores
import Intakes
import WireFormats

/// How a source is imported.
enum ImportWay {
    /// Newline-delimited events.
    case events
    /// An export whose events are taken as if they were sent now.
    case asNewEvents
    /// An export that is moved into the store.
    case moving(StoreRestorer, ExportLines)
}

extension ExportHeader {
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

/// Follows the lines of an export: what is no event stands where it belongs, checksums are those of the lines, and
/// nothing is missing at the end. What no checksum has confirmed yet is held back, so that whatever is handed out is as
/// it was written.
struct ExportLines {
    private let source: String
    /// Whether the source can be read from its beginning again.
    private let isRepeatable: Bool
    private let hasChecksums: Bool
    private var lines = 0
    private var count = ExportTrailer(events: 0, records: 0)
    private var checksum = ExportChecksum()
    /// Lines up to the last checksum that was right.
    private var confirmedLines = 0
    /// Events that were handed out.
    private var events = 0
    /// Not confirmed yet.
    private var waiting: [RestoredBatch] = []
    private(set) var hasEnded = false
    /// Why the export ends here; what was handed out before is to be kept all the same.
    private(set) var failure: ImportError?

    init(_ beginning: ExportHeader, source: any ByteSource) {
        (self.source, isRepeatable) = (source.name, source.lengthBytes != nil)
        hasChecksums = beginning.hasChecksums
    }

    /// What the store may take now that the next lines are known. Nothing comes after a ``failure``.
    mutating func take(_ decoded: DecodedBatch) -> [RestoredBatch] {
        guard failure == nil else { return [] }
        let start = lines
        do throws(LineFault) {
            let confirmed = try follow(decoded)
            lines += decoded.eventCount
            count.events += decoded.batch.count
            let whole = (rows: decoded.batch.count, records: decoded.asides.count)
            return hasChecksums
                ? handOut(decoded, to: confirmed, rest: whole, start) : handOut(decoded, to: whole, rest: whole, start)
        } catch {
            // Without checksums each line stands for itself; with them what the last one does not cover is not known to
            // be right.
            let kept =
                error.confirmed ?? (rows: decoded.eventIndexes.count { Int($0) < error.index }, records: error.asides)
            let ready = handOut(decoded, to: kept, rest: kept, start)
            failure = wrong(error.place, error.what)
            return ready
        }
    }

    private typealias Reach = (rows: Int, records: Int)

    /// A line that does not belong where it stands.
    private struct LineFault: Error {
        /// Of the line in its run.
        var index: Int
        /// Asides before it.
        var asides: Int
        /// How far the run is confirmed; nil where that is not asked.
        var confirmed: Reach?
        var place: String
        var what: String
    }

    /// Checks the lines of a run.
    /// - Returns: how far it is confirmed: rows, and asides, before the last checksum in it.
    private mutating func follow(_ decoded: DecodedBatch) throws(LineFault) -> Reach? {
        var confirmed: Reach? = hasChecksums ? (rows: 0, records: 0) : nil
        var (hashed, rows) = (0, 0)
        func fault(_ index: Int, _ asides: Int, _ what: String, from first: Int? = nil) -> LineFault {
            let line = lines + index + 1
            let place = first.map { "lines \($0 + 1) to \(line - 1)" } ?? "line \(line)"
            return LineFault(index: index, asides: asides, confirmed: confirmed, place: place, what: what)
        }
        if hasEnded, decoded.eventCount > 0 {
            throw fault(0, 0, "the export has ended before it; import one export at a time")
        }
        let rejected = decoded.rejections.first
        for (number, aside) in decoded.asides.enumerated() {
            if let rejected, rejected.index < aside.index { break }
            let index = aside.index
            while rows < decoded.eventIndexes.count, Int(decoded.eventIndexes[rows]) < index { rows += 1 }
            if hasChecksums, aside.type == ExportNames.checkpoint || aside.type == ExportNames.ended {
                for hash in decoded.lineHashes[hashed..<index] { checksum.add(hash) }
                hashed = index + 1
            }
            switch aside.type {
            case ExportNames.begun where lines + index == 0: break
            case ExportNames.record:
                guard let record = SystemRecord(parsing: aside.line) else {
                    throw fault(index, number, "a record that cannot be read")
                }
                guard record.isOfKnownKind else {
                    throw fault(index, number, "a record of the kind \(record.kind), which is not known here")
                }
                count.records += 1
            case ExportNames.checkpoint where hasChecksums:
                let expected = ExportCheckpoint(lines: checksum.lines, checksum: checksum.told())
                guard let told = ExportCheckpoint(parsing: aside.line) else {
                    throw fault(index, number, "a checksum that cannot be read")
                }
                guard told == expected else {
                    throw fault(
                        index, number, "they are not what was written: their checksum differs", from: confirmedLines)
                }
                confirmed = (rows: rows, records: number + 1)
                confirmedLines = lines + index + 1
            case ExportNames.ended:
                let end = ExportTrailer(
                    events: count.events + rows, records: count.records, checksum: hasChecksums ? checksum.told() : nil)
                guard let told = ExportTrailer(parsing: aside.line), told.events == end.events,
                    told.records == end.records
                else {
                    throw fault(
                        index, number,
                        "lines are missing: there are \(end.events) events and \(end.records) records before it")
                }
                guard told.checksum == end.checksum || !hasChecksums else {
                    throw fault(
                        index, number, "they are not what was written: their checksum differs", from: confirmedLines)
                }
                if hasChecksums { confirmed = (rows: rows, records: number + 1) }
                hasEnded = true
                guard index == decoded.eventCount - 1 else {
                    throw fault(index + 1, number + 1, "the export has ended before it; import one export at a time")
                }
            default: throw fault(index, number, "a line of type \(aside.type), which is not known here")
            }
        }
        if let rejected {
            throw fault(rejected.index, decoded.asides.count { $0.index < rejected.index }, rejected.error)
        }
        if hasChecksums { for hash in decoded.lineHashes[hashed...] { checksum.add(hash) } }
        return confirmed
    }

    /// What waited, where the run confirms it, with the run's confirmed part; the rest waits.
    /// - Parameter rest: how far the run is good for anything.
    private mutating func handOut(_ decoded: DecodedBatch, to reach: Reach?, rest: Reach, _ start: Int)
        -> [RestoredBatch]
    {
        var ready: [RestoredBatch] = []
        let reach = reach ?? (rows: 0, records: 0)
        if reach.rows > 0 || reach.records > 0 {
            ready = waiting + [part(decoded, (rows: 0, records: 0), reach, start)]
            waiting = []
        }
        if rest.rows > reach.rows || rest.records > reach.records { waiting.append(part(decoded, reach, rest, start)) }
        ready.removeAll { $0.events.count == 0 && $0.records.isEmpty }
        events += ready.reduce(0) { $0 + $1.events.count }
        return ready
    }

    /// The rows and records of a run between two places.
    private func part(_ decoded: DecodedBatch, _ from: Reach, _ to: Reach, _ start: Int) -> RestoredBatch {
        let rows = from.rows..<max(from.rows, to.rows)
        var batch = RestoredBatch(
            events: EventRows(bytes: decoded.batch.bytes, starts: Array(decoded.batch.starts[rows])),
            receivedTimes: Array(decoded.receivedTimes[rows]),
            bookedCosts: decoded.bookedCosts.filter { rows.contains($0.row) }.map {
                ($0.row - rows.lowerBound, $0.text)
            }, records: [],
            lines: decoded.eventIndexes[rows].map { start + Int($0) + 1 })
        var before = rows.lowerBound
        for aside in decoded.asides[from.records..<max(from.records, to.records)] where aside.type == ExportNames.record
        {
            while before < rows.upperBound, Int(decoded.eventIndexes[before]) < aside.index { before += 1 }
            guard let record = SystemRecord(parsing: aside.line) else { continue }
            batch.records.append((before - rows.lowerBound, record, start + aside.index + 1))
        }
        return batch
    }

    /// Says so if the last line was not there.
    func checkEnd() throws(ImportError) {
        guard !hasEnded else { return }
        throw ImportError(
            source: source, reason: "the export breaks off after \(lines) lines: its last one is missing; \(kept)")
    }

    /// What to say where the source itself cannot be read to its end.
    func broken(off reason: String) -> ImportError { ImportError(source: source, reason: "\(reason); \(kept)") }

    private func wrong(_ place: String, _ what: String) -> ImportError {
        ImportError(source: source, reason: "\(place) of the export: \(what); \(kept)")
    }

    private var kept: String {
        let kept = events == 0 ? "nothing of it is kept" : "the first \(events) events are kept"
        let whole =
            isRepeatable ? "import the whole file as it was written" : "send the export whole, as it was written, again"
        return "\(kept); \(whole)\(events == 0 ? "" : " to go on")"
    }
}
