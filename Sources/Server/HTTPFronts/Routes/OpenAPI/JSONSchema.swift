import JSONTexts

/// What JSON text may look like: as much of JSON Schema 2020-12 as the table of routes says.
package indirect enum JSONSchema: Sendable {
    /// Anything.
    case any
    case text
    /// RFC 3339.
    case time
    /// A decimal number as text, exact.
    case decimal
    case integer
    case number
    case flag
    /// One of these texts.
    case choice([String])
    case list(JSONSchema)
    case object([SchemaMember])
    /// An object whose members have names of their own.
    case map(JSONSchema)
    /// What fits one of these.
    case either([JSONSchema])
    /// This, or `null`.
    case optional(JSONSchema)
    /// The schema of this name.
    case reference(SchemaName)

    /// Writes the schema as a JSON object.
    /// - Parameter meaning: becomes its description where it is not empty.
    func write(to json: inout JSONWriter, meaning: String = "") {
        json.beginObject()
        switch self {
        case .any: break
        case .text: json.member("type", "string")
        case .time:
            json.member("type", "string")
            json.member("format", "date-time")
        case .decimal:
            json.member("type", "string")
            json.member("pattern", #"^-?[0-9]+(\.[0-9]+)?$"#)
        case .integer: json.member("type", "integer")
        case .number: json.member("type", "number")
        case .flag: json.member("type", "boolean")
        case .choice(let values):
            json.member("type", "string")
            json.key("enum")
            json.array(values) { value, json in json.value(value) }
        case .list(let element):
            json.member("type", "array")
            json.key("items")
            element.write(to: &json)
        case .object(let members): Self.write(members, to: &json)
        case .map(let value):
            json.member("type", "object")
            json.key("additionalProperties")
            value.write(to: &json)
        case .either(let schemas):
            json.key("anyOf")
            json.array(schemas) { schema, json in schema.write(to: &json) }
        case .optional(let schema):
            json.key("anyOf")
            json.beginArray()
            schema.write(to: &json)
            json.raw(#"{"type":"null"}"#)
            json.endArray()
        case .reference(let name): json.member("$ref", name.reference)
        }
        if !meaning.isEmpty { json.member("description", meaning) }
        json.endObject()
    }

    private static func write(_ members: [SchemaMember], to json: inout JSONWriter) {
        json.member("type", "object")
        json.key("properties")
        json.beginObject()
        for member in members {
            json.key(member.name)
            member.schema.write(to: &json, meaning: member.meaning)
        }
        json.endObject()
        let required = members.filter(\.isRequired)
        guard !required.isEmpty else { return }
        json.key("required")
        json.array(required) { member, json in json.value(member.name) }
    }
}

// tests: real answers are held against it.
/// A member of an object.
package struct SchemaMember: Sendable {
    /// Its name.
    package var name: String
    /// What its value may be.
    package var schema: JSONSchema
    /// Empty: the name says it.
    var meaning: String
    /// Whether the object always has it.
    package var isRequired: Bool

    static func always(_ name: String, _ schema: JSONSchema, _ meaning: String = "") -> SchemaMember {
        SchemaMember(name: name, schema: schema, meaning: meaning, isRequired: true)
    }

    static func perhaps(_ name: String, _ schema: JSONSchema, _ meaning: String = "") -> SchemaMember {
        SchemaMember(name: name, schema: schema, meaning: meaning, isRequired: false)
    }
}
