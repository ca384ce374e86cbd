package import Platform
package import Segments

/// Work beside the writer over an immutable base: seal, and whatever keeps otherwise what was sealed before.
///
/// A job touches nothing of the writer and publishes nothing: it writes files, flushes them, and says in an edit what
/// they change. A crash at any step leaves the store as it was, with files that no manifest names. The writer applies
/// the edit where its base still holds.
package protocol StoreJob: Sendable {
    /// What the job does, such as `seal`; one of a kind is under way at a time.
    var kind: String { get }
    /// How many segments it makes at the most: their ids follow the one that it is given.
    var segmentsMax: Int { get }
    /// Makes the files. Called once, on any thread.
    /// - Throws: ``StorageError``, ``FileContentError``; files that were begun are removed as far as that goes.
    func prepare(_ base: StoreJobBase) throws -> ManifestEdit
}

extension StoreJob {
    /// One.
    package var segmentsMax: Int { 1 }
}

// tests: a job of the tests takes part in the crash simulation.
/// What a job stands on.
package struct StoreJobBase: Sendable {
    /// Where segments are read and written.
    package let fileSystem: any FileSystem
    /// The directory of the segments.
    package let directory: String
    /// The manifest when the job began.
    package let manifest: Manifest
    /// The id of the segment that the job writes, and of its state file; no other attempt has it.
    package let segmentID: UInt64
    /// For work that can be spread.
    package let workers: any Workers
    /// Whether events are taken in meanwhile, whose flushes are not to wait for all that the job writes.
    let isBesideWriter: Bool
    /// By which segments that a job makes are opened.
    let segmentFiles: SegmentFiles
}
