import Columnar
import Platform
import Segments
import Synchronization
import Testing

struct SegmentTests {
    @Test func whatIsWrittenIsRead() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory)
            #expect(description.fileName == "0000000000000007.segment")
            #expect(
                description.tables == [
                    TableRows(table: "feedback", rowCount: 2), TableRows(table: "llm_call", rowCount: 300),
                ])
            #expect(description.timeRange == 0...299_000_000_000)
            let path = directory + "/" + description.fileName
            let reader = try SegmentReader.open(fileSystem: files, path: path, expected: (7, description.lengthBytes))
            #expect(reader.metadata == [1, 2, 3] && reader.tableNames == ["feedback", "llm_call"])
            let groups = reader.groups(table: "llm_call")
            #expect(groups.map(\.rowCount) == [100, 100, 100])
            let statistics = ScanStatistics()
            let cost = try groups[1].column(named: "cost_usd", type: .numeric(scale: 12), statistics: statistics)
            guard case .int64(let values) = cost.storage else { throw TestFailure("integers") }
            #expect(values == (0..<100).map { Int64($0 * 150_000) })
            #expect(statistics.pagesRead.load(ordering: .relaxed) == 1)
            #expect(groups[1].summary(3).sum == 742_500_000)
            // One value throughout: no page is read.
            guard case .constant(.boolean(true)) = try groups[0].column(4, statistics: statistics).storage else {
                throw TestFailure("a constant")
            }
            #expect(statistics.pagesRead.load(ordering: .relaxed) == 1)
            guard case .constant(.null) = try groups[0].column(named: "added later", type: .text).storage else {
                throw TestFailure("nulls")
            }
            try reader.verify(sha256: description.sha256)
            #expect(try files.list(directory).map(\.name) == [description.fileName])
        }
    }

    @Test func columnsMayJoinLater() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let writer = try SegmentWriter(fileSystem: files, directory: directory, segmentID: 1)
            let a = SegmentColumn(name: "a", type: .integer)
            let b = SegmentColumn(name: "b", type: .integer)
            let one = Vector(type: .integer, count: 2, storage: .int64([1, 2]))
            let two = Vector(type: .integer, count: 2, storage: .int64([3, 4]))
            try writer.add(table: "t", columns: [a], chunk: Chunk(columns: [one], rowCount: 2))
            try writer.add(table: "t", columns: [b, a], chunk: Chunk(columns: [two, one], rowCount: 2))
            let description = try writer.finish()
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let groups = reader.groups(table: "t")
            #expect(groups[0].columnNames == ["a", "b"])
            guard case .constant(.null) = try groups[0].column(1).storage,
                case .int64([3, 4]) = try groups[1].column(1).storage
            else {
                throw TestFailure("b null in the first group only")
            }
        }
    }

    /// Beside a log no flush has more to do than a step of it, and the file is the same.
    @Test func longFilesAreFlushedInSteps() throws {
        func written(flushesInSteps: Bool) throws -> (description: SegmentDescription, flushes: Int) {
            let files = SimulatedFileSystem()
            try files.createDirectories("/s")
            let writer = try SegmentWriter(
                fileSystem: files, directory: "/s", segmentID: 1, flushesInSteps: flushesInSteps)
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<16 {
                // Finite, and like nothing that could be packed.
                let values = (0..<65_536).map { _ in Double(bitPattern: generator.next() >> 2) }
                let vector = Vector(type: .double, count: values.count, storage: .double(values))
                try writer.add(
                    table: "t", columns: [SegmentColumn(name: "score", type: .double)],
                    chunk: Chunk(columns: [vector], rowCount: values.count))
            }
            return (try writer.finish(), files.counts.flushes)
        }
        let (one, oneFlush) = try written(flushesInSteps: false)
        let (other, flushes) = try written(flushesInSteps: true)
        #expect(one.sha256 == other.sha256 && one.lengthBytes == other.lengthBytes)
        #expect(one.lengthBytes > 7 << 20)
        #expect(oneFlush == 1)
        // Steps of two mebibytes, found out by whole mebibytes, and the end.
        #expect((one.lengthBytes >> 21) - 1...(one.lengthBytes >> 21) + 1 ~= flushes)
        #expect(flushes >= 3)
    }

    /// Columns of a group with the same values have one page.
    @Test func equalPagesAreWrittenOnce() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let columns = ["cost", "low", "high"].map { SegmentColumn(name: $0, type: .numeric(scale: 12)) }
            func cost(_ more: Int64) -> Vector {
                Vector(
                    type: .numeric(scale: 12), count: 400,
                    storage: .int64((0..<400).map { Int64($0) * 7919 % 10_007 + ($0 == 200 ? more : 0) }))
            }
            func written(_ id: UInt64, _ high: Vector) throws -> (reader: SegmentReader, digest: [UInt8]) {
                let writer = try SegmentWriter(fileSystem: files, directory: directory, segmentID: id)
                let chunk = Chunk(columns: [cost(0), cost(0), high], rowCount: 400)
                try writer.add(table: "t", columns: columns, chunk: chunk)
                let description = try writer.finish()
                let path = directory + "/" + description.fileName
                return (try SegmentReader.open(fileSystem: files, path: path), description.sha256)
            }
            let (one, digest) = try written(1, cost(0))
            let (other, _) = try written(2, cost(1))
            let group = one.groups(table: "t")[0]
            #expect(try (0..<3).allSatisfy { sameValues(try group.column($0), cost(0)) })
            let last = try other.groups(table: "t")[0].column(2)
            #expect(sameValues(last, cost(1)))
            let places = (0..<3).flatMap { one.pagePlaces(table: "t", column: $0) }
            #expect(Set(places).count == 1 && other.lengthBytes > one.lengthBytes + places[0].count / 2)
            try one.verify(sha256: digest)
            #expect(one.inspection().contains("high: 0 bytes for 400 values, 0.00 each (as cost ×1)"))
            #expect(one.tableUsage().map(\.bytes) == [places[0].count])
        }
    }

    @Test func groupsAreSkippedByRangeAndFilter() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 40, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let groups = reader.groups(table: "llm_call")
            let names = callColumns.map(\.name)
            func left(_ predicates: [ColumnPredicate]) throws -> [Int] {
                try groups.filter { try !$0.canSkip(predicates, names: names) }.map(\.index)
            }
            let window = [
                ColumnPredicate(column: 0, comparison: .greaterOrEqual(.timestamptz(1_000_000_000_000))),
                ColumnPredicate(column: 0, comparison: .less(.timestamptz(1_500_000_000_000))),
            ]
            #expect(try left(window) == [2])
            // Row 5,000 lies in group 10; its conversation number orders as text among the others.
            #expect(try left([ColumnPredicate(column: 1, comparison: .equal(.text("c-1001000")))]) == [10])
            #expect(try left([ColumnPredicate(column: 5, comparison: .equal(.text("refused")))]) == [])
            #expect(try left([ColumnPredicate(column: 4, comparison: .notEqual(.boolean(true)))]) == [])
            #expect(try left([ColumnPredicate(column: 5, comparison: .isNull)]).count == 40)
            // Zone maps cannot rule these out, so only filters can.
            var kept = 0
            for number in 0..<100 {
                for group in groups {
                    let text = "c-10\(10 + number % 20)\(number)x"
                    kept += try group.mightContain(1, text: text) ? 1 : 0
                }
            }
            #expect(kept < 40 * 100 / 20)
        }
    }

    /// What is known of all groups together is what is known of each, and refutes nothing that one of them may hold.
    @Test func groupsTogetherTellWhatEachTells() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 5, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            #expect(reader.table(named: "nothing") == nil)
            guard let whole = reader.table(named: "llm_call") else { throw TestFailure("a table") }
            #expect(whole.groupCount == 5 && whole.rowCount == 2_500)
            #expect(whole.groups.map(\.index) == [0, 1, 2, 3, 4])
            let time = whole.summary(named: "time")
            #expect(time?.minimum == .timestamptz(0) && time?.maximum == .timestamptz(2_499_000_000_000))
            let conversations = whole.summary(named: "conversation_id")
            #expect(conversations?.minimum == .text("c-1000000") && conversations?.maximum == .text("c-1000499"))
            // Five times the sum of 0..<500, each 150,000.
            #expect(whole.summary(named: "cost_usd")?.sum == 93_562_500_000)
            // Of 500 rows 72 have an error.
            #expect(whole.summary(named: "error_type")?.nullCount == 5 * 428)
            #expect(whole.summary(named: "added later") == nil)
            let names = callColumns.map(\.name) + ["added later"]
            func refutes(_ column: Int, _ comparison: ColumnPredicate.Comparison) -> Bool {
                whole.refutes([ColumnPredicate(column: column, comparison: comparison)], names: names)
            }
            #expect(refutes(0, .greater(.timestamptz(2_499_000_000_000))))
            #expect(!refutes(0, .equal(.timestamptz(1_000_000_000_000))))
            #expect(refutes(1, .equal(.text("c-1000500"))) && !refutes(1, .equal(.text("c-1000123"))))
            #expect(refutes(6, .equal(.text("x"))) && !refutes(6, .isNull))
        }
    }

    /// Some rows of a column are those of the whole, from one page read.
    @Test func rowsArePickedFromAGroup() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 2, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let group = reader.groups(table: "llm_call")[1]
            let rows: [UInt32] = [7, 8, 250, 499]
            let statistics = ScanStatistics()
            let picked = try group.column(named: "conversation_id", type: .text, rows: rows, statistics: statistics)
            let texts = (0..<4).map { picked.scalar(at: $0) }
            #expect(texts == ["c-1000101", "c-1000101", "c-1000150", "c-1000199"].map { Scalar.text($0) })
            #expect(statistics.pagesRead.load(ordering: .relaxed) == 1)
            let nothing = try group.column(named: "added later", type: .text, rows: rows)
            #expect(nothing.count == 4 && nothing.scalar(at: 0).isNull)
        }
    }

    /// A page of which few rows are wanted is read and verified once, whoever wants others of them; whoever verifies
    /// reads the file.
    @Test func pagesOfFewRowsAreReadOnce() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 2, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let group = reader.groups(table: "llm_call")[1]
            let statistics = ScanStatistics()
            func rows(_ text: String, _ column: String = "conversation_id") throws -> [UInt32]? {
                try group.rows(ofTexts: [Array(text.utf8)], in: column, statistics: statistics)
            }
            #expect(try rows("c-1000101") == [5, 6, 7, 8, 9])
            let bytes = statistics.bytesRead.load(ordering: .relaxed)
            #expect(bytes > 0)
            #expect(try rows("c-1000x") == [])
            let picked = try group.column(
                named: "conversation_id", type: .text, rows: [7], statistics: statistics)
            #expect(picked.scalar(at: 0) == .text("c-1000101"))
            #expect(statistics.bytesRead.load(ordering: .relaxed) == bytes)
            #expect(statistics.pagesRead.load(ordering: .relaxed) == 3)
            _ = try group.column(named: "conversation_id", type: .text, statistics: statistics)
            #expect(statistics.bytesRead.load(ordering: .relaxed) == 2 * bytes)
            #expect(try rows("small", "model") == nil, "nobody looks up a model")
            #expect(try rows("small", "added later") == [])
        }
    }

    /// A table that was asked for by a number is the one of its name, and one that is not there is not found later.
    @Test func tablesAreFoundByTheirNumbers() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 2, rows: 10)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            for _ in 0..<2 {
                let tables: [(UInt16, String)] = [(7, "feedback"), (3, "llm_call"), (0, "nothing"), (300, "later")]
                for (number, name) in tables {
                    let found = reader.table(named: name, number: number)
                    #expect(found?.rowCount == reader.table(named: name)?.rowCount, "\(name)")
                    #expect((found == nil) == (number % 100 == 0))
                }
            }
        }
    }

    /// Rows with a text of few are found in the page, which nobody keeps for that.
    @Test func rowsOfOneOfFewTextsAreFound() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 2, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            for group in reader.groups(table: "llm_call") {
                let models = try group.column(named: "model", type: .text)
                let texts = Set((0..<group.rowCount).compactMap { row -> String? in
                    if case .text(let text) = models.scalar(at: row) { text } else { nil }
                })
                #expect(texts.count > 1)
                for text in texts.sorted() + ["nothing of this"] {
                    let statistics = ScanStatistics()
                    let found = try group.rows(withText: Array(text.utf8), in: "model", statistics: statistics)
                    let wanted = (0..<group.rowCount).filter { models.scalar(at: $0) == .text(text) }
                    #expect(found == wanted.map { UInt32($0) }, "\(text)")
                    #expect(statistics.pagesRead.load(ordering: .relaxed) == 1)
                }
                #expect(try group.rows(withText: [97], in: "added later") == [])
            }
        }
    }

    /// Of a column with nulls values come without the rows that have none; of others nothing is read for that.
    @Test(arguments: [true, false]) func valuesComeWithoutNulls(sharesTexts: Bool) throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 1, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let group = reader.groups(table: "llm_call")[0]
            let statistics = ScanStatistics()
            for name in ["time", "conversation_id", "cost_usd", "ok", "added later"] {
                #expect(try group.present(named: name, statistics: statistics, sharesTexts: sharesTexts) == nil)
            }
            #expect(statistics.pagesRead.load(ordering: .relaxed) == 0)
            // The second time its texts may be known.
            for reading in 1...2 {
                let found = try group.present(named: "error_type", statistics: statistics, sharesTexts: sharesTexts)
                let present = try #require(found)
                #expect(present.rowCount == 500 && present.values.count == 72)
                #expect((0..<72).allSatisfy { present.values.scalar(at: $0) == .text("timeout") })
                #expect(present.rows(at: [0, 1, 71]) == [0, 7, 497])
                #expect(statistics.pagesRead.load(ordering: .relaxed) == reading)
            }
        }
    }

    /// The latest rows of a group are found without reading the column again, and of columns with nulls or without an
    /// order of numbers nothing is said.
    @Test func latestRowsAreFoundInThePage() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 1, rows: 5_000)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let group = reader.groups(table: "llm_call")[0]
            let statistics = ScanStatistics()
            func latest(_ count: Int, _ column: String = "time") throws -> [UInt32]? {
                try group.rows(first: count, descending: true, in: column, statistics: statistics)
            }
            #expect(try latest(50) == Array(4_950..<5_000))
            let bytes = statistics.bytesRead.load(ordering: .relaxed)
            #expect(bytes > 0)
            #expect(try latest(2) == [4_998, 4_999])
            #expect(try group.rows(first: 1, descending: false, in: "time", statistics: statistics) == [0])
            #expect(statistics.bytesRead.load(ordering: .relaxed) == bytes)
            #expect(try latest(5_000) == nil, "all rows are wanted")
            for column in ["error_type", "ok", "model", "added later"] { #expect(try latest(3, column) == nil) }
            let times: ClosedRange<Int64> = 4_090_000_000_000...4_097_500_000_000
            #expect(try group.rows(within: times, in: "time", statistics: statistics) == Array(4_090...4_097))
            #expect(try group.rows(within: 1...2, in: "error_type") == nil)
            #expect(statistics.bytesRead.load(ordering: .relaxed) == bytes)
        }
    }

    /// A filter is read once for whoever asks one conversation after another; whoever verifies reads the file.
    @Test func filtersAreReadOnce() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 3, rows: 500)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            let groups = reader.groups(table: "llm_call")
            let names = callColumns.map(\.name)
            let statistics = ScanStatistics()
            // Between the texts of the first group, and none of them.
            func look(for text: String) throws -> Bool {
                let predicate = ColumnPredicate(column: 1, comparison: .equal(.text(text)))
                return try groups[0].canSkip([predicate], names: names, statistics: statistics)
            }
            #expect(try !look(for: "c-1000007"))
            let bytes = statistics.bytesRead.load(ordering: .relaxed)
            #expect(bytes > 0)
            #expect(try (0..<50).filter { try look(for: "c-1000007x\($0)") }.count > 40)
            #expect(try !look(for: "c-1000007"))
            #expect(statistics.bytesRead.load(ordering: .relaxed) == bytes)
            _ = try groups[0].filter(1, statistics: statistics)
            #expect(statistics.bytesRead.load(ordering: .relaxed) == 2 * bytes)
        }
    }

    /// Finished means durable under its name, whatever part of what was not flushed a power cut leaves: readers may be
    /// told of the segment before anything else in its directory is flushed.
    @Test(arguments: 0..<32) func aFinishedSegmentOutlivesAPowerCut(seed: Int) throws {
        let files = SimulatedFileSystem(seed: UInt64(seed))
        try files.createDirectories("/segments")
        let description = try writeSample(files, "/segments")
        files.crash(.power)
        #expect(try files.list("/segments").map(\.name) == [description.fileName])
        let reader = try SegmentReader.open(
            fileSystem: files, path: "/segments/" + description.fileName, expected: (7, description.lengthBytes))
        try reader.verify(sha256: description.sha256)
    }

    @Test func identitiesAreFoundAndOthersSeldom() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory, groups: 10, rows: 2_000)
            let reader = try SegmentReader.open(fileSystem: files, path: directory + "/" + description.fileName)
            guard let filter = try reader.identityFilter() else { throw TestFailure("a filter") }
            let found = (0..<UInt64(20_000)).filter { filter.mightContain(identityHash($0)) }.count
            let strangers = (0..<UInt64(100_000)).filter { filter.mightContain(identityHash($0 + 1_000_000)) }.count
            #expect(found == 20_000)
            #expect(strangers < 1_000, "\(strangers) of 100,000")
            #expect(filter.byteCount * 8 <= 20_000 * 13)
        }
    }

    @Test func wrongExpectationsAreNamed() throws {
        try withTemporaryDirectory { directory in
            let files = POSIXFileSystem()
            let description = try writeSample(files, directory)
            let path = directory + "/" + description.fileName
            #expect(throws: CorruptionError.self) {
                try SegmentReader.open(fileSystem: files, path: path, expected: (8, description.lengthBytes))
            }
            #expect(throws: CorruptionError.self) {
                try SegmentReader.open(fileSystem: files, path: path, expected: (7, description.lengthBytes - 1))
            }
            #expect(throws: CorruptionError.self) {
                try SegmentReader.open(fileSystem: files, path: path).verify(sha256: Array(repeating: 0, count: 32))
            }
        }
    }
}

struct TestFailure: Error {
    var expectation: String
    init(_ expectation: String) { self.expectation = expectation }
}

private func sameValues(_ left: Vector, _ right: Vector) -> Bool {
    guard case .int64(let ours) = left.storage, case .int64(let theirs) = right.storage else { return false }
    return ours == theirs
}
