import HTTPFronts

/// A request that a route must answer with 200, made of what the table says of it.
struct RouteRequest: Sendable {
    var method: String
    var path: String
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    static let event =
        #"{"specversion":"1.0","id":"r-1","source":"test","type":"message.received","time":"2026-08-01T09:00:00Z","#
        + #""data":{"conversation_id":"c-1","turn":1,"author":"user"}}"#

    /// One for each value of a choice in the path, each format, each media type that is taken or asked for.
    static func samples(of route: Route) -> [RouteRequest] {
        var requests = paths(of: route).flatMap { path in
            queries(of: route).map { RouteRequest(method: route.method.rawValue, path: path + $0) }
        }
        if !route.bodies.isEmpty {
            requests = requests.flatMap { request in route.bodies.map { request.sending($0) } }
        }
        if route.name == .askSQL {
            requests += route.answers.map { answer in
                var request = requests[0]
                request.headers.append(("Accept", answer.mediaType))
                return request
            }
        }
        return requests
    }

    private static func paths(of route: Route) -> [String] {
        route.parameters.filter { $0.place == .path }.reduce([route.path]) { paths, parameter in
            // What there is: a conversation of the tests, an alert of the built-in objectives, a dashboard.
            let uid = parameter.name == "uid" ? "plimsoll-cost" : "c-1"
            var values = [route.name == .runbook ? "PlimsollDown" : uid]
            if case .choice(let choices) = parameter.type { values = choices }
            return paths.flatMap { path in values.map { path.replacing("{\(parameter.name)}", with: $0) } }
        }
    }

    private static func queries(of route: Route) -> [String] {
        let asked = route.parameters.filter { $0.place == .query }
        let times = ["start": "0", "end": "60", "step": "15"]
        let needed = asked.filter(\.isRequired).map { $0.name + "=" + (times[$0.name] ?? "openai") }
        var queries = [needed]
        for parameter in asked where parameter.name == "format" {
            if case .choice(let formats) = parameter.type { queries += formats.map { needed + ["format=" + $0] } }
        }
        if asked.contains(where: { $0.name == "section" }) { queries.append(needed + ["format=csv", "section=all"]) }
        return queries.map { $0.isEmpty ? "" : "?" + $0.joined(separator: "&") }
    }

    private func sending(_ content: RouteContent) -> RouteRequest {
        var request = self
        request.headers.append(("Content-Type", content.mediaType))
        request.body = Array(Self.text(content, path).utf8)
        return request
    }

    private static func text(_ content: RouteContent, _ path: String) -> String {
        switch content.mediaType {
        case "application/x-protobuf": return ""
        case "application/x-www-form-urlencoded": return "query=up&start=0&end=60&step=15&match%5B%5D=up"
        case "application/sql", "text/plain": return "select 1 as one"
        case "application/cloudevents-batch+json": return "[\(event)]"
        default: break
        }
        switch content.schema {
        case .reference(.sqlRequest)?: return #"{"sql":"select 1 as one"}"#
        case .reference(.rebookRequest)?: return #"{"provider":"openai"}"#
        case .reference(.spans)?: return "{}"
        default: return event
        }
    }
}

extension String {
    /// A media type without its parameters.
    var essence: String { String(prefix { $0 != ";" }) }
}
