import Foundation
import Reports
import Testing

/// The reports of the sample store as text, to be read in the diff; `REWRITE_GOLDENS=1` in the environment writes them
/// anew.
@Suite struct GoldenTests {
    @Test(arguments: ReportKind.allCases, ReportFormat.allCases)
    func reportsReadAsTheyDid(_ kind: ReportKind, _ format: ReportFormat) throws {
        var sample = try SampleStore.filled()
        let by: [ReportDimension] = kind == .cost ? [.month, .team, .model] : [.channel]
        try expect(
            try sample.runner().report(kind, ReportRequest(by: by)).rendered(format),
            "\(kind.rawValue).\(format.rawValue)")
    }

    @Test func statusAndConversationReadAsTheyDid() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        try expect(runner.status().rendered(.table), "status.table")
        // What was received while the sample's clock stood still lies before the end.
        let end = SampleStore.start + 3601 * 1_000_000_000
        try expect(runner.doctor(to: end).rendered(.table), "doctor.table")
        try expect(try #require(try runner.conversation("c2")).text, "conversation.table")
    }

    private func expect(_ text: String, _ name: String) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Goldens/Reports/\(name)")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    /// A header, then lines as wide, quotes and line ends in cells included.
    @Test(arguments: ReportKind.allCases) func csvLinesAreAsWideAsTheHeader(_ kind: ReportKind) throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(kind, ReportRequest(by: [.channel]))
        for file in ReportFiles(report).files {
            #expect(file.text.hasSuffix("\r\n"))
            let widths = Self.widths(file.text)
            #expect(widths.count > 0 && Set(widths).count == 1, "\(file.name)")
        }
        #expect(Self.widths(report.rendered(.csv)).count > 2)
        #expect(report.rendered(.csv).contains("\"email, \"\"slow\"\"\""))
    }

    private static func widths(_ text: String) -> [Int] {
        var (fields, widths, isQuoted) = (1, [Int](), false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: fields += 1
            case 0x0A where !isQuoted:
                widths.append(fields)
                fields = 1
            default: break
            }
        }
        return isQuoted ? [] : widths
    }
}
