import Bytes
import Domain
import EmbeddedSchemas
import Foundation
import Testing

/// The files of the folder `Schemas` against the lists and rules that the code relies on.
@Suite struct SchemaFileTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Schemas")

    private static let built = [
        "events": EmbeddedSchemas.events, "prices": EmbeddedSchemas.prices, "dialects": EmbeddedSchemas.dialects,
    ]

    /// For people and other databases: what is in them is held against the code that makes the same.
    private static let unbuilt: Set = ["clickhouse", "postgresql"]

    @Test func everyFolderIsBuiltIn() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: [.isDirectoryKey])
        let names = try folders.filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent)
        #expect(names.filter { !Self.unbuilt.contains($0) }.sorted() == Self.built.keys.sorted())
    }

    @Test(arguments: built.keys.sorted()) func everyFileIsBuiltIn(name: String) throws {
        let listed = try #require(Self.built[name])
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: name).path).sorted()
        #expect(listed.map(\.name) == found)
        for file in listed {
            let bytes = try Data(contentsOf: Self.folder.appending(path: name).appending(path: file.name))
            #expect(file.bytes == Array(bytes), "\(file.name)")
        }
    }

    private func properties() throws -> [(file: String, name: String, schema: [String: Any])] {
        try EmbeddedSchemas.events.flatMap { file in
            let document = try #require(JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any])
            let properties = try #require(document["properties"] as? [String: [String: Any]])
            return properties.map { (file.name, $0.key, $0.value) }
        }
    }

    @Test func aNameHasOneTypeAndOneMeaning() throws {
        var first: [String: (file: String, text: String)] = [:]
        for property in try properties() {
            var schema = property.schema
            schema["examples"] = nil
            let data = try JSONSerialization.data(withJSONObject: schema, options: .sortedKeys)
            let text = String(decoding: data, as: UTF8.self)
            if let other = first[property.name] {
                #expect(other.text == text, "\(property.name) in \(property.file) and \(other.file)")
            } else {
                first[property.name] = (property.file, text)
            }
        }
        #expect(first.count == SchemaRegistry.builtIn.columns.count)
    }

    @Test func anOpenTelemetryNameBelongsToOneColumn() {
        var owners: [String: String] = [:]
        for column in SchemaRegistry.builtIn.columns {
            let twin = column.openTelemetryName ?? ""
            #expect(!twin.isEmpty, "\(column.name)")
            #expect(owners.updateValue(column.name, forKey: twin) == nil, "\(twin)")
        }
    }

    @Test func filesHaveOneShape() throws {
        for file in EmbeddedSchemas.events {
            let document = try #require(JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any])
            #expect(document["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
            let title = try #require(document["title"] as? String)
            #expect(file.name == title + ".json" || file.name == "_" + title + ".json")
            let description = try #require(document["description"] as? String)
            #expect(description.hasSuffix("."))
            if !file.name.hasPrefix("_") {
                let time = try #require(document["x-time"] as? String)
                let properties = try #require(document["properties"] as? [String: Any])
                #expect(time.contains("ended") == (properties["duration_ns"] != nil), "\(file.name)")
            }
        }
        for property in try properties() {
            let description = try #require(property.schema["description"] as? String)
            #expect(description.hasSuffix("."), "\(property.name)")
            let column = try #require(property.schema["x-column"] as? [String: String])
            let type = try #require(column["type"])
            let json = [
                "text": "string", "integer": "integer", "double": "number", "boolean": "boolean", "timestamp": "string",
                "money": "string",
                "json": "object",
            ]
            #expect(property.schema["type"] as? String == json[type], "\(property.name)")
            if property.name.hasSuffix("_ns") { #expect(column["unit"] == "ns") }
            if property.name.hasSuffix("_tokens") && type == "integer" { #expect(column["unit"] == "tokens") }
            if let hint = column["encoding"] { #expect(EncodingHint(rawValue: hint) != nil) }
        }
    }

    @Test func theUserIsATokenAndWordsAreContent() {
        let classes = Dictionary(grouping: SchemaRegistry.builtIn.columns, by: \.privacy).mapValues {
            $0.map(\.name).sorted()
        }
        #expect(classes[.token] == ["user_id"])
        #expect(classes[.content] == ["body", "comment", "content", "status_message"])
        #expect(classes[.personal] == nil)
    }
}
