import JSONTexts

/// Holds JSON against the schemas of an OpenAPI document: as much of JSON Schema as ours say. Shares no code with what
/// writes them.
struct SchemaCheck {
    let document: JSONValue

    /// What a local reference such as `#/components/schemas/Event` leads to.
    func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document as JSONValue?) { value, name in
            value?[String(name)]
        }
    }

    /// What speaks against a value, each with its place.
    /// - Parameter isStrict: members that the schema does not name speak against an object.
    func problems(_ value: JSONValue, _ schema: JSONValue, isStrict: Bool, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.string {
            guard let target = resolve(reference) else { return ["\(place): \(reference) leads nowhere"] }
            return problems(value, target, isStrict: isStrict, at: place)
        }
        if let choices = schema["anyOf"]?.array {
            let fits = choices.contains { problems(value, $0, isStrict: isStrict, at: place).isEmpty }
            return fits ? [] : ["\(place): fits none of the choices"]
        }
        guard let type = schema["type"]?.string else { return [] }
        guard Self.has(value, type) else { return ["\(place): \(value) is no \(type)"] }
        if let choices = schema["enum"]?.array, !choices.contains(value) { return ["\(place): \(value) is not listed"] }
        switch value {
        case .string(let text): return Self.problems(text, schema, at: place)
        case .array(let elements):
            guard let inner = schema["items"] else { return [] }
            return elements.enumerated().flatMap { problems($1, inner, isStrict: isStrict, at: "\(place)[\($0)]") }
        case .object(let members): return problems(members, schema, isStrict: isStrict, at: place)
        default: return []
        }
    }

    private func problems(_ members: [JSONMember], _ schema: JSONValue, isStrict: Bool, at place: String) -> [String] {
        let names = (schema["required"]?.array ?? []).compactMap(\.string)
        let missing = names.filter { name in !members.contains { $0.name == name } }
        return missing.map { "\(place): \($0) is missing" }
            + members.flatMap { member -> [String] in
                let inner = place + "." + member.name
                if let known = schema["properties"]?[member.name] {
                    return problems(member.value, known, isStrict: isStrict, at: inner)
                }
                if let other = schema["additionalProperties"] {
                    return problems(member.value, other, isStrict: isStrict, at: inner)
                }
                return isStrict ? ["\(inner) is in no schema"] : []
            }
    }

    private static func problems(_ text: String, _ schema: JSONValue, at place: String) -> [String] {
        if schema["format"]?.string == "date-time", (try? RFC3339.parse(text)) == nil {
            return ["\(place): \(text) is no time"]
        }
        if schema["pattern"] != nil, (try? DecimalText.parse(text, scale: DecimalText.usdScale)) == nil {
            return ["\(place): \(text) is no decimal number"]
        }
        return []
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.object, "object"), (.array, "array"), (.string, "string"), (.number, "number"), (.boolean, "boolean"),
            (.null, "null"):
            true
        case (.number(let text), "integer"): Int64(text) != nil
        default: false
        }
    }
}
