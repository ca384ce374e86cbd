import Columnar
import Platform
import Segments
import Synchronization
import Testing

/// Tables of a segment have texts in common: what is read is what segments without that read, from fewer bytes.
struct SharedTextsSegmentTests {
    private static func columns(_ isShared: Bool) -> [SegmentColumn] {
        [
            SegmentColumn(name: "time", type: .timestamptz),
            SegmentColumn(name: "trace_id", type: .text, hint: isShared ? .sharedLookup : .lookup),
            SegmentColumn(name: "user_id", type: .text, hint: isShared ? .shared : .plain),
        ]
    }

    private static func trace(_ number: Int) -> String {
        let digits = String(UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// `rows` rows from number `first` on, one a second; of some tables each fifth has no user.
    private static func chunk(first: Int, rows: Int, hasNulls: Bool) -> Chunk {
        let numbers = Array(first..<(first + rows))
        return Chunk(
            columns: [
                Vector(type: .timestamptz, count: rows, storage: .int64(numbers.map { Int64($0) * 1_000_000_000 })),
                Vector(type: .text, scalars: numbers.map { .text(trace($0)) }),
                Vector(
                    type: .text,
                    scalars: numbers.map { hasNulls && $0 % 5 == 0 ? .null : .text("u-\($0 * 7_919 % 90)") }),
            ], rowCount: rows)
    }

    private static let tables = ["cache_lookup", "llm_call", "message_sent"]

    /// Two groups of each of three tables, whose rows are mostly those of the others.
    private static func write(
        _ files: any FileSystem, id: UInt64, isShared: Bool, rows: Int = 400
    ) throws -> SegmentDescription {
        let writer = try SegmentWriter(fileSystem: files, directory: "/s", segmentID: id)
        for (number, table) in tables.enumerated() {
            for group in 0..<2 {
                let chunk = chunk(first: group * rows + number * 3, rows: rows, hasNulls: number == 1)
                try writer.add(table: table, columns: columns(isShared), chunk: chunk)
            }
        }
        return try writer.finish()
    }

    private static func open(_ files: any FileSystem, _ description: SegmentDescription) throws -> SegmentReader {
        try SegmentReader.open(
            fileSystem: files, path: "/s/" + description.fileName,
            expected: (description.segmentID, description.lengthBytes))
    }

    private static func values(_ vector: Vector) -> [Scalar] { (0..<vector.count).map { vector.scalar(at: $0) } }

    @Test func columnsAreThoseOfASegmentWithoutThem() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let one = try Self.write(files, id: 1, isShared: true)
        let other = try Self.write(files, id: 2, isShared: false)
        let (shared, plain) = (try Self.open(files, one), try Self.open(files, other))
        #expect(try contents(shared) == contents(plain))
        try shared.verify(sha256: one.sha256)
        // Each trace is written once and not three times.
        #expect(other.lengthBytes > one.lengthBytes + 1_000)
        #expect(shared.inspection().contains("texts of trace_id: 806 in 1 blocks"))
        #expect(shared.inspection().contains("texts of user_id: 90 in 1 blocks"))
        #expect(!plain.inspection().contains("texts of"))
        for table in Self.tables {
            for (group, same) in zip(shared.groups(table: table), plain.groups(table: table)) {
                for column in ["trace_id", "user_id"] {
                    for rows in [[], [7], [0, 31, 399]] as [[UInt32]] {
                        let picked = try group.column(named: column, type: .text, rows: rows)
                        let wanted = try same.column(named: column, type: .text, rows: rows)
                        #expect(Self.values(picked) == Self.values(wanted))
                    }
                    // As whoever compares groups reads them; the second time they are known.
                    for _ in 0..<2 {
                        let found = try group.column(named: column, type: .text, sharesTexts: true)
                        let wanted = try same.column(named: column, type: .text)
                        #expect(Self.values(found) == Self.values(wanted))
                    }
                }
            }
        }
        #expect(try Self.write(files, id: 1, isShared: true) == one, "equal rows make equal bytes")
    }

    /// Questions that group by ids one after the other: from the second on no block of texts is read.
    @Test func textsOfKeysAreReadNoMore() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let segments = SegmentFiles(fileSystem: files)
        let descriptions = try (1...2).map { try Self.write(files, id: UInt64($0), isShared: true) }
        let readers = try descriptions.map { description in
            try SegmentReader.open(
                files: segments, path: "/s/" + description.fileName,
                expected: (description.segmentID, description.lengthBytes))
        }
        let plain = try Self.open(files, descriptions[0])
        var bytes: [Int] = []
        var last: [TextDictionary] = []
        for round in 0..<4 {
            let statistics = ScanStatistics()
            for reader in readers {
                for table in Self.tables {
                    for (group, same) in zip(reader.groups(table: table), plain.groups(table: table)) {
                        for name in ["trace_id", "user_id"] {
                            let found = try group.column(
                                named: name, type: .text, statistics: statistics, sharesTexts: true, isOfKeys: true)
                            let wanted = try same.column(named: name, type: .text)
                            #expect(Self.values(found) == Self.values(wanted), "round \(round), \(table)")
                            guard round == 3, name == "trace_id", case .text(_, let dictionary) = found.storage else {
                                continue
                            }
                            last.append(dictionary)
                        }
                    }
                }
            }
            bytes.append(statistics.bytesRead.load(ordering: .relaxed))
        }
        let texts = readers.flatMap(\.sharedTextPlaces).reduce(0) { $0 + $1.count }
        #expect(texts > 0 && bytes[1] + texts <= bytes[0])
        #expect(bytes[2] == bytes[1] && bytes[3] == bytes[1])
        // Ids of both segments have the same numbers.
        #expect(last.count == 12 && last.allSatisfy { $0.agrees(with: last[0]) && $0.isKept })
        #expect(last[0].count == 806)
    }

