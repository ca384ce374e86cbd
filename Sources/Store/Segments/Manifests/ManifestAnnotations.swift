internal import Bytes
internal import Platform

extension ManifestStore {
    /// The current version's file, field by field, its body as a summary: for `inspect` and the tests that hold the
    /// format still.
    /// - Precondition: a version was published.
    package func remarks() throws -> String {
        let bytes = try currentBytes()
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
        return remarks.text + summary()
    }

    /// What the current version names, a line each.
    package func summary() -> String {
        let log = current.logStart
        var lines = [
            "manifest version \(version): position \(current.position), log from \(log.position) in file \(log.file)"
        ]
        for segment in current.segments {
            let description = segment.description
            let tables = description.tables.map { "\($0.table) \($0.rowCount)" }.joined(separator: ", ")
            let positions = segment.positions.map { "\($0.lowerBound)...\($0.upperBound)" } ?? "none"
            lines.append(
                "  \(description.fileName): \(description.lengthBytes) bytes, positions \(positions), rows: \(tables)")
        }
        for list in current.superseded {
            lines.append(
                "  superseded: \(list.rows.count) rows of \(list.table), segment \(list.segmentID), group \(list.group)"
            )
        }
        if let file = current.projections { lines.append("  projections: \(file.fileName), \(file.lengthBytes) bytes") }
        // Without the flag nothing is known: no version has set it yet, and the log says how it ends.
        if current.isCleanEnd { lines.append("  closed in order") }
        return lines.joined(separator: "\n") + "\n"
    }
}
