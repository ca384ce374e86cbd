import JSONTexts

/// A report as CSV files, one a section.
package struct ReportFiles: Hashable, Sendable {
    /// What asks for every section.
    package static let all = "all"

    /// A file's name, such as `cost-by_model.csv`, and its text.
    package struct File: Hashable, Sendable {
        /// Its name.
        package var name: String
        /// What it holds.
        package var text: String
    }

    /// In the order of the sections.
    package var files: [File]

    /// Every section.
    package init(_ report: Report) {
        files = report.sections.map { File(name: Self.name($0.name, of: report.name), text: ReportCSV.render($0)) }
    }

    /// One of them; all of them for nil and ``all``.
    /// - Throws: ``ReportError`` naming the sections there are.
    package func only(_ section: String?, of report: String) throws(ReportError) -> ReportFiles {
        guard let section, section != ReportFiles.all else { return self }
        var one = self
        one.files = files.filter { $0.name == Self.name(section, of: report) }
        guard !one.files.isEmpty else {
            let known =
                files.map { String($0.name.dropFirst(report.count + 1).dropLast(".csv".count)) } + [ReportFiles.all]
            throw ReportError(
                message: "the report \(report) has no section \(section)",
                hint: nameHint(to: section, known: known))
        }
        return one
    }

    private static func name(_ section: String, of report: String) -> String { "\(report)-\(section).csv" }
}

// All files in one HTTP body, as multipart/mixed (RFC 2046), whose boundary stands in no file.
extension ReportFiles {
    /// The body and the boundary that its content type must name.
    package var multipart: (body: String, boundary: String) {
        var number = 0
        while files.contains(where: {
            Self.place(of: Array("plimsoll-section-\(number)".utf8), in: Array($0.text.utf8), from: 0) != nil
        }) {
            number += 1
        }
        let boundary = "plimsoll-section-\(number)"
        var body = ""
        for file in files {
            body += "--\(boundary)\r\nContent-Type: text/csv; charset=utf-8\r\n"
            body += "Content-Disposition: attachment; filename=\"\(file.name)\"\r\n\r\n\(file.text)\r\n"
        }
        return (body + "--\(boundary)--\r\n", boundary)
    }

    /// Reads back what ``multipart`` wrote; nil for anything else, such as names that lead out of a folder: whoever
    /// answers is not believed.
    package init?(multipart body: String) {
        let bytes = Array(body.utf8)
        guard let end = Self.place(of: Array("\r\n".utf8), in: bytes, from: 0), bytes.starts(with: Array("--".utf8))
        else { return nil }
        let mark = Array(bytes[..<end])
        files = []
        var place = end + 2
        while let head = Self.place(of: Array("\r\n\r\n".utf8), in: bytes, from: place),
            let close = Self.place(of: Array("\r\n".utf8) + mark, in: bytes, from: head + 4)
        {
            let header = String(decoding: bytes[place..<head], as: UTF8.self)
            guard let name = header.split(separator: "filename=\"").last?.split(separator: "\"").first,
                name.utf8.allSatisfy(Self.isOfName), name.hasSuffix(".csv")
            else { return nil }
            files.append(File(name: String(name), text: String(decoding: bytes[(head + 4)..<close], as: UTF8.self)))
            place = close + 2 + mark.count
            if bytes[place...].starts(with: Array("--".utf8)) { return }
            place += 2
        }
        return nil
    }

    /// What stands in names of reports and sections, and before the ending of a file.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func place(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard start <= bytes.count - pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first {
            bytes[$0] == pattern[0] && bytes[$0...].starts(with: pattern)
        }
    }
}
