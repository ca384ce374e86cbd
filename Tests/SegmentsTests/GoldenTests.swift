import Columnar
import Foundation
import Platform
import Segments
import Testing

/// Bytes on disk are a promise: what a small segment looks like is kept as text. `PLIMSOLL_REWRITE_GOLDENS=1` writes
/// the texts anew, for review.
struct GoldenTests {
    private func compare(_ text: String, _ name: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Goldens/Segments/\(name).txt").path
        if ProcessInfo.processInfo.environment["PLIMSOLL_REWRITE_GOLDENS"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func aSmallSegmentKeepsItsBytes() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 2, rows: 12)
        let reader = try SegmentReader.open(fileSystem: files, path: "/s/" + description.fileName)
        try compare(try reader.remarks(), "segment-remarks")
        try compare(reader.inspection(), "segment-inspection")
    }

    @Test func aManifestKeepsItsBytes() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        var manifest = Manifest()
        manifest.position = 12
        manifest.segments = [
            ManifestSegment(try writeSample(files, "/s", groups: 1, rows: 12), positions: 1...12, receivedRange: 5...9)
        ]
        manifest.superseded = [SupersededRows(table: "turns", segmentID: 7, group: 0, rows: [3, 4])]
        manifest.logStart = LogStart(file: 2, position: 13)
        try store.publish(manifest)
        let path = "/s/" + ManifestStore.fileName(1)
        let remarks = try ManifestStore.inspection(ofFileAt: path, files, withBytes: true)
        try compare(try #require(remarks), "manifest-remarks")
    }
}
