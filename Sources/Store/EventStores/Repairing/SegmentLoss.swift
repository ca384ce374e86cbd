import Columnar
import Domain
import JSONTexts
import Platform
import Segments

/// A damaged segment that nothing else knows, and what a store loses that goes on without it.
struct SegmentLoss: Sendable {
    let entry: ManifestSegment
    /// The first damaged place.
    let damage: CorruptionError
    /// Tenants of its events, as far as it can be read; nil where nothing of that can.
    let tenants: [String]?
    /// Conversations that it has events or rows of, as far as it can be read.
    let conversations: Set<ConversationGrouping.Key>
    /// How many events the manifest says it holds.
    let events: Int

    /// - Throws: ``StorageError`` that is not of one place of a file.
    init(
        _ entry: ManifestSegment, _ damage: CorruptionError, in directory: String, _ layouts: EventTableLayouts,
        _ fileSystem: any FileSystem
    ) throws {
        (self.entry, self.damage) = (entry, damage)
        events = layouts.tables.reduce(0) { $0 + entry.description.rowCount(table: $1.name) }
        let path = directory + "/" + entry.description.fileName
        var found: (tenants: Set<String>, conversations: Set<ConversationGrouping.Key>)?
        do {
            let reader = try SegmentReader.open(
                fileSystem: fileSystem, path: path,
                expected: (entry.description.segmentID, entry.description.lengthBytes))
            found = ([], [])
            for table in layouts.tables.map(\.name) + ["turns", "conversations"] {
                for group in reader.groups(table: table) {
                    guard let keys = try StoreError.ifReadable({ try Self.keys(group) }) else { continue }
                    found?.tenants.formUnion(keys.tenants)
                    found?.conversations.formUnion(keys.conversations)
                }
            }
        } catch where StoreError.isOfPlace(error) {
            // Header or footer: nothing of it can be read.
        }
        tenants = found?.tenants.sorted()
        conversations = found?.conversations ?? []
    }

    /// - Complexity: O(rows), and as many texts as there are different ones.
    private static func keys(
        _ group: RowGroup
    ) throws -> (tenants: Set<String>, conversations: Set<ConversationGrouping.Key>) {
        let tenants = CodedTexts(try group.column(named: "tenant", type: .text))
        let names = (0..<tenants.count).map { tenants.text(of: $0).map { String(decoding: $0, as: UTF8.self) } }
        let readable = try StoreError.ifReadable {
            CodedTexts(try group.column(named: "conversation_id", type: .text))
        }
        guard let ids = readable else {
            let codes = Set((0..<group.rowCount).map { tenants.code(of: $0) })
            return (Set(codes.compactMap { names[$0] }), [])
        }
        struct Codes: Hashable {
            var tenant: Int
            var conversation: Int
        }
        let codes = Set(
            (0..<group.rowCount).map { Codes(tenant: tenants.code(of: $0), conversation: ids.code(of: $0)) })
        var (found, keys) = (Set<String>(), Set<ConversationGrouping.Key>())
        // order: sets.
        for code in codes {
            guard let tenant = names[code.tenant] else { continue }
            found.insert(tenant)
            guard let id = ids.text(of: code.conversation) else { continue }
            keys.insert(ConversationGrouping.Key(tenant: tenant, conversation: String(decoding: id, as: UTF8.self)))
        }
        return (found, keys)
    }

    /// Of the events that are lost; nil where none is: those of a frozen segment went before.
    private var positions: ClosedRange<Int64>? { entry.isFrozen ? nil : entry.positions }

    /// What is lost, a line each.
    var lines: [String] {
        let description = entry.description
        let count = events == 1 ? "1 event" : "\(events) events"
        let made = "what \(entry.isSettled ? "" : "turns, conversations and ")rollups say of"
        var lines = [
            entry.isFrozen
                ? "\(made) events that retention dropped, which come in again as new"
                : "\(count), and \(made) them"
        ]
        if let positions {
            lines.append("positions \(positions.lowerBound) to \(positions.upperBound), which are not given out again")
        }
        if let times = description.timeRange {
            lines.append("times \(RFC3339.render(times.lowerBound)) to \(RFC3339.render(times.upperBound))")
        }
        guard let tenants else { return lines + ["tenants: not known, since its end is damaged or it is missing"] }
        let told = tenants.prefix(Self.toldMax).joined(separator: ", ")
        let more = tenants.count > Self.toldMax ? " and \(tenants.count - Self.toldMax) more" : ""
        return lines + ["tenants: \(tenants.isEmpty ? "none can be read" : told + more)"]
    }

    private static let toldMax = 20

    /// As the log tells of it.
    func loss(copies: String) -> LogLoss {
        LogLoss(
            file: fileName(of: entry.description.fileName), offset: damage.offset,
            firstPosition: positions?.lowerBound ?? 1, lastPosition: positions?.upperBound ?? 0,
            intactEvents: events, intactRecords: 0, copies: copies)
    }
}
