import Columnar
import Shipping
import Testing

/// Tables over there: ours, and what shipping needs.
@Suite struct PostgresDefinitionTests {
    private static let events = ShippedTable(
        name: "llm_call", kind: .events,
        columns: [
            TableColumn(name: "position", type: .integer), TableColumn(name: "time", type: .timestamptz),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)), TableColumn(name: "attributes", type: .json),
        ])
    private static let conversations = ShippedTable(
        name: "conversations", kind: .conversations,
        columns: [
            TableColumn(name: "conversation_id", type: .text), TableColumn(name: "tenant", type: .text),
            TableColumn(name: "start_time", type: .timestamptz),
        ])

    @Test func eventsAreKnownByPositionAndTime() {
        let statements = PostgresDefinitions(schema: "plimsoll").make(PostgresTable(Self.events))
        #expect(
            statements == [
                """
                CREATE TABLE IF NOT EXISTS "plimsoll"."llm_call" (
                    "position" bigint NOT NULL,
                    "time" timestamp with time zone NOT NULL,
                    "time_ns" bigint,
                    "cost_usd" numeric(38,12),
                    "attributes" jsonb,
                    "shipped_hash" bigint NOT NULL,
                    "shipped_revision" bigint NOT NULL,
                    PRIMARY KEY ("position", "time")
                )
                """,
                "CREATE INDEX IF NOT EXISTS \"llm_call_time_index\" ON \"plimsoll\".\"llm_call\" (\"time\")",
            ])
    }

    @Test func conversationsHaveKeysOfOurs() {
        let table = PostgresTable(Self.conversations)
        #expect(table.columns.suffix(2).map(\.name) == ["shipped_key", "shipped_scope"])
        #expect(table.key == ["shipped_key"])
        let file = PostgresDefinitions(schema: "figures").file([Self.events, Self.conversations])
        #expect(file.contains("PRIMARY KEY (\"shipped_key\")") && file.contains("\"figures\".\"sync\""))
    }

    /// A tree of PostgreSQL refuses texts beyond some 2,700 bytes, and with them the transaction, each time.
    @Test func textsOfAnyLengthAreIndexed() {
        let statements = PostgresDefinitions(schema: "plimsoll").make(PostgresTable(Self.conversations))
        #expect(statements.contains { $0.hasSuffix("USING hash (\"conversation_id\")") })
        #expect(statements.contains { $0.hasSuffix("\"conversations\" (\"start_time\")") })
    }

    @Test func namesOfSchemasNeedNoCare() {
        for name in ["plimsoll", "_a1", String(repeating: "a", count: 63)] { #expect(PostgresDefinitions.isName(name)) }
        for name in ["", "Plimsoll", "1a", "a b", "a\"", "a'", "ä", String(repeating: "a", count: 64)] {
            #expect(!PostgresDefinitions.isName(name), "\(name)")
        }
    }

    @Test func groupsStandForTables() {
        let prices = ShippedTable(name: "price_set", kind: .events, columns: [])
        let hours = ShippedTable(name: "rollup_x_1h", kind: .rollup(dimensions: 1, grainNanoseconds: 1), columns: [])
        let all = [Self.events, prices, Self.conversations, hours]
        func names(_ wanted: [String]) -> [String] { ShippingChoice.tables(wanted, of: all).map(\.name) }
        #expect(names(["events"]) == ["llm_call", "price_set"])
        #expect(names(["prices", "conversations"]) == ["price_set", "conversations"])
        #expect(names(["rollups"]) == ["rollup_x_1h"])
        #expect(ShippingChoice.unknown(["events", "turns", "budgets"], of: all) == ["turns"])
    }

    @Test func keysTellValuesApart() {
        let keys = [
            ShippedKey.of([.text("a"), .text("b")]), ShippedKey.of([.text("ab"), .text("")]),
            ShippedKey.of([.text("a"), .null]), ShippedKey.of([.null, .text("a")]), ShippedKey.of([.integer(0)]),
            ShippedKey.of([.null]), ShippedKey.of([.boolean(false)]),
            ShippedKey.of([.text("a"), .text("b"), .integer(0)]),
        ]
        #expect(Set(keys).count == keys.count)
    }
}
