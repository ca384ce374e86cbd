import Columnar
import Platform
import Segments
import Synchronization
import Testing

/// Where times leave one bucket for the next is found out once for all who ask.
@Suite struct KeptRunsTests {
    private static let columns = [
        SegmentColumn(name: "time", type: .timestamptz), SegmentColumn(name: "shuffled", type: .timestamptz),
        SegmentColumn(name: "gaps", type: .timestamptz), SegmentColumn(name: "number", type: .integer),
    ]

    /// One a second; in no order; with nulls; no times.
    private static func chunk(first: Int, rows: Int) -> Chunk {
        let times = (0..<rows).map { Int64(first + $0) }
        var validity = Validity(count: rows, allValid: true)
        validity[3] = false
        let gaps = times.indices.map { $0 == 3 ? 0 : times[$0] }
        return Chunk(
            columns: [
                Vector(type: .timestamptz, count: rows, storage: .int64(times)),
                Vector(type: .timestamptz, count: rows, storage: .int64(times.map { $0 &* 7_919 % 10_007 })),
                Vector(type: .timestamptz, count: rows, storage: .int64(gaps), validity: validity),
                Vector(type: .integer, count: rows, storage: .int64(times)),
            ], rowCount: rows)
    }

    private static func buckets(of length: Int64) -> TimeBuckets {
        TimeBuckets(key: TimeBuckets.Key(unit: "\(length)")) { ($0 / length * length, $0 / length * length + length) }
    }

    private func groups(_ files: SegmentFiles, _ disk: any FileSystem, _ directory: String, id: UInt64 = 7) throws
        -> (reader: SegmentReader, groups: [RowGroup])
    {
        let writer = try SegmentWriter(fileSystem: disk, directory: directory, segmentID: id)
        for group in 0..<3 {
            try writer.add(table: "t", columns: Self.columns, chunk: Self.chunk(first: group * 950, rows: 1_000))
        }
        let description = try writer.finish()
        let reader = try SegmentReader.open(files: files, path: directory + "/" + description.fileName)
        return (reader, reader.groups(table: "t"))
    }

    /// The pages that an ask reads.
    private func ask(
        _ group: RowGroup, _ name: String, _ length: Int64
    ) throws -> (runs: RunColumn?, pages: Int, bytes: Int) {
        let statistics = ScanStatistics()
        let runs = try group.runs(named: name, in: Self.buckets(of: length), statistics: statistics)
        return (
            runs, statistics.pagesRead.load(ordering: .relaxed), statistics.bytesRead.load(ordering: .relaxed)
        )
    }

    @Test func whoAsksAgainReadsNothing() throws {
        try withTemporaryDirectory { directory in
            let disk = POSIXFileSystem()
            let (reader, groups) = try groups(SegmentFiles(fileSystem: disk), disk, directory)
            for round in 0..<3 {
                for (place, group) in groups.enumerated() {
                    for length in [Int64(100), 300] {
                        let (runs, pages, _) = try ask(group, "time", length)
                        guard case .int64(let times) = try group.column(0).storage else { throw TestFailure("times") }
                        let expected = times.span.bucketRuns {
                            ($0 / length * length, $0 / length * length + length)
                        }
                        #expect(runs?.values == expected?.values && runs?.ends == expected?.ends, "\(place), \(length)")
                        #expect(runs?.rowCount == 1_000 && pages == (round == 0 ? 1 : 0))
                    }
                }
            }
            // Times of which each has a bucket of its own are no runs, and that is known, too.
            for (name, length) in [("shuffled", Int64(100)), ("time", 1)] {
                let answers = try (0..<3).map { _ in try ask(groups[0], name, length) }
                #expect(answers.allSatisfy { $0.runs == nil } && answers.map(\.pages) == [1, 0, 0], "\(name)")
            }
            // Nulls have no bucket; other numbers are no times; nobody has others.
            for name in ["gaps", "number", "unheard-of"] {
                let (runs, pages, _) = try ask(groups[0], name, 100)
                #expect(runs == nil && pages == 0, "\(name)")
            }
            withExtendedLifetime(reader) {}
        }
    }

    @Test func bucketsThatAreRefusedAreNone() throws {
        try withTemporaryDirectory { directory in
            let disk = POSIXFileSystem()
            let (reader, groups) = try groups(SegmentFiles(fileSystem: disk), disk, directory)
            let refusing = TimeBuckets(key: TimeBuckets.Key(unit: "refusing")) { time in
                if time > 500 { throw TestFailure("beyond") }
                return (0, 500)
            }
            #expect(try groups[0].runs(named: "time", in: refusing) == nil)
            withExtendedLifetime(reader) {}
        }
    }

    @Test func noMoreIsKeptThanThereIsRoomFor() throws {
        try withTemporaryDirectory { directory in
            let disk = POSIXFileSystem()
            // Where nothing is kept, nothing is read for it.
            let (none, others) = try groups(SegmentFiles(fileSystem: disk, keptRunBytesMax: 0), disk, directory)
            #expect(try (0..<3).map { _ in try ask(others[0], "time", 100).pages } == [0, 0, 0])
            #expect(try ask(others[0], "time", 100).runs == nil)
            withExtendedLifetime(none) {}
            // Room for one or two of them: the others are not known, however often one asks, but for one turn in many.
            let (reader, groups) = try groups(
                SegmentFiles(fileSystem: disk, keptRunBytesMax: 600), disk, directory, id: 8)
            var (pages, known) = (0, 0)
            for _ in 0..<50 {
                for group in groups {
                    let answer = try ask(group, "time", 100)
                    pages += answer.pages
                    known += answer.runs == nil ? 0 : 1
                }
            }
            #expect((1...4).contains(pages) && (40..<150).contains(known))
            withExtendedLifetime(reader) {}
        }
    }

    @Test func damageShowsToTheFirstWhoAsks() throws {
        try withTemporaryDirectory { directory in
            let disk = POSIXFileSystem()
            let (reader, groups) = try groups(SegmentFiles(fileSystem: disk), disk, directory)
            let place = reader.pagePlaces(table: "t", column: 0)[1]
            let file = try disk.open(reader.path, .update)
            let middle = (place.lowerBound + place.upperBound) / 2
            var byte = try file.read(exactly: 1, at: middle)
            byte[0] ^= 4
            try file.write(byte, at: middle)
            #expect(throws: CorruptionError.self) { try ask(groups[1], "time", 100) }
            #expect(throws: CorruptionError.self) { try ask(groups[1], "time", 100) }
            #expect(try ask(groups[0], "time", 100).runs != nil)
        }
    }
}
