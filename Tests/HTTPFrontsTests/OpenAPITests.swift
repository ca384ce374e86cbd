import Access
import Clients
import Domain
import EventStores
import HTTPFronts
import JSONTexts
import Platform
import Testing

/// `GET /v1/openapi.json`: sound by itself, and true of the server.
@Suite struct OpenAPITests {
    /// An operation of the document.
    private struct Operation {
        var method: String
        var path: String
        var value: JSONValue

        var address: String { method + " " + path }
        /// Scopes that its security asks for; nil: none.
        var scope: String? { value["security"]?.array?.first?["bearer"]?.array?.first?.string }
    }

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

    private func document() async throws -> JSONValue {
        try await withServer { client, _ in
            let answer = try await client.send("GET", "/v1/openapi.json")
            #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/json")
            return try JSONReader.parse(answer.body)
        }
    }

    private static func operations(_ document: JSONValue) -> [Operation] {
        (document["paths"]?.members ?? []).flatMap { path in
            (path.value.members ?? []).map { Operation(method: $0.name.uppercased(), path: path.name, value: $0.value) }
        }
    }

    /// Every value below one, with its place.
    private static func walk(_ value: JSONValue, at place: String = "#", _ visit: (String, JSONValue) -> Void) {
        visit(place, value)
        switch value {
        case .object(let members): for member in members { walk(member.value, at: place + "/" + member.name, visit) }
        case .array(let elements):
            for (index, element) in elements.enumerated() { walk(element, at: "\(place)/\(index)", visit) }
        default: break
        }
    }

