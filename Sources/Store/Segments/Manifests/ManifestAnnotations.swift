internal import Bytes
package import Platform

extension ManifestStore {
    /// What the current version names, a line each.
    package func summary() -> String { Self.summary(current, version) }

    /// What one file says, by its name a version or the copy of one, whichever version is in force: a line for each
    /// thing that it names, and field by field before that where `withBytes`.
    /// - Returns: nil where the file's name is that of neither.
    /// - Throws: `StorageError`; `FileContentError` where the file is not whole, or of a newer form.
    package static func inspection(
        ofFileAt path: String, _ fileSystem: any FileSystem, withBytes: Bool
    ) throws -> String? {
        guard let (manifest, version, bytes) = try read(fileAt: path, fileSystem) else { return nil }
        return withBytes ? remarks(manifest, version, bytes) : summary(manifest, version)
    }

    private static func remarks(_ manifest: Manifest, _ version: UInt64, _ bytes: [UInt8]) -> String {
        let bodyEnd = bytes.count - ManifestCoding.hashBytes
        var remarks = ByteAnnotations()
        remarks.add(bytes[0..<8], at: 0, "magic PLIMMANI")
        remarks.add(bytes[8..<9], at: 8, "format \(bytes[8])")
        remarks.add(bytes[9..<16], at: 9, "zeros")
        remarks.add(bytes[16..<24], at: 16, "version \(version)")
        remarks.add(bytes[24..<56], at: 24, "SHA-256 of the version before")
        remarks.add(bytes[56..<64], at: 56, "length of the body")
        remarks.add(bytes[64..<bodyEnd], at: 64, "body")
        remarks.add(bytes[bodyEnd...], at: bodyEnd, "SHA-256 of all before")
        return remarks.text + summary(manifest, version)
    }

    private static func summary(_ manifest: Manifest, _ version: UInt64) -> String {
        let log = manifest.logStart
        var lines = [
            "manifest version \(version): position \(manifest.position), log from \(log.position) in file \(log.file)"
        ]
        for segment in manifest.segments {
            let description = segment.description
            let tables = description.tables.map { "\($0.table) \($0.rowCount)" }.joined(separator: ", ")
            let positions = segment.positions.map { "\($0.lowerBound)...\($0.upperBound)" } ?? "none"
            lines.append(
                "  \(description.fileName): \(description.lengthBytes) bytes, positions \(positions), rows: \(tables)")
        }
        for list in manifest.superseded {
            lines.append(
                "  superseded: \(list.rows.count) rows of \(list.table), segment \(list.segmentID), group \(list.group)"
            )
        }
        if let file = manifest.projections {
            lines.append("  projections: \(file.fileName), \(file.lengthBytes) bytes")
        }
        // Without the flag nothing is known: no version has set it, and the log says how it ends.
        if manifest.isCleanEnd { lines.append("  closed in order") }
        return lines.joined(separator: "\n") + "\n"
    }
}
