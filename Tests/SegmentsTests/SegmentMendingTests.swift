import Platform
import Segments
import Testing

/// A bit that has turned is found by the checksum of its block, and nothing else is taken for it.
struct SegmentMendingTests {
    private func sample() throws -> (files: SimulatedFileSystem, path: String, SegmentDescription, whole: [UInt8]) {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 2, rows: 30)
        let path = "/s/" + description.fileName
        return (files, path, description, try files.contents(of: path))
    }

    @Test func aBitOfAnyBlockIsFound() throws {
        let (files, path, description, whole) = try sample()
        #expect(try SegmentMending.patches(path: path, description: description, fileSystem: files)?.isEmpty == true)
        for offset in stride(from: 0, to: whole.count, by: 13) {
            files.damage(path) { $0[offset] ^= 1 << UInt8(offset % 8) }
            let patches = try SegmentMending.patches(path: path, description: description, fileSystem: files)
            #expect(patches == [offset: whole[offset]], "\(offset)")
            files.damage(path) { $0 = whole }
        }
    }

    @Test func oneOfSeveralBlocksEach() throws {
        let (files, path, description, whole) = try sample()
        let reader = try SegmentReader.open(fileSystem: files, path: path)
        let places = reader.pagePlaces(table: "llm_call", column: 1)
        try #require(places.count == 2 && places[0] != places[1])
        files.damage(path) { bytes in
            let offsets = [9, places[0].lowerBound + 3, places[1].upperBound - 1, bytes.count - 1]
            for offset in offsets { bytes[offset] ^= 4 }
        }
        let patches = try SegmentMending.patches(path: path, description: description, fileSystem: files)
        #expect(patches?.count == 4 && patches?.allSatisfy { whole[$0.key] == $0.value } == true)
    }

    /// Two bits of a block, another length, another segment: what was written is not known.
    @Test func moreThanThatIsNotGuessed() throws {
        let (files, path, description, whole) = try sample()
        let reader = try SegmentReader.open(fileSystem: files, path: path)
        let place = try #require(reader.pagePlaces(table: "llm_call", column: 1).first)
        func patches() throws -> [Int: UInt8]? {
            try SegmentMending.patches(path: path, description: description, fileSystem: files)
        }
        files.damage(path) { for offset in place.suffix(2) { $0[offset] ^= 1 } }
        #expect(try patches() == nil)
        for length in [0, 31, 63, whole.count - 1] {
            files.damage(path) { $0 = Array(whole[..<length]) }
            #expect(try patches() == nil)
        }
        files.damage(path) { $0 = whole + [0] }
        #expect(try patches() == nil)
        let other = try writeSample(files, "/s", id: 8, groups: 2, rows: 30)
        let foreign = try files.contents(of: "/s/" + other.fileName)
        files.damage(path) { $0 = foreign }
        #expect(try patches() == nil)
        try files.remove(path)
        #expect(try patches() == nil)
    }
}
