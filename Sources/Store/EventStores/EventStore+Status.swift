import Bytes
package import Domain
import Platform
import Segments

/// The store in numbers, at one position: what status pages show.
package struct StoreStatus: Hashable, Sendable {
    /// Position of the last event; 0 when there is none.
    package var position: Int64 = 0
    /// Every event received up to this time (ns since 1970 UTC) is included.
    package var watermark: Int64 = 0
    /// Sealed segments.
    package var segments = 0
    /// Bytes of the segments on disk.
    package var segmentBytes = 0
    /// Those of them that are archived …
    package var archivedSegments = 0
    /// … and their bytes.
    package var archivedBytes = 0
    /// Bytes that may still be written to the volume of the data directory; nil where the system does not say.
    package var freeBytes: Int?
    /// Events that no segment holds yet.
    package var unsealedEvents = 0
    /// By how much deliberate corrections changed the sum of exact costs of calls that came live, all together, in
    /// pico-USD: what the counters of cost lack, which have no others.
    package var rebookedPicoUSD: Int128 = 0
    /// What did not enter since the process started.
    package var refusals = Refusals()
    /// How long flushes of the log took since then.
    package var flushes = FlushDurations()
    /// Seals that failed since then.
    package var failedSeals = 0
    /// Conversations whose rows stand as they did, since something of them cannot be read.
    package var unfoldedConversations = 0
    /// Conversations whose sealed rows are made of their first events alone.
    package var cutConversations = 0
    /// Bytes of the data directory by kind; nil where the disk does not say.
    package var diskUse: DiskUse?
    /// Looks at that which failed since the process started; none is made where no budget is set.
    package var failedDiskLooks = 0
    /// What goes, what went, and what should have gone.
    package var retention = RetentionStatus()
    /// Events that retention dropped, ever.
    package var droppedEvents: Int64 = 0
    /// When the last of them was received, or later, but for tenants and types with a period of their own, of which
    /// ``RetentionStatus/tenants`` tells (ns since 1970 UTC); nil where none was dropped.
    package var droppedUntil: Int64?
    /// What is not as it should be while the store goes on.
    package var troubles: [Trouble] = []

    package init() {}
}

extension EventStore {
    /// Position of the last event; 0 when there is none.
    package var position: Int64 { publishedVersion.position }
    /// Every event received up to this time (ns since 1970 UTC) is included.
    package var watermark: Int64 { publishedVersion.receivedTime }
    /// Bytes that may still be written to the volume of the data directory; nil where the system does not say. Asks the
    /// disk, which may keep it waiting.
    package var freeBytes: Int? { try? context.fileSystem.freeBytes(at: directory) }

    /// Asks the disk, which may keep it waiting.
    /// - Complexity: O(segments).
    package var status: StoreStatus {
        let version = publishedVersion
        var status = StoreStatus()
        status.position = version.position
        status.watermark = version.receivedTime
        status.segments = version.sealed.segments.count
        status.segmentBytes = version.sealed.segments.reduce(0) { $0 + $1.reader.lengthBytes }
        let archived = version.sealed.segments.filter(\.isArchived)
        status.archivedSegments = archived.count
        status.archivedBytes = archived.reduce(0) { $0 + $1.reader.lengthBytes }
        status.freeBytes = freeBytes
        status.diskUse = try? DiskUse(of: directory, context.fileSystem)
        status.rebookedPicoUSD = version.ledger.prices.rebookedPicoUSD
        status.unsealedEvents = version.tail.count
        status.refusals = refused
        status.flushes = flushDurations
        let troubles = troubles(of: version)
        (status.failedSeals, status.unfoldedConversations) = (troubles.writer.failedSeals, troubles.unfolded.count)
        (status.cutConversations, status.failedDiskLooks) = (troubles.cut.count, troubles.writer.failedDiskLooks)
        let drops = version.sealed.drops.filter { $0.events > 0 }
        status.droppedEvents = drops.reduce(0) { $0.saturatingAdd($1.events) }
        status.droppedUntil = drops.filter { !$0.scope.isNamed }.map(\.receivedUntil).max()
        status.retention = retentionStatus(of: version)
        status.troubles = troubles.all
        return status
    }
}
