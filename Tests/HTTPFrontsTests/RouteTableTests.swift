import Access
import Clients
import EventStores
import HTTPFronts
import JSONTexts
import Platform
import Testing

/// What the table of routes says, held against a running server.
@Suite struct RouteTableTests {
    private static let routes = RouteTable.routes

    /// A store with one event of the conversation c-1.
    private func withEvent(_ body: @Sendable @escaping (ServerClient) async throws -> Void) async throws {
        try await withServer(try simulatedStore(seed: 41)) { client, _ in
            let answer = try await client.post(RouteRequest.event)
            #expect(answer.text.contains(#""accepted":1"#), "\(answer.text)")
            try await body(client)
        }
    }

    @Test func everyNameHasOneRowAndEveryRowAnAddressOfItsOwn() {
        #expect(Self.routes.count == RouteName.allCases.count)
        #expect(Set(Self.routes.map(\.name)) == Set(RouteName.allCases))
        #expect(Set(Self.routes.map { $0.method.rawValue + " " + $0.path }).count == Self.routes.count)
        for route in Self.routes {
            guard let original = route.aliasOf.map(RouteTable.route) else { continue }
            #expect(
                original.aliasOf == nil && original.scope == route.scope && original.method == route.method,
                "\(route.path)")
        }
    }

    @Test func everyParameterOfAPathIsDeclared() {
        for route in Self.routes {
            let declared = route.parameters.filter { $0.place == .path }.map(\.name)
            #expect(route.path.matches(of: /\{([^}]+)\}/).map { String($0.1) } == declared, "\(route.path)")
            #expect(Set(route.parameters.map(\.name)).count == route.parameters.count, "\(route.path)")
        }
    }

    @Test func everyRouteAnswersInTheMediaTypesOfItsRow() async throws {
        try await withEvent { client in
            for route in Self.routes {
                var found: Set<String> = []
                for request in RouteRequest.samples(of: route) {
                    let answer = try await client.send(
                        request.method, request.path, headers: request.headers, body: request.body)
                    let done = route.redirects ? 302 : 200
                    #expect(answer.status == done, "\(request.method) \(request.path): \(answer.text.prefix(200))")
                    guard !route.redirects else { continue }
                    found.insert((answer.headers["Content-Type"] ?? "none").essence)
                }
                #expect(found == Set(route.answers.map(\.mediaType)), "\(route.method.rawValue) \(route.path)")
            }
        }
    }

    @Test func bodiesOfOtherMediaTypesAreRefusedAsTheRowSays() async throws {
        try await withEvent { client in
            for route in Self.routes where route.statuses.contains(415) {
                let answer = try await client.send(
                    "POST", route.path, headers: [("Content-Type", "image/png")], body: [1])
                #expect(answer.status == 415, "\(route.path): \(answer.status)")
                let type = (answer.headers["Content-Type"] ?? "none").essence
                #expect(route.refusals.contains { $0.mediaType == type }, "\(route.path): \(type)")
            }
        }
    }

    @Test func onlyParametersOfTheRowAreKnown() async throws {
        try await withEvent { client in
            // Clients of Prometheus say what others of its kind know, too; pages hand on what the next page knows.
            let others: Set = [RouteTag.series, .pages]
            for route in Self.routes where route.statuses.contains(400) && !others.contains(route.tag) {
                let address = route.path.replacing("{kind}", with: "sla").replacing("{id}", with: "c-1")
                let method = route.method.rawValue
                let (type, body) = (("Content-Type", "application/json"), Array((method == "GET" ? "" : "{}").utf8))
                let names = route.parameters.filter { $0.place == .query }.map(\.name)
                let hint =
                    names.isEmpty ? "this address takes no parameters" : "known: " + names.joined(separator: ", ")
                let unknown = try await client.send(
                    method, address + "?surely_not=1", headers: [type], body: body)
                #expect(unknown.status == 400 && unknown.text.contains(hint), "\(route.path): \(unknown.text)")
                for parameter in route.parameters where parameter.place == .query {
                    let twice = try await client.send(
                        method, address + "?\(parameter.name)=&\(parameter.name)=", headers: [type], body: body)
                    #expect(!twice.text.contains("there is no parameter"), "\(route.path) \(parameter.name)")
                    #expect(
                        twice.text.contains("is given twice") == !parameter.isRepeated,
                        "\(route.path) \(parameter.name): \(twice.text)")
                }
            }
        }
    }

    @Test func whatIsInNoRowNeedsAdmin() {
        #expect(RouteTable.scopes.needed("GET", "/v1/nothing") == .admin)
        #expect(RouteTable.scopes.needed("DELETE", "/v1/events") == .admin)
        #expect(RouteTable.scopes.needed("POST", "/healthz") == .admin)
        #expect(RouteScopes([]).needed("GET", "/healthz") == .admin)
        for route in Self.routes { #expect(RouteTable.scopes.needed(route.method.rawValue, route.path) == route.scope) }
        // Whoever asks changes nothing; whoever changes what is kept holds admin or sends. Who logs in has nothing yet.
        let open = Self.routes.filter { $0.scope == nil }
        let sessions = open.filter { $0.method == .post }
        #expect(open.allSatisfy { $0.tag == .operate || $0.tag == .pages })
        #expect(sessions.map(\.name) == [.beginSession, .endSession])
        #expect(
            Set(open.map(\.path)) == [
                "/healthz", "/readyz", "/-/healthy", "/-/ready", "/runbooks", "/runbooks/{name}",
                "/assets/{hash}/{file}",
                "/session", "/session/end",
            ])
    }

    @Test func theStatusPageListsTheRowsAndItsLinksLeadSomewhere() async throws {
        try await withEvent { client in
            let json = try JSONReader.parse(try await client.send("GET", "/v1/status").body)
            let addresses = try #require(json["addresses"]?.array)
            let listed = Self.routes.filter(\.isListed)
            #expect(addresses.map { $0["path"]?.string } == listed.map(\.path))
            #expect(addresses.map { $0["purpose"]?.string } == listed.map(\.purpose))
            let links = addresses.compactMap { $0["link"]?.string }
            #expect(
                links.contains("/v1/reports/sla") && links.contains("/metrics") && !links.contains("/v1/prices/rebook"))
            for link in links { #expect(try await client.send("GET", link).status == 200, "\(link)") }
        }
    }

    @Test func theHelpListsEveryRowInLinesThatFit() {
        let lines = RouteTable.listing.split(separator: "\n")
        let listed = Self.routes.filter(\.isListed)
        #expect(lines.count == listed.count)
        for (line, route) in zip(lines, listed) {
            #expect(
                line.hasPrefix(route.method.rawValue) && line.contains(" \(route.path) ")
                    && line.hasSuffix(route.summary))
            #expect(line.count < 80, "\(line)")
        }
    }
}