    /// Many rows of a group are known by their numbers, too, from the third question on; few come with their texts.
    @Test func rowsOfKeysAreKnownByNumbers() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try Self.write(files, id: 1, isShared: true)
        let (reader, plain) = (try Self.open(files, description), try Self.open(files, description))
        let rows = (0..<UInt32(400)).filter { $0 % 4 != 1 }
        var bytes: [Int] = []
        var numbered = 0
        for round in 0..<4 {
            let statistics = ScanStatistics()
            for table in Self.tables {
                for (group, same) in zip(reader.groups(table: table), plain.groups(table: table)) {
                    let found = try group.column(
                        named: "trace_id", type: .text, rows: rows, statistics: statistics, isOfKeys: true)
                    let wanted = try same.column(named: "trace_id", type: .text, rows: rows)
                    #expect(Self.values(found) == Self.values(wanted), "round \(round), \(table)")
                    guard round == 3, case .text(_, let dictionary) = found.storage else { continue }
                    numbered += dictionary.isKept ? 1 : 0
                    let few = try group.column(named: "trace_id", type: .text, rows: [3, 31, 399], isOfKeys: true)
                    #expect(Self.values(few) == [2, 23, 299].map { wanted.scalar(at: $0) }, "\(table)")
                    if case .text(_, let own) = few.storage { #expect(!own.isKept && own.count <= 3) }
                }
            }
            bytes.append(statistics.bytesRead.load(ordering: .relaxed))
        }
        #expect(numbered == 6)
        let texts = reader.sharedTextPlaces.reduce(0) { $0 + $1.count }
        #expect(texts > 0 && bytes[2] + texts <= bytes[0] && bytes[3] == bytes[2])
    }

