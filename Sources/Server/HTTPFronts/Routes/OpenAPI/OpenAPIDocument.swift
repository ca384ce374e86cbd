import Access
import Domain
import JSONTexts

/// The table of routes as an OpenAPI 3.1 document, for whoever makes clients of it.
enum OpenAPIDocument {
    /// JSON; the same for every server of a version.
    static let bytes: [UInt8] = {
        var json = JSONWriter()
        json.beginObject()
        json.member("openapi", "3.1.0")
        writeInfo(to: &json)
        json.key("servers")
        json.raw(#"[{"url":"/"}]"#)
        writeTags(to: &json)
        writePaths(RouteTable.routes, to: &json)
        writeComponents(to: &json)
        json.endObject()
        return json.bytes
    }()

    /// The name of the only way to show who one is.
    private static let scheme = "bearer"

    private static func writeInfo(to json: inout JSONWriter) {
        json.key("info")
        json.beginObject()
        json.member("title", "Plimsoll")
        json.member("version", Version.text)
        json.member(
            "description",
            "Keeps what a support agent does as events and answers questions about service levels, cost and outcomes. "
                + "HEAD is answered as GET without the body, OPTIONS with the methods of an address, any other method "
                + "with 405.")
        json.endObject()
    }

    private static func writeTags(to json: inout JSONWriter) {
        json.key("tags")
        json.array(RouteTag.allCases) { tag, json in
            json.object { json in
                json.member("name", tag.rawValue)
                json.member("description", tag.meaning)
            }
        }
    }

    private static func writePaths(_ routes: [Route], to json: inout JSONWriter) {
        json.key("paths")
        json.beginObject()
        for (index, first) in routes.enumerated() where !routes[..<index].contains(where: { $0.path == first.path }) {
            json.key(first.path)
            json.beginObject()
            for route in routes where route.path == first.path {
                json.key(route.method.rawValue.lowercased())
                write(route, to: &json)
            }
            json.endObject()
        }
        json.endObject()
    }

    // MARK: One operation

    private static func write(_ route: Route, to json: inout JSONWriter) {
        json.beginObject()
        json.member("operationId", route.name.rawValue)
        json.member("summary", route.summary)
        if !route.detail.isEmpty { json.member("description", route.detail) }
        json.key("tags")
        json.array([route.tag]) { tag, json in json.value(tag.rawValue) }
        json.key("security")
        json.beginArray()
        if let scope = route.scope { json.raw(#"{"\#(scheme)":["\#(scope.rawValue)"]}"#) }
        json.endArray()
        if !route.parameters.isEmpty {
            json.key("parameters")
            json.array(route.parameters) { parameter, json in write(parameter, to: &json) }
        }
        if !route.bodies.isEmpty {
            json.key("requestBody")
            json.beginObject()
            json.member("required", true)
            writeContent(route.bodies, to: &json)
            json.endObject()
        }
        json.key("responses")
        json.beginObject()
        for status in route.statuses { writeAnswer(status, of: route, to: &json) }
        json.endObject()
        json.endObject()
    }

    private static func write(_ parameter: RouteParameter, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", parameter.name)
        json.member("in", parameter.place.rawValue)
        json.member("description", parameter.meaning)
        json.member("required", parameter.isRequired)
        json.key("schema")
        parameter.type.write(to: &json)
        json.endObject()
    }

    private static func writeContent(_ contents: [RouteContent], to json: inout JSONWriter) {
        json.key("content")
        json.beginObject()
        for content in contents {
            json.key(content.mediaType)
            json.beginObject()
            if let schema = content.schema {
                json.key("schema")
                schema.write(to: &json)
            }
            json.endObject()
        }
        json.endObject()
    }

    private static func writeAnswer(_ status: Int, of route: Route, to json: inout JSONWriter) {
        json.key(String(status))
        json.beginObject()
        json.member("description", meaning(of: status))
        switch status {
        case 200: writeContent(route.answers, to: &json)
        case 302, 303, 304: break
        default:
            if let field = [401: challenge, 403: challenge, 429: pause, 503: pause][status] {
                json.key("headers")
                json.raw("{\"\(field)\":{\"$ref\":\"#/components/headers/\(field)\"}}")
            }
            writeContent(route.refusals, to: &json)
        }
        json.endObject()
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 200: "Done."
        case 302: "It is at the address of Location."
        case 303: "Logged in: Location says where to go on."
        case 304: "What is there already still holds."
        case 400: "The request is wrong; the answer says where."
        case 401: "No token, or none of this server's that is worth anything."
        case 403: "The token lacks the scope; without tokens: a page of another site asks."
        case 404: "There is nothing of this name."
        case 406: "Nothing that Accept names can be written."
        case 408: "The body did not arrive in time."
        case 409: "The body is an export, which would lose its corrections this way."
        case 413: "The body is too large."
        case 415: "The body's media type or encoding is not taken."
        case 422:
            "The question makes no sense of what there is, or wants too many samples; or rule files have a mistake."
        case 429: "Too much is under way; the same request may succeed later."
        case 503: "Not now: the answer says why."
        default: "A mistake of the server; its log says more."
        }
    }

    // MARK: Components

    private static let challenge = "WWW-Authenticate"
    private static let pause = "Retry-After"

    private static func writeComponents(to json: inout JSONWriter) {
        json.key("components")
        json.beginObject()
        json.key("securitySchemes")
        json.beginObject()
        json.key(scheme)
        json.beginObject()
        json.member("type", "http")
        json.member("scheme", "bearer")
        json.member(
            "description",
            "A token of `plimsoll tokens create`, asked for once there was one. Scopes: "
                + AccessScope.allCases.map(\.rawValue).joined(separator: ", ") + "; the last includes the others.")
        json.endObject()
        json.endObject()
        json.key("headers")
        json.beginObject()
        for (name, schema, meaning) in [
            (challenge, JSONSchema.text, "How to be let in (RFC 6750)."),
            (pause, .integer, "Seconds to wait; not always told."),
        ] {
            json.key(name)
            json.beginObject()
            json.member("description", meaning)
            json.key("schema")
            schema.write(to: &json)
            json.endObject()
        }
        json.endObject()
        json.key("schemas")
        json.beginObject()
        for name in SchemaName.allCases {
            json.key(name.rawValue)
            name.schema.write(to: &json)
        }
        json.endObject()
        json.endObject()
    }
}
