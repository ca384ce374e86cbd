import ArgumentParser
import Platform
import Domain

struct SchemasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schemas",
        abstract: "Show the event types, or the fields of one.")

    @Argument(help: ArgumentHelp("An event type, such as llm.call, or its table.", valueName: "type"))
    var type: String?

    @Option(help: "How to print: table or json.")
    var format = SchemaFormat.table

    func run() throws {
        let registry = SchemaRegistry.builtIn
        guard let type else {
            let text = format == .table ? registry.renderTypes() : SchemaListing(registry: registry).types
            return StandardStream.output.print(text, terminator: "")
        }
        let name = registry.types.first { $0.tableName == type }?.name ?? type
        guard let id = registry.type(named: name), let text = registry.renderType(named: name) else {
            throw CommandFailure(
                .badInput, "there is no event type \(type)", advice: "known types: " + registry.typeNames.joined(separator: ", "))
        }
        StandardStream.output.print(format == .table ? text : SchemaListing(registry: registry).type(id), terminator: "")
    }
}

enum SchemaFormat: String, ExpressibleByArgument, CaseIterable { case table, json }
