import Hashing
import Platform
import Segments
import Synchronization
import Testing

/// A file that is to the byte what was written is read once to find that out; of any other each place is named as
/// before.
struct AsWrittenTests {
    private func sample(groups: Int, rows: Int) throws -> (SimulatedFileSystem, SegmentDescription, String) {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: groups, rows: rows)
        return (files, description, "/s/" + description.fileName)
    }

    private func faults(_ reader: SegmentReader, _ sha256: [UInt8], decodes: Bool) throws -> [String] {
        var told: [String] = []
        try reader.faults(sha256: sha256, decodes: decodes) { told.append("\($0)") }
        return told
    }

    @Test func itIsReadOnce() throws {
        let (files, description, path) = try sample(groups: 40, rows: 2_000)
        let volume = CountingVolume(base: files)
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: volume), path: path, expected: (7, description.lengthBytes))
        let opened = volume.bytesRead
        #expect(try faults(reader, description.sha256, decodes: false) == [])
        #expect(volume.bytesRead - opened == description.lengthBytes)
        // Who decodes it reads its pages, too, and the file no third time.
        #expect(try faults(reader, description.sha256, decodes: true) == [])
        #expect(volume.bytesRead - opened <= 3 * description.lengthBytes)
    }

    @Test func eachFlippedByteIsToldAsByWhoDecodes() throws {
        let (files, description, path) = try sample(groups: 1, rows: 12)
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: files), path: path, expected: (7, description.lengthBytes))
        let whole = try files.contents(of: path)
        for index in whole.indices {
            files.damage(path) { $0[index] ^= 1 << UInt8(index % 8) }
            let told = try faults(reader, description.sha256, decodes: false)
            #expect(!told.isEmpty, "byte \(index)")
            #expect(try told == faults(reader, description.sha256, decodes: true), "byte \(index)")
            files.damage(path) { $0 = whole }
        }
        #expect(try faults(reader, description.sha256, decodes: false) == [])
    }

    /// A digest says that a file is what somebody wrote, checksums that each block is one of this place.
    @Test func aDigestDoesNotStandForChecksums() throws {
        let (files, description, path) = try sample(groups: 2, rows: 12)
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: files), path: path, expected: (7, description.lengthBytes))
        let place = reader.pagePlaces(table: "llm_call", column: 1)[1]
        files.damage(path) { $0[place.lowerBound + 9] ^= 1 }
        let digest = SHA256.hash(try files.contents(of: path))
        let told = try faults(reader, digest, decodes: false)
        #expect(told.count == 1 && told.first?.contains("\(place.lowerBound)") == true, "\(told)")
    }
}

/// Counts what is read of the files of another volume.
private final class CountingVolume: ForwardingFileSystem {
    let base: any FileSystem
    private let bytes = Mutex(0)

    init(base: any FileSystem) { self.base = base }

    var bytesRead: Int { bytes.withLock { $0 } }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        CountingFile(try base.open(path, options), self)
    }

    fileprivate func count(_ read: Int) { bytes.withLock { $0 += read } }
}

private final class CountingFile: File {
    private let base: any File
    private let volume: CountingVolume
    var path: String { base.path }

    init(_ base: any File, _ volume: CountingVolume) { (self.base, self.volume) = (base, volume) }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        let count = try base.read(into: &span, at: offset)
        volume.count(count)
        return count
    }

    func lengthBytes() throws(StorageError) -> Int { try base.lengthBytes() }
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? { try base.nextData(from: offset) }
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) { try base.write(bytes, at: offset) }
    func preallocate(bytes: Int) throws(StorageError) { try base.preallocate(bytes: bytes) }
    func flush() throws(StorageError) { try base.flush() }
    func truncate(toBytes length: Int) throws(StorageError) { try base.truncate(toBytes: length) }
    func close() { base.close() }
}
