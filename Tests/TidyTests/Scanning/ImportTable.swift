/// The table of `Sources/README.md`: rows `| target | folder | may import | from elsewhere |`, names in back quotes.
struct ImportTable {
    struct Row: Equatable {
        var target: String
        /// From the repository's root.
        var folder: String
        var imports: [String]
        /// Modules that come with Swift or with packages of others.
        var elsewhere: [String]
        var line: Int
    }

    var rows: [Row] = []

    init(parsing text: String) {
        var isInside = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map(
                Self.names)
            guard cells.count == 4 else {
                isInside = false
                continue
            }
            if line.contains("may import") {
                isInside = true
                continue
            }
            guard isInside, let target = cells[0].first, let folder = cells[1].first else { continue }
            rows.append(Row(target: target, folder: folder, imports: cells[2], elsewhere: cells[3], line: index + 1))
        }
    }

    /// What stands in back quotes.
    private static func names(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
            String($0.element)
        }
    }

    /// The row whose folder holds a path; the deepest one.
    func row(of path: String) -> Row? {
        rows.filter { path.hasPrefix($0.folder + "/") }.max { $0.folder.count < $1.folder.count }
    }
}
