import Columnar
import Shipping
import Testing

/// Tables over there: ours, and what shipping needs.
@Suite struct ClickHouseDefinitionTests {
    private static let events = ShippedTable(
        name: "llm_call", kind: .events,
        columns: [
            TableColumn(name: "position", type: .integer), TableColumn(name: "time", type: .timestamptz),
            TableColumn(name: "tenant", type: .text), TableColumn(name: "conversation_id", type: .text),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)), TableColumn(name: "hit", type: .boolean),
        ])
    private static let turns = ShippedTable(
        name: "turns", kind: .turns,
        columns: [
            TableColumn(name: "conversation_id", type: .text), TableColumn(name: "asked_time", type: .timestamptz),
        ])

    @Test func eventsLieByMonthAndConversation() {
        let statements = ClickHouseDefinitions(database: "plimsoll").make(ClickHouseTable(Self.events, .facts))
        #expect(
            statements == [
                """
                CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_facts` (
                    `position` Int64,
                    `time` DateTime64(9, 'UTC'),
                    `tenant` LowCardinality(Nullable(String)),
                    `conversation_id` Nullable(String),
                    `cost_usd` Nullable(Decimal(38, 12)),
                    `hit` Nullable(Bool),
                    `node` Int64,
                    `shard_key` UInt64,
                    `shipped_hash` UInt64,
                    `shipped_revision` Int64,
                    INDEX position_index `position` TYPE minmax GRANULARITY 1,
                    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
                ) ENGINE = MergeTree
                PARTITION BY toYYYYMM(`time`)
                ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
                SETTINGS non_replicated_deduplication_window = 1000
                """
            ])
    }

    @Test func anOldServerHasTimesAsNumbers() {
        let statements = ClickHouseDefinitions(database: "plimsoll", level: .old)
            .make(ClickHouseTable(Self.events, .overlay))
        #expect(
            statements == [
                """
                CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_overlay` (
                    `position` Int64,
                    `time` Int64,
                    `tenant` Nullable(String),
                    `conversation_id` Nullable(String),
                    `cost_usd` Nullable(Decimal(38, 12)),
                    `hit` Nullable(UInt8),
                    `node` Int64,
                    `shard_key` UInt64,
                    `shipped_hash` UInt64,
                    `shipped_revision` Int64,
                    `shipped_hidden` UInt8
                ) ENGINE = MergeTree
                ORDER BY (`position`, `shipped_revision`)
                """
            ])
    }

    @Test func aClusterHasThemOnEachServer() {
        let definitions = ClickHouseDefinitions(
            database: "plimsoll", cluster: "figures",
            tiers: ClickHouseTiers(policy: "tiered", volume: "cold", days: 90))
        let statements = definitions.make(ClickHouseTable(Self.events, .facts))
        #expect(statements.count == 2 && statements[0].contains("`llm_call_facts_local` ON CLUSTER `figures` ("))
        #expect(
            statements[0].contains(
                "ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/llm_call_facts_local', '{replica}')"))
        #expect(statements[0].contains("TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'"))
        #expect(statements[0].contains("storage_policy = 'tiered'"))
        #expect(
            statements[1].hasSuffix("ENGINE = Distributed(`figures`, `plimsoll`, `llm_call_facts_local`, `shard_key`)"))
        let file = definitions.file([Self.events, Self.turns])
        // What lies on several servers is looked up on all of them.
        #expect(file.contains("GLOBAL NOT IN (SELECT position") && !file.contains(" NOT IN (SELECT position FROM `x"))
        #expect(!ClickHouseDefinitions(database: "plimsoll").file([Self.events]).contains("GLOBAL"))
    }

    @Test func peopleReadViews() {
        let file = ClickHouseDefinitions(database: "plimsoll").file([Self.turns, Self.events])
        for name in ["cut", "void", "llm_call", "turns", "events"] {
            #expect(file.contains("CREATE OR REPLACE VIEW `plimsoll`.`\(name)` AS SELECT"), "\(name)")
        }
        let old = ClickHouseDefinitions(database: "plimsoll", level: .old).file([Self.events])
        #expect(old.contains("DROP TABLE IF EXISTS `plimsoll`.`cut`;\n\nCREATE VIEW `plimsoll`.`cut` AS"))
    }

    @Test func versionsHaveLevels() throws {
        for (version, level) in [
            ("26.9.2.1", ClickHouseLevel.modern), ("23.8.1.94", .modern), ("24.1", .modern), ("18.16.1", .old),
        ] {
            #expect(try ClickHouseDestination.level(version) == level, "\(version)")
        }
        for version in ["23.7.4.5", "18.14.9", "19.17.4", "22.8.1", "8.0.35", "", "PostgreSQL", "18"] {
            #expect(ClickHouseLevel.of(version: version) == nil, "\(version)")
            do throws(ShippingFailure) {
                _ = try ClickHouseDestination.level(version)
                Issue.record("\(version) is spoken to")
            } catch {
                #expect(error.kind == .permanent && error.reason == "version" && error.advice?.contains("23.8") == true)
            }
        }
    }

    @Test func refusalsAreToldApart() {
        func failure(_ status: Int, _ text: String) -> ShippingFailure {
            ShippingFailure(ofClickHouse: status, Array(text.utf8))
        }
        let gone = failure(404, "Code: 60. DB::Exception: Table plimsoll.x doesn't exist. (UNKNOWN_TABLE)\nmore")
        #expect(gone.kind == .transient && gone.reason == "schema" && !gone.description.contains("more"))
        #expect(failure(500, "Code: 241, e.displayText() = DB::Exception: Memory limit").reason == "too_large")
        #expect(failure(500, "Code: 252. DB::Exception: Too many parts").reason == "resources")
        #expect(failure(500, "Code: 159. DB::Exception: Timeout exceeded").reason == "timeout")
        #expect(failure(500, "Code: 242. DB::Exception: Table is in readonly mode").reason == "read_only")
        let stranger = failure(403, "Code: 516. DB::Exception: somebody: Authentication failed")
        #expect(stranger.kind == .permanent && stranger.reason == "login" && !stranger.description.contains("somebody"))
        #expect(failure(500, "Code: 497. DB::Exception: Not enough privileges").reason == "rights")
        #expect(failure(500, "Code: 999999999999999999999. DB").reason == "connection")
        #expect(failure(502, "<html>").kind == .transient && failure(404, "<html>").kind == .permanent)
        #expect(failure(401, "").reason == "login")
        // More than a proxy takes: it comes in smaller pieces.
        #expect(failure(413, "<html>").kind == .transient && failure(413, "").reason == "too_large")
    }

    /// Some fail and call it well done.
    @Test func whatIsDoneWellHasNoAnswer() throws {
        try ShippingFailure.refusal(in: [])
        try ShippingFailure.refusal(in: Array("\n".utf8))
        for (text, reason) in [("Code: 241. DB::Exception: Memory limit", "too_large"), ("<html>", "connection")] {
            do throws(ShippingFailure) {
                try ShippingFailure.refusal(in: Array(text.utf8))
                Issue.record("\(text) is no refusal")
            } catch { #expect(error.kind == .transient && error.reason == reason) }
        }
    }

    /// What stands where a view is to be, and is none, would go with all that it holds.
    @Test func tablesOfOthersAreLeftAlone() {
        let definitions = ClickHouseDefinitions(database: "plimsoll")
        func others(_ engines: [String: String]) -> String? {
            definitions.others(among: engines, [Self.events, Self.turns])
        }
        #expect(others([:]) == nil && others(["events": "View", "turns": "View", "orders": "MergeTree"]) == nil)
        #expect(others(["llm_call_facts": "MergeTree", "shipments": "MergeTree"]) == nil)
        for name in ["events", "cut", "void", "llm_call", "turns"] {
            #expect(others([name: "MergeTree"]) == name && others([name: "MaterializedView"]) == name)
        }
    }

    @Test func answersAreReadCellByCell() throws {
        func rows(_ text: String, _ cells: Int) throws -> [[String?]] {
            try TabSeparated.rows(Array(text.utf8), cells: cells)
        }
        #expect(try rows("", 3) == [] && rows("1\n", 1) == [["1"]] && rows("\n", 1) == [[""]])
        #expect(try rows("a\t\\N\t\n\\\\N\tb\\tc\td\\'e\n", 3) == [["a", nil, ""], ["\\N", "b\tc", "d'e"]])
        #expect(try rows("DateTime64(9, \\'UTC\\')\n", 1) == [["DateTime64(9, 'UTC')"]])
    }

    /// A server may say anything.
    @Test(arguments: [
        "1\n", "1\t2\t3\n", "1\t2\n3\n", "1\t2", "\n", "1\t2\nCode: 241. DB::Exception: Memory limit\n", "<html>\n",
    ])
    func answersOfAnotherFormAreNone(text: String) {
        #expect(throws: ShippingFailure.self) { try TabSeparated.rows(Array(text.utf8), cells: 2) }
    }
}
