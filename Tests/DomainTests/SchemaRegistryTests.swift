import Domain
import EmbeddedSchemas
import Foundation
import Testing

@Suite struct SchemaRegistryTests {
    let registry = SchemaRegistry.builtIn

    @Test func orderIsFixed() {
        #expect(registry.columns.map(\.id) == (0..<registry.columns.count).map(UInt16.init))
        #expect(registry.types.map(\.id) == (0..<registry.types.count).map(UInt16.init))
        #expect(registry.columns.prefix(5).map(\.name) == ["id", "source", "tenant", "conversation_id", "turn"])
        #expect(registry.columns.last?.name == "attributes")
        #expect(registry.types.map(\.name) == registry.types.map(\.name).sorted())
        #expect(registry.wellKnown.id == 0)
        #expect(registry.wellKnown.source == 1)
        #expect(registry.wellKnown.tenant == 2)
    }

    @Test func everyNameIsFoundByItsBytes() {
        for column in registry.columns {
            #expect(registry.column(utf8: Array(column.name.utf8)[...]) == column.id)
            #expect(registry.column(named: column.name + "x") == nil)
            #expect(registry.column(named: "X" + column.name.dropFirst()) == nil)
        }
        for type in registry.types {
            #expect(registry.type(named: type.name) == type.id)
            #expect(registry.type(named: "io.plimsoll." + type.name) == type.id)
            #expect(registry.type(named: "io.plimsoll.io.plimsoll." + type.name) == nil)
        }
        #expect(registry.column(named: "") == nil)
        #expect(registry.type(named: "io.plimsoll.") == nil)
        #expect(registry.type(named: "") == nil)
    }

    @Test func fieldsOfATypeAndTheContextAreAllowed() throws {
        let known = registry.wellKnown
        let types = registry.wellKnownTypes
        #expect(registry.isAllowed(known.inputTokens, in: types.llmCall))
        #expect(!registry.isAllowed(known.inputTokens, in: types.messageSent))
        #expect(registry.isAllowed(known.inputTokens, in: types.usageReported))
        #expect(!registry.isAllowed(.max, in: 0))
        #expect(!registry.isAllowed(0, in: .max))
        for type in registry.types {
            for column in registry.contextColumns { #expect(registry.isAllowed(column, in: type.id)) }
            let count = registry.columns.filter { registry.isAllowed($0.id, in: type.id) }.count
            #expect(count == registry.contextColumns.count + type.ownColumns.count)
            #expect(type.ownColumns == type.ownColumns.sorted())
        }
        let priceSet = registry.types[Int(types.priceSet)]
        #expect(
            priceSet.requiredColumns.map { registry.columns[Int($0)].name }.sorted() == [
                "model", "provider", "token_class",
            ])
        #expect(registry.types.filter { !$0.requiredColumns.isEmpty }.map(\.name) == ["cost.recorded", "price.set"])
    }

    @Test func listedValues() {
        let known = registry.wellKnown
        let types = registry.wellKnownTypes
        let isKnown = { registry.isKnown(Array(($0 as String).utf8).span, of: $1, in: $2) }
        #expect(isKnown("idle", known.reason, types.conversationClosed))
        #expect(!isKnown("idle", known.reason, types.escalationRaised))
        #expect(!isKnown("idl", known.reason, types.conversationClosed))
        #expect(isKnown("anything", known.reason, types.conversationReopened))
        #expect(isKnown("web", known.channel, types.llmCall))
        #expect(!isKnown("fax", known.channel, types.llmCall))
        #expect(registry.columns.filter(\.isClosed).map(\.name).sorted() == ["status", "token_class"])
    }

    @Test func serialisationReadsBack() throws {
        let names = try SchemaNames(parsing: registry.serialised)
        #expect(names.columns.map(\.name) == registry.columns.map(\.name))
        #expect(names.types == registry.types.map(\.name))
        let again = try SchemaRegistry.builtIn(continuing: names)
        #expect(again.serialised == registry.serialised)
        #expect(throws: SchemaContinuationError.malformed(line: 1)) { try SchemaNames(parsing: []) }
        #expect(throws: SchemaContinuationError.malformed(line: 2)) {
            try SchemaNames(parsing: Array("plimsoll schemas 1\ncolumn a\n".utf8))
        }
    }

    @Test func anOlderStoreKeepsItsIds() throws {
        var older = try SchemaNames(parsing: registry.serialised)
        older.columns.removeAll { ["topic", "agent_version"].contains($0.name) }
        older.columns.swapAt(3, 7)
        older.types = ["llm.call", "agent.run"]
        let continued = try SchemaRegistry.builtIn(continuing: older)
        #expect(continued.columns.prefix(older.columns.count).map(\.name) == older.columns.map(\.name))
        #expect(continued.columns.suffix(2).map(\.name) == ["agent_version", "topic"])
        #expect(continued.types.prefix(2).map(\.name) == ["llm.call", "agent.run"])
        #expect(continued.types.count == registry.types.count)
        #expect(continued.wellKnownTypes.llmCall == 0)
        #expect(Int(continued.wellKnown.topic) == continued.columns.count - 1)
        #expect(continued.serialised != registry.serialised)
        for type in continued.types { #expect(type.ownColumns == type.ownColumns.sorted()) }

        var newer = older
        newer.types.append("quantum.leap")
        #expect(throws: SchemaContinuationError.unknown(name: "quantum.leap")) {
            try SchemaRegistry.builtIn(continuing: newer)
        }
        var changed = older
        changed.columns[0].type = "integer"
        #expect(throws: SchemaContinuationError.self) { try SchemaRegistry.builtIn(continuing: changed) }
        var repeated = older
        repeated.columns.append(repeated.columns[0])
        #expect(throws: SchemaContinuationError.repeated(name: "id")) {
            try SchemaRegistry.builtIn(continuing: repeated)
        }
    }

    @Test func builtAnewItIsTheSame() throws {
        let again = try SchemaRegistry.builtIn(continuing: SchemaNames())
        #expect(again.columns.map(\.name) == registry.columns.map(\.name))
        #expect(again.types.map(\.name) == registry.types.map(\.name))
    }

    /// A schema that renames one of them loses it silently otherwise.
    @Test func fieldsThatAreHeededAreThere() throws {
        let heeded = registry.heededFields.map { field in
            let type = field.type.map { registry.types[Int($0)].name } ?? "any"
            return "\(type) \(registry.columns[Int(field.column)].name) \(field.isClosed)"
        }
        #expect(
            heeded == [
                "conversation.resolved by true", "conversation.resolved certainty true",
                "conversation.closed reason true", "escalation.raised reason false", "feedback.submitted kind false",
                "message.received author true", "message.sent author true", "message.sent answered_from false",
                "llm.call purpose false", "any channel false", "any environment false",
            ])
        for field in registry.heededFields {
            let isClosed = field.type.map { registry.isClosed(field.column, in: $0) } ?? false
            #expect(isClosed == field.isClosed && !field.words.isEmpty)
        }
        let closed = try #require(registry.type(named: "conversation.closed"))
        let feedback = try #require(registry.type(named: "feedback.submitted"))
        #expect(!registry.isClosed(try #require(registry.column(named: "by")), in: closed))
        #expect(registry.column(nearly: "scor", in: feedback) == registry.column(named: "score"))
        #expect(registry.column(nearly: "scor", in: closed) == nil)
    }
}
