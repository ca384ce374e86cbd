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
    /// Whether archived segments lie elsewhere: they are in none of the counts.
    private(set) var isArchiveElsewhere = false

    /// Deeper folders are not looked into: the store makes none.
    private static let depthMax = 8

    /// Asks for the length of every file below the directory, without those of an archive to which a link leads. Files
    /// that come or go meanwhile are in it or not; those of folders that are not the store's own are not where a link
    /// leads there, or this user may not look: at the root of a volume there is such a folder.
    /// - Throws: ``StorageError``.
    /// - Complexity: O(files).
    init(of directory: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let files = StoreFiles(root: directory)
        let archive = try fileSystem.linkTarget(of: files.archive) == nil ? nil : files.archive
        isArchiveElsewhere = archive != nil
        try add(directory, .other, fileSystem, depth: 0, besides: archive) { path in
            switch path {
            case files.log: .log
            case files.segments: .segments
            case directory + "/" + StoreFiles.setAsideName: .setAside
            default: nil
            }
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

    /// - Parameters:
    ///   - left: a folder that is not looked into.
    ///   - kinds: what folders hold; nil of those that are of the kind of what holds them.
    private mutating func add(
        _ folder: String, _ kind: Kind, _ fileSystem: any FileSystem, depth: Int, besides left: String?,
        kinds: (String) -> Kind?
    ) throws(StorageError) {
        for entry in try fileSystem.list(folder) {
            let path = folder + "/" + entry.name
            if path == left { continue }
            if entry.isDirectory {
                let own = kinds(path)
                guard depth < Self.depthMax else { continue }
                if own == nil, try fileSystem.linkTarget(of: path) != nil { continue }
                do throws(StorageError) {
                    try add(path, own ?? kind, fileSystem, depth: depth + 1, besides: left, kinds: kinds)
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
