import Columnar
import Domain
import EventStores
import Platform
import Testing

@Suite struct TableDocumentationTests {
    private static let guide = TableDocumentation(registry: .builtIn)

    @Test func everyTableOfAStoreIsDescribed() throws {
        let disk = SimulatedFileSystem(seed: 31)
        let store = try EventStore.open(at: "/data", context: context(disk))
        let tables = store.snapshot()
        for name in tables.tableNames where SchemaRegistry.builtIn.types.allSatisfy({ $0.tableName != name }) {
            let columns = try #require(Self.guide.columns(of: name), "\(name)")
            #expect(columns.map(\.column) == tables.table(named: name)?.columns, "\(name)")
            #expect(Self.guide.tables.contains { $0.name == name && !$0.meaning.isEmpty }, "\(name)")
        }
        try store.close()
    }

    @Test(arguments: ["turns", "conversations", "dead_letters", "system_events", "rollup_llm_call_1d", "events"])
    func everyColumnHasAMeaning(table: String) throws {
        let silent = try #require(Self.guide.columns(of: table)).filter(\.meaning.isEmpty).map(\.column.name)
        #expect(silent == [])
    }

    @Test func otherFilesOfAStoreAreNamed() throws {
        let disk = SimulatedFileSystem(seed: 32)
        let store = try EventStore.open(at: "/data", context: context(disk))
        var events = SampleEvents()
        events.addTurn("c", 1, at: 5)
        _ = try store.append([events.batch])
        try store.seal()
        try store.close()
        let key = try #require(try StoreFileInspection.describe(disk, "/data/keys/store.key"))
        #expect(key.contains("not shown"))
        #expect(!key.contains("DAMAGED"))
        let state = try #require(try disk.list("/data/segments").map(\.name).first { $0.hasPrefix("state-") })
        let path = "/data/segments/" + state
        #expect(try StoreFileInspection.describe(disk, path)?.contains("intact\nposition         3\n") == true)
        try disk.replace(path, with: Array(try disk.contents(of: path).dropLast()))
        #expect(throws: CorruptionError.self) { try StoreFileInspection.describe(disk, path) }
        try disk.replace("/data/segments/notes.txt", with: Array("hello".utf8))
        #expect(try StoreFileInspection.describe(disk, "/data/segments/notes.txt") == nil)
    }
}
