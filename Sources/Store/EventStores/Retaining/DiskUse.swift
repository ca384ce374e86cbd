import Platform
import Segments

/// What the files of a data directory come to, by what they are.
package struct DiskUse: Hashable, Sendable {
    /// What a file is for.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Segments, also those that are being written or about to go.
        case segments
        /// The log, with the files that are kept to be used again.
        case log
        /// Manifests and states.
        case state
        /// Damaged files that were set aside.
        case setAside = "set_aside"
        /// Everything else that lies in the directory.
        case other
    }

    /// By kind, in the order of ``Kind``.
    private var counts = [Int](repeating: 0, count: Kind.allCases.count)
    // tests: what is measured is compared with where things lie.
    /// Whether archived segments lie elsewhere: they are in none of the counts.
    package private(set) var isArchiveElsewhere = false

    /// Deeper folders are not looked into: the store makes none.
    private static let depthMax = 8

    /// Asks for the length of every file below the directory, without those of an archive to which a link leads. Files
    /// that come or go meanwhile are in it or not; those of folders that are not the store's own are not where a link
    /// leads there, or this user may not look: at the root of a volume there is such a folder. Of where links lead
    /// nothing is asked: a writer that looks does not wait for another volume.
    /// - Throws: ``StorageError``.
    /// - Complexity: O(files).
    init(of directory: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let files = StoreFiles(root: directory)
        isArchiveElsewhere = try fileSystem.linkTarget(of: files.archive) != nil
        let own: [(path: String, kind: Kind)] = [
            (files.log, .log), (files.segments, .segments), (directory + "/" + StoreFiles.setAsideName, .setAside),
        ]
        try add(directory, .other, fileSystem, depth: 0) { path in own.first { $0.path == path }?.kind }
        // The store's own folders may lie elsewhere.
        for folder in own where try fileSystem.linkTarget(of: folder.path) != nil {
            try add(folder.path, folder.kind, fileSystem, depth: 1) { _ in nil }
        }
    }

    /// Of one kind.
    package func bytes(of kind: Kind) -> Int {
        Kind.allCases.firstIndex(of: kind).map { counts[$0] } ?? 0
    }

    /// Of all.
    package var bytes: Int { counts.reduce(0) { $0.addingReportingOverflow($1).partialValue } }

    private mutating func add(_ bytes: Int, _ kind: Kind) {
        guard let place = Kind.allCases.firstIndex(of: kind) else { return }
        let (sum, isBeyond) = counts[place].addingReportingOverflow(bytes)
        counts[place] = isBeyond ? .max : sum
    }

    /// - Parameter kinds: what folders hold; nil of those that are of the kind of what holds them.
    private mutating func add(
        _ folder: String, _ kind: Kind, _ fileSystem: any FileSystem, depth: Int, kinds: (String) -> Kind?
    ) throws(StorageError) {
        for entry in try fileSystem.listOwn(folder) {
            let path = folder + "/" + entry.name
            if entry.isDirectory {
                let own = kinds(path)
                guard depth < Self.depthMax else { continue }
                do throws(StorageError) {
                    try add(path, own ?? kind, fileSystem, depth: depth + 1, kinds: kinds)
                } catch where error.isMissing || own == nil && error.isDenied {
                    continue
                }
            } else if let length = try fileSystem.lengthBytes(of: path) {
                add(length, kind == .segments && !Self.isSegment(entry.name) ? .state : kind)
            }
        }
    }

    /// Also one that is being written.
    private static func isSegment(_ name: String) -> Bool {
        name.hasSuffix(segmentFileEnding) || name.hasSuffix(segmentFileEnding + ".new")
    }
}
