import ArgumentParser
import Columnar
import Domain
import EventStores
import JSONTexts
import Plans
import Platform

struct SchemasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schemas",
        abstract: "Show the event types, the fields of one, or the columns of a table.")

    @Argument(
        help: ArgumentHelp(
            "An event type, such as llm.call, its table, or another table, such as turns.", valueName: "type"))
    var type: String?

    @Option(help: "How to print: table or json.")
    var format = SchemaFormat.table

    func run() throws {
        let registry = SchemaRegistry.builtIn
        guard let type else {
            let text =
                format == .table
                ? registry.renderTypes() + otherTables(registry) : SchemaListing(registry: registry).types
            return try StandardStream.output.print(text, terminator: "")
        }
        if let columns = TableDocumentation(registry: registry).columns(of: type) {
            let text =
                format == .table ? Self.table(type, columns) : SchemaListing(registry: registry).table(type, columns)
            return try StandardStream.output.print(text, terminator: "")
        }
        let name = registry.types.first { $0.tableName == type }?.name ?? type
        guard let id = registry.type(named: name), let text = registry.renderType(named: name) else {
            let tables = TableDocumentation(registry: registry).tables.map(\.name)
            throw CommandFailure(
                .badInput, "there is no event type or table \(type)",
                advice: nameHint(
                    to: type, among: registry.typeNames + registry.types.map(\.tableName) + tables,
                    orElse: "known types: " + registry.typeNames.joined(separator: ", ") + "; other tables: "
                        + tables.joined(separator: ", ")))
        }
        try StandardStream.output.print(
            format == .table ? text : SchemaListing(registry: registry).type(id), terminator: "")
    }

    private func otherTables(_ registry: SchemaRegistry) -> String {
        "\n"
            + renderAligned(
                [["OTHER TABLE", "WHAT IT HOLDS"]]
                    + TableDocumentation(registry: registry).tables.map { [$0.name, $0.meaning] })
    }

    private static func table(_ name: String, _ columns: [TableDocumentation.Column]) -> String {
        let rows = columns.map { [$0.column.name, $0.column.type.sqlName, $0.meaning] }
        return "table \(name)\n\n" + renderAligned([["COLUMN", "TYPE", "MEANING"]] + rows)
    }
}

enum SchemaFormat: String, ExpressibleByArgument, CaseIterable { case table, json }