    @Test func theDocumentIsSound() async throws {
        let document = try await document()
        #expect(document["openapi"]?.string == "3.1.0")
        #expect(
            document["info"]?["title"]?.string == "Plimsoll" && document["info"]?["version"]?.string == Version.text)
        #expect(document["components"]?["securitySchemes"]?["bearer"]?["type"]?.string == "http")
        #expect(document["components"]?["securitySchemes"]?["bearer"]?["scheme"]?.string == "bearer")
        let check = SchemaCheck(document: document)
        var references = 0
        Self.walk(document) { place, value in
            let names = (value.members ?? []).map(\.name)
            #expect(Set(names).count == names.count, "\(place) has a member twice")
            if let reference = value["$ref"]?.string {
                references += 1
                #expect(check.resolve(reference) != nil, "\(place): \(reference) leads nowhere")
            }
            if value["type"]?.string == "object", let required = value["required"]?.array {
                for name in required {
                    #expect(value["properties"]?[name.string ?? ""] != nil, "\(place) has no \(name)")
                }
            }
        }
        #expect(references > 50)
        for schema in SchemaName.allCases {
            #expect(document["components"]?["schemas"]?[schema.rawValue] != nil, "\(schema)")
        }
    }

    @Test func everyOperationIsSound() async throws {
        let document = try await document()
        let operations = Self.operations(document)
        let names = operations.compactMap { $0.value["operationId"]?.string }
        #expect(names.count == operations.count && Set(names).count == names.count)
        let tags = Set((document["tags"]?.array ?? []).compactMap { $0["name"]?.string })
        for operation in operations {
            let value = operation.value
            #expect(operation.path.hasPrefix("/") && Self.methods.contains(operation.method.lowercased()))
            #expect(value["summary"]?.string?.isEmpty == false, "\(operation.address)")
            #expect(value["tags"]?.array?.allSatisfy { tags.contains($0.string ?? "") } == true, "\(operation.address)")
            let parameters = value["parameters"]?.array ?? []
            let inPath = parameters.filter { $0["in"]?.string == "path" }
            let holes = operation.path.matches(of: /\{([^}]+)\}/).map { String($0.1) }
            #expect(inPath.compactMap { $0["name"]?.string } == holes, "\(operation.address)")
            #expect(inPath.allSatisfy { $0["required"] == .boolean(true) }, "\(operation.address)")
            for parameter in parameters {
                #expect(["path", "query", "header"].contains(parameter["in"]?.string), "\(operation.address)")
                #expect(
                    parameter["schema"] != nil && parameter["description"]?.string?.isEmpty == false,
                    "\(operation.address)")
            }
            let answers = try #require(value["responses"]?.members)
            #expect(answers.contains { $0.name == "200" || $0.name == "302" })
            for answer in answers {
                let code = try #require(Int(answer.name))
                #expect(
                    (200..<600).contains(code) && answer.value["description"]?.string?.isEmpty == false,
                    "\(operation.address)")
                let isEmpty = [302, 303, 304].contains(code)
                #expect((answer.value["content"] == nil) == isEmpty, "\(operation.address) \(code)")
            }
            // What has rule files read again is told nothing.
            let hasNoBody = operation.method == "GET" || operation.address == "POST /-/reload"
            #expect((value["requestBody"]?["content"] == nil) == hasNoBody, "\(operation.address)")
        }
    }

    @Test func pathsAreThoseOfTheTable() async throws {
        let operations = Self.operations(try await document())
        #expect(operations.count == RouteTable.routes.count)
        #expect(Set(operations.map(\.address)) == Set(RouteTable.routes.map { $0.method.rawValue + " " + $0.path }))
        for route in RouteTable.routes {
            let operation = operations.first { $0.address == route.method.rawValue + " " + route.path }
            #expect(operation?.value["operationId"]?.string == route.name.rawValue)
            #expect(operation?.scope == route.scope?.rawValue, "\(route.path)")
            #expect(
                operation?.value["responses"]?.members?.map(\.name) == route.statuses.map(String.init), "\(route.path)")
        }
    }

    @Test func scopesAreWhatTheServerDemands() async throws {
        let file = TokenFile(dataDirectory: "/data", fileSystem: SimulatedFileSystem(seed: 7))
        let tokens = try AccessScope.allCases.map { scope in
            let token = try file.update { book in
                try book.create(name: "", scopes: [scope], expires: nil, now: 1, randomness: SystemRandomness())
            }
            return (scope: scope.rawValue, text: token.text)
        }
        let operations = Self.operations(try await document())
        try await withServer(tokens: file) { client, _ in
            for operation in operations {
                let path = operation.path.replacing("{kind}", with: "sla").replacing("{id}", with: "c-1")
                    .replacing("{file}", with: "style.css")
                let stranger = try await client.send(operation.method, path)
                #expect(
                    (stranger.status == 401) == (operation.scope != nil), "\(operation.address): \(stranger.status)")
                for token in tokens {
                    let answer = try await client.send(
                        operation.method, path, headers: [("Authorization", "Bearer " + token.text)])
                    let isServed = operation.scope == nil || token.scope == operation.scope || token.scope == "admin"
                    #expect(
                        (answer.status == 403) == !isServed,
                        "\(operation.address) with \(token.scope): \(answer.status)")
                    #expect(answer.status != 401, "\(operation.address) with \(token.scope)")
                    guard !isServed, let demanded = operation.scope else { continue }
                    #expect(
                        answer.headers["WWW-Authenticate"]?.contains("scope=\"\(demanded)\"") == true,
                        "\(operation.address)")
                }
            }
        }
    }

    @Test func answersFitTheirSchemas() async throws {
        // Their members have names that depend on what was asked.
        let open: Set<RouteName> = [
            .report, .statusReport, .doctorReport, .budgets, .budgetHistory, .conversation, .openAPI,
        ]
        try await withServer(try simulatedStore(seed: 42)) { client, _ in
            let document = try JSONReader.parse(try await client.send("GET", "/v1/openapi.json").body)
            let check = SchemaCheck(document: document)
            #expect(try await client.post(RouteRequest.event).status == 200)
            func problems(_ answer: ServerAnswer, _ route: Route, isStrict: Bool) throws -> [String] {
                let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
                guard let declared = operation?["responses"]?["\(answer.status)"] else {
                    return ["\(answer.status) is not declared"]
                }
                // Where it is instead stands in a header field.
                if answer.status == 302 { return [] }
                guard let content = declared["content"]?[(answer.headers["Content-Type"] ?? "").essence] else {
                    return ["\(answer.headers["Content-Type"] ?? "") is not declared"]
                }
                guard answer.headers["Content-Type"] == "application/json", let schema = content["schema"] else {
                    return []
                }
                return check.problems(try JSONReader.parse(answer.body), schema, isStrict: isStrict)
            }
            var looked = 0
            for route in RouteTable.routes {
                for request in RouteRequest.samples(of: route) {
                    let answer = try await client.send(
                        request.method, request.path, headers: request.headers, body: request.body)
                    let found = try problems(answer, route, isStrict: !open.contains(route.name))
                    #expect(found.isEmpty, "\(request.method) \(request.path): \(found)")
                    looked += answer.headers["Content-Type"] == "application/json" ? 1 : 0
                }
                let broken = try await client.send(
                    route.method.rawValue, route.path.replacing(/\{[a-z]+\}/, with: "none") + "?none=1",
                    headers: [("Content-Type", "application/json")], body: route.bodies.isEmpty ? [] : Array("{".utf8))
                let found = try problems(broken, route, isStrict: true)
                #expect(found.isEmpty, "\(route.method.rawValue) \(route.path) refused: \(found)")
            }
            #expect(looked > 15)
            let rejected = try await client.post(#"{"specversion":"1.0","id":"x"}"#)
            let found = try problems(rejected, RouteTable.route(.sendEvents), isStrict: true)
            #expect(rejected.text.contains(#""index":0"#) && found.isEmpty, "\(rejected.text): \(found)")
        }
    }
}