    /// Which texts occur in a page is found out once, and they are those of its rows.
    @Test func textsThatOccurAreFoundOutOnce() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let reader = try Self.open(files, try Self.write(files, id: 1, isShared: true))
        let plain = try Self.open(files, try Self.write(files, id: 2, isShared: false))
        let statistics = ScanStatistics()
        for round in 0..<5 {
            let before = statistics.pagesRead.load(ordering: .relaxed)
            for table in Self.tables {
                for (group, same) in zip(reader.groups(table: table), plain.groups(table: table)) {
                    for name in ["trace_id", "user_id"] {
                        let found = try group.texts(named: name, statistics: statistics)
                        // Texts get their numbers when they are asked for once more.
                        if round > 1 { #expect(found != nil, "round \(round), \(table)") }
                        guard let found else { continue }
                        let rows = Self.values(try same.column(named: name, type: .text)).filter { !$0.isNull }
                        #expect(found.count == Set(rows).count && Set(Self.values(found)) == Set(rows))
                        guard case .text(_, let dictionary) = found.storage else { continue }
                        #expect(dictionary.isKept && found.hasNoNulls)
                    }
                    #expect(try group.texts(named: "time") == nil)
                    #expect(try same.texts(named: "trace_id") == nil)
                }
            }
            let pages = statistics.pagesRead.load(ordering: .relaxed) - before
            if round > 2 { #expect(pages == 0, "round \(round)") }
        }
        #expect(statistics.pagesRead.load(ordering: .relaxed) == 2 * 2 * Self.tables.count)
    }

    @Test func filtersAreThoseOfTheTextsInCommon() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let reader = try Self.open(files, try Self.write(files, id: 1, isShared: true))
        var strangers = 0
        for table in Self.tables {
            let group = reader.groups(table: table)[0]
            for number in 10..<390 { #expect(try group.mightContain(1, text: Self.trace(number))) }
            for number in 10_000..<10_400 { strangers += try group.mightContain(1, text: Self.trace(number)) ? 1 : 0 }
            #expect(try group.filter(2) == nil)
        }
        #expect(strangers < 1_200 / 10, "\(strangers) of 1,200")
        let group = reader.groups(table: "llm_call")[0]
        let statistics = ScanStatistics()
        let wanted = [ColumnPredicate(column: 0, comparison: .equal(.text(Self.trace(20))))]
        #expect(try !group.canSkip(wanted, names: ["trace_id"], statistics: statistics))
        let bytes = statistics.bytesRead.load(ordering: .relaxed)
        #expect(bytes > 800)
        // Another table's group has the same texts: nothing is read for it.
        let other = reader.groups(table: "cache_lookup")[0]
        #expect(try !other.canSkip(wanted, names: ["trace_id"], statistics: statistics))
        #expect(statistics.bytesRead.load(ordering: .relaxed) == bytes)
    }

    /// Groups of all tables that name a block are told where a text stands in it by one search, and a text that only
    /// the filter passes is found to stand nowhere.
    @Test func blocksAreSearchedOnceForAllGroups() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let reader = try Self.open(files, try Self.write(files, id: 1, isShared: true))
        let statistics = ScanStatistics()
        let groups = Self.tables.flatMap { reader.groups(table: $0) }
        func look(for number: Int) throws -> [[UInt32]] {
            let text = Self.trace(number)
            let wanted = [ColumnPredicate(column: 0, comparison: .equal(.text(text)))]
            return try groups.map { group in
                if try group.canSkip(wanted, names: ["trace_id"], statistics: statistics) { return [] }
                return try group.rows(ofTexts: [Array(text.utf8)], in: "trace_id", statistics: statistics) ?? []
            }
        }
        for round in 1...2 {
            #expect(try look(for: 20) == [[20], [], [17], [], [14], []])
            #expect(statistics.textsSearched.load(ordering: .relaxed) == 806, "round \(round)")
        }
        #expect(try look(for: 450) == [[], [50], [], [47], [], [44]])
        #expect(statistics.textsSearched.load(ordering: .relaxed) == 2 * 806)
        #expect(try look(for: 20)[0] == [20])
        #expect(statistics.textsSearched.load(ordering: .relaxed) == 3 * 806)
        for number in 10_000..<10_400 {
            let wanted = [ColumnPredicate(column: 0, comparison: .equal(.text(Self.trace(number))))]
            #expect(try groups[0].canSkip(wanted, names: ["trace_id"]), "\(number) stands nowhere")
        }
    }

