import Columnar
import EventStores
import Platform
import Testing

/// Whoever asks for all columns of a few rows is told of which there is none, and does not read these.
@Suite struct LackedColumnTests {
    /// What a statement is compiled over is what it is run over.
    @Test func columnsAreThoseOfTheTable() throws {
        let asked = try AskedStore(SimulatedFileSystem(seed: 6))
        let snapshot = asked.store.snapshot()
        for name in snapshot.tableNames {
            #expect(snapshot.columns(ofTable: name) == snapshot.table(named: name)?.columns, "\(name)")
            #expect(snapshot.columns(ofTable: name)?.isEmpty == false, "\(name)")
        }
        #expect(snapshot.columns(ofTable: "no_such_table") == nil && snapshot.table(named: "no_such_table") == nil)
        try asked.store.close()
    }

    @Test(arguments: ["events", "llm_call", "tool_call", "feedback_submitted"])
    func aColumnOfNullsIsLacked(table: String) throws {
        let asked = try AskedStore(SimulatedFileSystem(seed: 5))
        var random = SeededGenerator(seed: 5)
        var events = RollupEvents()
        for id in 0..<400 { events.addRandom(id: "\(id)", &random) }
        _ = try asked.store.append([events.batch])
        try asked.store.seal()
        let source = try #require(asked.store.snapshot().table(named: table))
        let morsels = try source.morsels(for: ScanRequest(columns: []))
        var (lacked, present) = (0, 0)
        for morsel in morsels {
            for index in source.columns.indices {
                let vector = try morsel.column(index)
                let isNull = (0..<vector.count).allSatisfy(vector.isNull)
                if morsel.lacks(index) {
                    #expect(isNull, "\(table).\(source.columns[index].name)")
                    #expect(try morsel.column(index, rows: [0]).isNull(0))
                    lacked += 1
                } else if !isNull {
                    present += 1
                } else {
                    Issue.record("\(source.columns[index].name) is null throughout, and is not told to be")
                }
            }
        }
        #expect(present > 0 && lacked > 0)
        try asked.store.close()
    }
}
