import Platform
import Segments

/// Files that the manifest in force no longer names, until neither a version that is kept nor a reader does.
struct RetiredFiles {
    private struct File {
        var name: String
        /// nil once no snapshot holds the segment, and from the start where none ever did.
        weak var reader: SegmentReader?
    }

    private var files: [File] = []

    var isEmpty: Bool { files.isEmpty }

    mutating func add(_ name: String, reader: SegmentReader? = nil) { files.append(File(name: name, reader: reader)) }

    /// Removes what nobody names any more. What cannot be removed now is tried again later, and found by the next
    /// start. Nothing while a start may find a version that failed to be published, which names some of them.
    /// - Complexity: O(retired files + files that are kept), nothing where none is retired.
    mutating func remove(from directory: String, _ manifests: ManifestStore, _ fileSystem: any FileSystem) {
        guard !files.isEmpty, !manifests.mayHaveUnpublished else { return }
        let kept = Set(manifests.keptFileNames)
        files.removeAll { file in
            guard file.reader == nil, !kept.contains(file.name) else { return false }
            do throws(StorageError) {
                try fileSystem.remove(directory + "/" + file.name)
                return true
            } catch {
                return error.isMissing
            }
        }
    }
}
