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
            A data directory shows its manifest and, for each segment, tables, groups and bytes by column; a segment, log, manifest or \
            state file itself. Of key files it says what they are for, never what is in them. \
            Nothing is changed and no lock is taken, so a served directory may be inspected too.
            """)

    @Argument(help: ArgumentHelp("A data directory, or a file in it.", valueName: "path"))
    var path: String

    @Flag(help: "Every header field with offset, bytes and meaning.")
    var bytes = false

    func run() throws {
        let fileSystem = Machine().fileSystem
        if try fileSystem.isDirectory(path) {
            try inspectDirectory(fileSystem)
        } else if fileName(of: path).hasPrefix("manifest-") {
            let text = try EventStore.readingBeside {
                let (store, _) = try ManifestStore.open(
                    fileSystem: fileSystem, directory: parentDirectory(of: path), isKnown: { _ in true })
                return bytes ? try store.remarks() : store.summary()
            }
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
        let folder = try fileSystem.isDirectory(path + "/segments") ? path + "/segments" : path
        try DirectoryInspection.describe(fileSystem, folder) { try StandardStream.output.print($0, terminator: "") }
    }
}
