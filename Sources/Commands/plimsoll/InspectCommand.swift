import ArgumentParser
import EventLogs
import EventStores
import Platform
import Segments

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show any file that we write, in summary or byte by byte.",
        discussion: """
            A data directory is shown on one screen: events and where they are, times, segments, log, formats, the \
            largest tables, damage of its manifests; with --segments its manifest and, for each segment, tables, \
            groups and bytes by column. A segment, log, manifest or state file, or the copy of one, is shown itself. \
            Of key files it says what they are for, never what is in them. Nothing is changed and no lock is taken, so \
            a served directory may be inspected too.
            """)

    @Argument(help: ArgumentHelp("A data directory, or a file in it.", valueName: "path"))
    var path: String

    @Flag(help: "Of a file: every header field with offset, bytes and meaning.")
    var bytes = false

    @Flag(help: "Of a directory: its manifest, and each segment with tables, groups and bytes by column.")
    var segments = false

    @Option(help: "How to print the summary of a directory: text or json.")
    var format = SummaryFormat.text

    func validate() throws {
        if segments && bytes { throw ValidationError("--segments is of a directory, --bytes of a file in one") }
        if format == .json && (segments || bytes) { throw ValidationError("--format json is of the summary alone") }
    }

    func run() throws {
        let fileSystem = Machine().fileSystem
        if try fileSystem.isDirectory(path) {
            try inspectDirectory(fileSystem)
        } else if let text = try ManifestStore.inspection(ofFileAt: path, fileSystem, withBytes: bytes) {
            try StandardStream.output.print(text, terminator: "")
        } else if fileName(of: path).hasSuffix(segmentFileEnding) {
            let segment = try SegmentReader.open(fileSystem: fileSystem, path: path, expected: nil)
            try StandardStream.output.print(bytes ? try segment.remarks() : segment.inspection(), terminator: "")
        } else {
            try inspectOther(fileSystem)
        }
    }

    private func inspectOther(_ fileSystem: any FileSystem) throws {
        if let text = try StoreFileInspection.describe(fileSystem, path) {
            return try StandardStream.output.print(text)
        }
        let file = try fileSystem.open(path, .read)
        defer { file.close() }
        let isLog = fileName(of: path).hasSuffix(".log")
        guard try isLog || file.read(upTo: LogFormat.magic.count, at: 0) == LogFormat.magic else {
            throw CommandFailure(
                .badInput, "\(path) is no file that plimsoll writes",
                advice: "name a data directory, or a segment, manifest, log or state file in one")
        }
        var failure: StorageError?
        try LogInspector.inspect(file, detail: bytes ? .bytes(payloadMax: 256) : .records) { line in
            guard failure == nil else { return }
            do throws(StorageError) {
                try StandardStream.output.print(line)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func inspectDirectory(_ fileSystem: any FileSystem) throws {
        let isWhole = try fileSystem.isDirectory(path + "/segments") || fileSystem.isDirectory(path + "/log")
        if isWhole && !segments {
            let summary = try DirectorySummary(of: path, fileSystem)
            return try StandardStream.output.print(format == .json ? summary.json + "\n" : summary.text, terminator: "")
        }
        let folder = try fileSystem.isDirectory(path + "/segments") ? path + "/segments" : path
        try DirectoryInspection.describe(fileSystem, folder) { try StandardStream.output.print($0, terminator: "") }
    }
}