    /// Rows by a text of a column without filters are found, too: the block of texts is searched once for all groups,
    /// and no page is read for a text that it has not got.
    @Test func rowsOfTextsWithoutFiltersAreFound() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let reader = try Self.open(files, try Self.write(files, id: 1, isShared: true))
        let groups = Self.tables.flatMap { reader.groups(table: $0) }
        let statistics = ScanStatistics()
        var isSearched = 0
        for number in [0, 7, 44, 89] {
            let text = "u-\(number)"
            for group in groups {
                let column = try group.column(named: "user_id", type: .text)
                let expected = (0..<UInt32(column.count)).filter { column.scalar(at: Int($0)) == .text(text) }
                let found = try group.rows(ofTexts: [Array(text.utf8)], in: "user_id", statistics: statistics)
                #expect(found == expected, "\(text)")
                isSearched += expected.isEmpty ? 0 : 1
            }
            #expect(try groups[0].rows(ofTexts: [Array(text.utf8), [97]], in: "user_id") == nil)
        }
        #expect(isSearched > 12)
        // One search of the block for each text, of all groups together, and a page for each that was looked through.
        #expect(statistics.textsSearched.load(ordering: .relaxed) == 4 * 90)
        let pages = statistics.pagesRead.load(ordering: .relaxed)
        #expect(pages == 4 * groups.count)
        for group in groups {
            #expect(try group.rows(ofTexts: [Array("u-90".utf8)], in: "user_id", statistics: statistics) == [])
        }
        #expect(statistics.pagesRead.load(ordering: .relaxed) == pages)
        #expect(statistics.textsSearched.load(ordering: .relaxed) == 5 * 90)
    }

    /// Which texts a page has that no filter speaks for is found out as it is searched: for one that it lacks it is not
    /// read again.
    @Test func pagesThatLackATextAreSearchedForNoOther() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let reader = try Self.open(files, try Self.write(files, id: 1, isShared: true))
        let groups = Self.tables.flatMap { reader.groups(table: $0) }
        let statistics = ScanStatistics()
        // Of one table each fifth row has no user, and these are the users whose number is a multiple of five.
        for (number, pages) in [(7, 6), (0, 4), (85, 4), (7, 6)] {
            let before = statistics.pagesRead.load(ordering: .relaxed)
            for group in groups {
                let column = try group.column(named: "user_id", type: .text)
                let expected = (0..<UInt32(column.count)).filter { column.scalar(at: Int($0)) == .text("u-\(number)") }
                let text = Array("u-\(number)".utf8)
                #expect(try group.rows(ofTexts: [text], in: "user_id", statistics: statistics) == expected)
            }
            #expect(statistics.pagesRead.load(ordering: .relaxed) - before == pages, "u-\(number)")
        }
    }

    /// What is looked for often enough is kept in the place of what is there for whoever counts texts.
    @Test func pagesAreSearchedForNoOtherOnceOthersGaveWay() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let path = try "/s/" + Self.write(files, id: 1, isShared: true).fileName
        // Room for one page's.
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: files, keptOccurrenceBytesMax: 200), path: path)
        let group = reader.groups(table: "llm_call")[0]
        for _ in 0..<4 { _ = try group.texts(named: "trace_id") }
        var pages: [Int] = []
        for _ in 0..<70 {
            let statistics = ScanStatistics()
            #expect(try group.rows(ofTexts: [Array("u-0".utf8)], in: "user_id", statistics: statistics) == [])
            pages.append(statistics.pagesRead.load(ordering: .relaxed))
        }
        #expect(pages[0] == 1 && pages[69] == 0)
    }

    /// Rows by several texts are those of each of them, each row once, whatever is named twice or nowhere.
    @Test func rowsOfSeveralTextsAreFoundInOnePage() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        for isShared in [true, false] {
            let reader = try Self.open(files, try Self.write(files, id: isShared ? 1 : 2, isShared: isShared))
            for group in Self.tables.flatMap({ reader.groups(table: $0) }) {
                let column = try group.column(named: "trace_id", type: .text)
                for numbers in [[], [20], [20, 21, 20], [399, 3, 450, 10_000, 401, 7]] {
                    let texts = numbers.map { Self.trace($0) }
                    let expected = (0..<UInt32(column.count)).filter { row in
                        if case .text(let text) = column.scalar(at: Int(row)) { texts.contains(text) } else { false }
                    }
                    let found = try group.rows(ofTexts: texts.map { Array($0.utf8) }, in: "trace_id")
                    #expect(found == expected, "\(numbers), shared \(isShared)")
                }
            }
        }
    }

    /// What is worked out once for all groups of a table says of each what it would say alone, and never that a group
    /// has no row that it has.
    @Test func aSieveSaysOfGroupsWhatEachSays() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let names = ["time", "trace_id", "user_id", "added later"]
        for isShared in [true, false] {
            let reader = try Self.open(files, try Self.write(files, id: isShared ? 1 : 2, isShared: isShared))
            for name in Self.tables {
                let table = try #require(reader.table(named: name))
                for numbers in [[], [3], [410], [20, 10_007], [10_001, 10_002, 10_003], [5, 600]] {
                    let texts = numbers.map { Scalar.text(Self.trace($0)) }
                    for also in [nil, ColumnPredicate(column: 3, comparison: .isNotNull)] {
                        let isOne = texts.count == 1
                        let trace: ColumnPredicate.Comparison = isOne ? .equal(texts[0]) : .oneOf(texts + [.null])
                        let predicates = [ColumnPredicate(column: 1, comparison: trace)] + (also.map { [$0] } ?? [])
                        var sieve = table.sieve(predicates, names: names)
                        for (index, group) in table.groups.enumerated() {
                            let isSkipped = try sieve.canSkip(index)
                            #expect(try isSkipped == group.canSkip(predicates, names: names))
                            let column = try group.column(named: "trace_id", type: .text)
                            let holds = (0..<column.count).contains { texts.contains(column.scalar(at: $0)) }
                            if isSkipped { #expect(!holds || also != nil, "\(numbers) in \(name), group \(index)") }
                            if also != nil { #expect(isSkipped, "a column that the segment lacks is null") }
                        }
                    }
                }
            }
        }
    }

    @Test func everyFlippedByteIsAnErrorAndTruncationsAre() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try Self.write(files, id: 1, isShared: true, rows: 12)
        let path = "/s/" + description.fileName
        let whole = try files.contents(of: path)
        #expect(try SegmentDamageTests.answer(files, path, (1, whole.count)) != nil)
        for index in whole.indices {
            files.damage(path) { $0[index] ^= 1 << UInt8(index % 8) }
            #expect(try SegmentDamageTests.answer(files, path, (1, whole.count)) == nil, "byte \(index)")
            files.damage(path) { $0 = whole }
        }
        for length in whole.indices {
            files.damage(path) { $0 = Array(whole[..<length]) }
            #expect(try SegmentDamageTests.answer(files, path, nil) == nil, "cut to \(length)")
        }
    }

    /// Damage to texts in common is told once, with its place, and stops what needs these texts alone.
    @Test func damagedTextsAreToldOnceByTheirPlace() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try Self.write(files, id: 1, isShared: true)
        let path = "/s/" + description.fileName
        let reader = try Self.open(files, description)
        let place = try #require(reader.sharedTextPlaces.first)
        files.damage(path) { $0[(place.lowerBound + place.upperBound) / 2] ^= 4 }
        for table in Self.tables {
            let group = reader.groups(table: table)[0]
            let error = #expect(throws: CorruptionError.self) { try group.column(1) }
            #expect(error?.file == path && error?.offset == place.lowerBound)
            _ = try group.column(0)
            _ = try group.column(2)
        }
        var found: [String] = []
        try reader.faults(sha256: description.sha256) { found.append("\(($0 as? CorruptionError)?.offset ?? -1)") }
        #expect(found == ["\(place.lowerBound)"])
        #expect(throws: CorruptionError.self) { try reader.verify(blockAt: place.lowerBound + 9) }
        files.damage(path) { $0[(place.lowerBound + place.upperBound) / 2] ^= 4 }
        try reader.verify(blockAt: place.lowerBound + 9)
        try reader.verify(sha256: description.sha256)
    }
}
