package import Platform
import Segments

/// What `plimsoll inspect` says of a data directory.
package enum DirectoryInspection {
    /// Shows the manifest in force and then each segment that it names, one text after the other: only one is held,
    /// however many segments there are. All are those of one manifest; a server may publish the next one meanwhile and
    /// let go of what this one names, which is said where it comes up.
    /// - Parameter directory: where manifest and segments are.
    /// - Throws: `StorageError`, `FileContentError`; what `show` throws.
    package static func describe(
        _ fileSystem: any FileSystem, _ directory: String, _ show: (String) throws -> Void
    ) throws {
        try ArchivePlace.check(StoreFiles(root: parentDirectory(of: directory)), fileSystem)
        let (manifests, findings) = try EventStore.readingBeside {
            try ManifestStore.open(fileSystem: fileSystem, directory: directory, isKnown: { _ in true })
        }
        let remarks = findings.damage.map { "damage: \($0)\n" } + findings.loneCopies.map { "\($0)\n" }
        try show(manifests.summary() + remarks.joined())
        for segment in manifests.current.segments {
            let name = segment.description.fileName
            let text: String
            do {
                text = try SegmentReader.open(fileSystem: fileSystem, path: directory + "/" + name).inspection()
            } catch let error as StorageError where error.isMissing && manifests.hasMovedOn {
                text = "\(name): gone, a later manifest was published meanwhile; inspect the directory again\n"
            }
            try show(text)
        }
    }
}
