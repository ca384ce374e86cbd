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
    package init(_ report: Report) { self.init(report) { _ in } }

    /// The same.
    /// - Parameter took: is told how many bytes more are held, row by row.
    init(_ report: Report, _ took: (Int) throws -> Void) rethrows {
        files = try report.sections.map {
            File(name: Self.name($0.name, of: report.name), text: try ReportCSV.render($0, took))
        }
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
        // A text of anybody may have a boundary in it: one look finds all of them.
        var taken: Set<Int> = []
        for file in files { Self.addNumbers(behind: Array(Self.boundary.utf8), in: Array(file.text.utf8), to: &taken) }
        var number = 0
        while taken.contains(number) { number += 1 }
        let boundary = Self.boundary + String(number)
        var body = ""
        for file in files {
            body += "--\(boundary)\r\nContent-Type: text/csv; charset=utf-8\r\n"
            body += "Content-Disposition: attachment; filename=\"\(file.name)\"\r\n\r\n\(file.text)\r\n"
        }
        return (body + "--\(boundary)--\r\n", boundary)
    }

    /// What a boundary begins with, before its number.
    private static let boundary = "plimsoll-section-"

    /// The numbers that stand behind a text, and those that these begin with.
    private static func addNumbers(behind pattern: [UInt8], in bytes: [UInt8], to numbers: inout Set<Int>) {
        var place = 0
        while let found = self.place(of: pattern, in: bytes, from: place) {
            place = found + pattern.count
            var number = 0
            // Longer ones are no numbers of boundaries: there are not as many texts.
            for byte in bytes[place...].prefix(9).prefix(while: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
                numbers.insert(number)
            }
        }
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
