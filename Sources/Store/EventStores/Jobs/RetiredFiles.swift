import Platform
import Segments

/// Files that the manifest in force no longer names, until neither a version that is kept nor a reader does.
struct RetiredFiles {
    /// Where archived segments are removed that lie outside the data directory: beside the writer.
    struct Elsewhere {
        var claim: ArchiveClaim
        var queue: any BackgroundQueue
    }

    private struct File {
        var name: String
        /// nil once no snapshot holds the segment, and from the start where none ever did.
        weak var reader: SegmentReader?
    }

    private var files: [File] = []
    /// The one under way; there is none where no archive lies elsewhere.
    private(set) var removal: ArchiveRemoval?

    /// But for those that are being removed.
    var isEmpty: Bool { files.isEmpty }

    mutating func add(_ name: String, reader: SegmentReader? = nil) { files.append(File(name: name, reader: reader)) }

    /// Removes what nobody names any more. What cannot be removed now is tried again later, and found by the next
    /// start. Nothing while a start may find a version that failed to be published, which names some of them.
    /// - Parameter elsewhere: nil where archived segments lie beside the others.
    /// - Complexity: O(retired files + files that are kept), nothing where none is retired.
    mutating func remove(
        from directory: String, _ manifests: ManifestStore, _ fileSystem: any FileSystem, _ elsewhere: Elsewhere?
    ) {
        takeBackLeft()
        guard !files.isEmpty, !manifests.mayHaveUnpublished else { return }
        let kept = Set(manifests.keptFileNames)
        let isRemoving = removal != nil
        var away: [String] = []
        files.removeAll { file in
            guard file.reader == nil, !kept.contains(file.name) else { return false }
            if elsewhere != nil, file.name.hasPrefix(ManifestSegment.archiveBeginning) {
                guard !isRemoving else { return false }
                away.append(file.name)
                return true
            }
            do throws(StorageError) {
                try fileSystem.remove(directory + "/" + file.name)
                return true
            } catch {
                return error.isMissing
            }
        }
        guard let elsewhere, !away.isEmpty else { return }
        let removal = ArchiveRemoval(away, in: directory, elsewhere.claim, fileSystem)
        self.removal = removal
        elsewhere.queue.start { removal.run() }
        takeBackLeft()
    }

    /// Once a removal has ended, what it left is tried again.
    private mutating func takeBackLeft() {
        guard let left = removal?.left else { return }
        removal = nil
        for name in left { add(name) }
    }

    /// The removal that has not ended, of which nothing is taken back any more.
    mutating func leave() -> ArchiveRemoval? {
        takeBackLeft()
        defer { removal = nil }
        return removal
    }
}
