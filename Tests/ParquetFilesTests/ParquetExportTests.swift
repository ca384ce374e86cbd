import Bytes
import Columnar
import ParquetFiles
import Platform
import Synchronization
import Testing

/// Tables of a catalog as files of a volume.
@Suite struct ParquetExportTests {
    /// Reads of columns, in their order.
    private final class Reads: Sendable {
        let columns = Mutex<[String]>([])
    }

    private struct Piece: Morsel {
        let name: String
        let columns: [Vector]
        let reads: Reads
        var rowCount: Int { columns[0].count }

        func column(_ index: Int) -> Vector {
            reads.columns.withLock { $0.append("\(name)\(index)") }
            return columns[index]
        }

        func summary(_ index: Int) -> ColumnSummary? { nil }
    }

    private struct Table: TableSource {
        let name: String
        let columns: [TableColumn]
        let pieces: [Piece]

        func morsels(for request: ScanRequest) -> [any Morsel] {
            request.statistics.note("some of \(name) is set aside")
            return pieces
        }
    }

    private struct Catalog: TableCatalog {
        let tables: [Table]
        let position: Int64 = 42
        let watermark: Int64 = 1_790_000_000_000_000_001
        let now: Int64 = 0

        func table(named name: String) -> (any TableSource)? { tables.first { $0.name == name } }
        var tableNames: [String] { tables.map(\.name) }
        func userToken(_ userID: String) -> String { userID }
    }

    private let reads = Reads()
    private let disk = SimulatedFileSystem()

    private var catalog: Catalog {
        let columns = [TableColumn(name: "n", type: .integer), TableColumn(name: "t", type: .text)]
        func piece(_ name: String, _ rows: Int) -> Piece {
            Piece(
                name: name,
                columns: [
                    ParquetWriterTests.vector(.integer, (0..<rows).map { .integer(Int64($0)) }),
                    ParquetWriterTests.vector(.text, (0..<rows).map { .text("\(name) \($0 % 3)") }),
                ], reads: reads)
        }
        return Catalog(tables: [
            Table(name: "events", columns: columns, pieces: [piece("e", 1)]),
            Table(name: "turns", columns: columns, pieces: [piece("a", 7), piece("b", 65_536), piece("c", 65_536)]),
            Table(name: "empty", columns: columns, pieces: []),
        ])
    }

    private var export: ParquetExport {
        ParquetExport(of: catalog, in: disk, createdBy: "plimsoll") { _ in preconditionFailure("there is no rollup") }
    }

    private var names: [String] { get throws { try disk.list("/x").map(\.name) } }

    @Test func aFileATableAndWhatTheyHold() throws {
        #expect(export.allTables == ["turns", "empty"])
        let notices = try export.write(["turns", "empty", "turns"], to: "/x")
        #expect(notices == ["some of empty is set aside", "some of turns is set aside"])
        #expect(try names == ["empty.parquet", "manifest.json", "turns.parquet"])
        let bytes = try disk.contents(of: "/x/turns.parquet")
        let file = try ParquetReading(bytes)
        #expect(file.groupRows == [65_543, 65_536])
        #expect(try file.values(1).prefix(2) == [Array("a 0".utf8), Array("a 1".utf8)])
        let notes = file.footer[5]?.elements.map { "\($0[1]?.text ?? "") \($0[2]?.text ?? "")" }
        #expect(
            notes == [
                "plimsoll.table turns", "plimsoll.position 42",
                "plimsoll.watermark 2026-09-21T14:13:20.000000001Z",
            ])
        let manifest = String(decoding: try disk.contents(of: "/x/manifest.json"), as: UTF8.self)
        #expect(manifest.contains(#""position": 42"#))
        #expect(manifest.contains(#""rows": 131079"#))
        #expect(manifest.contains(#""row_groups": 2"#))
        #expect(manifest.contains(#""bytes": \#(bytes.count)"#))
        #expect(manifest.contains("some of turns is set aside"))
    }

    /// Memory holds a column of a row group: each is read once, and none before the one before it is written.
    @Test func columnsAreReadOneAfterTheOther() throws {
        _ = try export.write(["turns"], to: "/x")
        #expect(reads.columns.withLock { $0 } == ["a0", "b0", "a1", "b1", "c0", "c1"])
    }

    @Test func aTableThatIsNotThereIsRefusedBeforeAnythingIsWritten() throws {
        do {
            _ = try export.write(["turns", "turn"], to: "/x")
            Issue.record("there is no table turn")
        } catch let refusal as ParquetRefusal {
            #expect(refusal.description == "there is no table turn")
            #expect(refusal.advice.hasPrefix("did you mean turns?"))
        }
        #expect(try !disk.isDirectory("/x"))
    }

    @Test func whatFailsLeavesNoManifestAndNoHalfFile() throws {
        _ = try export.write(["empty"], to: "/x")
        // The second file finds no room.
        disk.arm(SimulatedFault(.failure(28), atCall: 2, of: [.write]))
        #expect(throws: StorageError.self) { try export.write(["empty", "turns"], to: "/x") }
        #expect(try names == ["empty.parquet"])
    }

    @Test func whatTheManifestNamesSurvivesAPowerCut() throws {
        _ = try export.write(["turns", "empty"], to: "/x")
        disk.crash(.power)
        #expect(try names == ["empty.parquet", "manifest.json", "turns.parquet"])
        #expect(try ParquetReading(try disk.contents(of: "/x/turns.parquet")).groupRows == [65_543, 65_536])
    }
}
