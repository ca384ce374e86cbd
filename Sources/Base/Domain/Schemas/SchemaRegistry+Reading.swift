package import Bytes
import EmbeddedSchemas
import JSONTexts

// From the schema files to columns and types. The files are ours and tested, so a fault in them is our mistake and
// stops the start.
extension SchemaRegistry {
    /// The registry of this program, in the order that a new store gets.
    package static let builtIn = SchemaRegistry(SchemaFiles.builtIn, continuing: SchemaNames())

    convenience init(_ files: SchemaFiles, continuing older: SchemaNames) {
        let columnNames = SchemaRegistry.continued(older.columns.map(\.name), by: files.columnNames)
        let typeNames = SchemaRegistry.continued(older.types, by: files.types.map(\.name))
        var ids: [String: UInt16] = [:]
        var columns: [SchemaColumn] = []
        for name in columnNames {
            guard var column = files.columns[name] else { preconditionFailure("\(name) is in no schema file") }
            column.id = UInt16(columns.count)
            ids[name] = column.id
            columns.append(column)
        }
        let id = { (name: String) -> UInt16 in
            guard let id = ids[name] else { preconditionFailure("\(name) is in no schema file") }
            return id
        }
        var types: [SchemaEventType] = []
        for name in typeNames {
            guard let file = files.types.first(where: { $0.name == name }) else {
                preconditionFailure("\(name) has no schema file")
            }
            let fields = file.fields.map { (id: id($0.name), known: $0.knownValues) }.sorted { $0.id < $1.id }
            types.append(
                SchemaEventType(
                    id: UInt16(types.count), name: name, tableName: SchemaEventType.tableName(of: name),
                    description: file.description,
                    timeDescription: file.timeDescription, ownColumns: fields.map(\.id),
                    requiredColumns: file.required.map(id).sorted(),
                    knownValues: fields.map(\.known)))
        }
        self.init(columns: columns, types: types, contextColumns: files.contextNames.map(id).sorted())
    }

    /// The older names in their order, then those that are new.
    private static func continued(_ older: [String], by newer: [String]) -> [String] {
        let known = Set(older)
        return older + newer.filter { !known.contains($0) }
    }
}

/// One type's file.
struct SchemaTypeFile: Sendable {
    var name: String
    var description: String
    var timeDescription: String
    /// Sorted by name; ids are not yet given.
    var fields: [SchemaColumn]
    var required: [String]
}

/// All schema files, read and put together.
package struct SchemaFiles: Sendable {
    /// Sorted by name.
    private(set) var types: [SchemaTypeFile] = []
    /// Envelope and context.
    private(set) var contextNames: [String] = []
    /// In the order of a new store.
    private(set) var columnNames: [String] = []
    private(set) var columns: [String: SchemaColumn] = [:]

    /// The files that the program was built with.
    package static let builtIn = SchemaFiles(EmbeddedSchemas.events)

    /// Reads the files.
    /// - Precondition: they are whole, and have what code needs by name.
    package init(_ files: [EmbeddedFile]) {
        var envelope: [SchemaColumn] = []
        var context: [SchemaColumn] = []
        for file in files {
            let read = SchemaFiles.read(file)
            switch file.name {
            case "_envelope.json": envelope = read.fields
            case "_context.json": context = read.fields
            default: types.append(read)
            }
        }
        let first = ["id", "source", "tenant"]
        contextNames = first + context.map(\.name).filter { !first.contains($0) } + ["attributes"]
        columnNames = contextNames.dropLast()
        for field in envelope + context + types.flatMap(\.fields) { add(field) }
        columnNames.append("attributes")
    }

    private mutating func add(_ field: SchemaColumn) {
        let name = field.name
        guard var column = columns[name] else {
            columns[name] = field
            if !contextNames.contains(name) { columnNames.append(name) }
            return
        }
        column.knownValues = Array(Set(column.knownValues + field.knownValues)).sorted()
        columns[name] = column
    }

    private static func read(_ file: EmbeddedFile) -> SchemaTypeFile {
        let document: JSONValue
        do {
            document = try JSONReader.parse(file.bytes)
        } catch {
            preconditionFailure("\(file.name): \(error)")
        }
        var fields = (document["properties"]?.members ?? []).map { field($0.name, $0.value, in: file.name) }
        if file.name != "_context.json" { fields.sort { $0.name < $1.name } }
        return SchemaTypeFile(
            name: document["title"]?.string ?? "", description: document["description"]?.string ?? "",
            timeDescription: document["x-time"]?.string ?? "", fields: fields,
            required: (document["required"]?.array ?? []).compactMap(\.string))
    }

    private static func field(_ name: String, _ schema: JSONValue, in file: String) -> SchemaColumn {
        let column = schema["x-column"]
        guard let type = (column?["type"]?.string).flatMap(FieldType.init),
            let privacy = (column?["privacy"]?.string).flatMap(PrivacyClass.init)
        else { preconditionFailure("\(file): \(name) has no type or privacy class") }
        let closed = schema["enum"]?.array
        let known = (closed ?? schema["examples"]?.array ?? []).compactMap(\.string)
        return SchemaColumn(
            id: 0, name: name, type: type, unit: column?["unit"]?.string,
            encoding: (column?["encoding"]?.string).flatMap(EncodingHint.init), privacy: privacy,
            openTelemetryName: column?["opentelemetry"]?.string, description: schema["description"]?.string ?? "",
            minimum: schema["minimum"]?.integer, maximum: schema["maximum"]?.integer, knownValues: known,
            isClosed: closed != nil)
    }
}
