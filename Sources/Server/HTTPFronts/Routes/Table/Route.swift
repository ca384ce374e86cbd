package import Access

// tests: the table is held against a running server, row by row.
/// An address of the server as data. Whether a request finds a handler, who is let in, which parameters are known, and
/// what people and programs are told of it: all that follows from here.
package struct Route: Sendable {
    /// The only one of its name.
    package var name: RouteName
    /// With ``path`` the only one.
    package var method: RouteMethod
    /// The pattern, such as `/v1/conversations/{id}`.
    package var path: String
    /// What a token must hold; nil: anybody is let in.
    package var scope: AccessScope?
    /// Groups addresses for whoever looks for one.
    package var tag: RouteTag
    /// Fits a line of `plimsoll serve --help`.
    package var summary: String
    /// What the summary leaves out; empty: nothing.
    var detail = ""
    /// In its path, its query and its header fields.
    package var parameters: [RouteParameter] = []
    /// Bodies that are taken; empty: none is read.
    package var bodies: [RouteContent] = []
    /// Bodies of an answer with status 200.
    package var answers: [RouteContent] = []
    /// Statuses besides 200 that the route itself gives; see ``statuses``.
    var otherStatuses: [Int] = []
    /// Bodies of refusals.
    package var refusals: [RouteContent] = [RouteContent("application/json", .refusal)]
    /// Whether clients of OTLP over HTTP send there, which read refusals in its words alone.
    var isOTLP = false
    /// Whether it is asked as the row before, by a form: nobody has to be told of both.
    var isForm = false
    /// Whether it only says where to look instead.
    package var redirects = false
    /// The route whose handler this one shares; nil: it has its own.
    package var aliasOf: RouteName?

    /// An address with nothing but what each has.
    init(
        _ name: RouteName, _ method: RouteMethod, _ path: String, needs scope: AccessScope?, _ tag: RouteTag,
        _ summary: String
    ) {
        (self.name, self.method, self.path, self.scope, self.tag, self.summary) = (
            name, method, path, scope, tag, summary
        )
    }

    /// Every status that an answer may have, ascending: those of access control and of mistakes of ours, too. A request
    /// that is refused before its address is known (no HTTP at all, one that trickles) has no route.
    package var statuses: [Int] {
        let done = redirects ? 302 : 200
        let always = scope == nil ? [done, 500] : [done, 401, 403, 500, 503]
        return Set(always + otherStatuses).sorted()
    }

    /// Whether people are told of it: not of a second way to ask the same, nor of what pages are made of.
    package var isListed: Bool { aliasOf == nil && !isForm && tag != .pages }

    /// Whether a request is seen through where its client has gone: what is sent is written whether or not its sender
    /// waits.
    var outlastsClient: Bool { tag == .send }

    /// The summary with the names of the parameters.
    package var purpose: String {
        let names = parameters.filter { $0.place == .query }.map { parameter in
            if case .choice(let values) = parameter.type { return parameter.name + "=" + values.joined(separator: "|") }
            return parameter.name
        }
        return names.isEmpty ? summary : summary + "; " + names.joined(separator: ", ")
    }

    /// Where a browser finds an answer without being told anything: what must be said is the first of its choices. nil:
    /// nowhere.
    var link: String? {
        guard method == .get else { return nil }
        var link = path
        for parameter in parameters where parameter.isRequired {
            guard parameter.place == .path, case .choice(let values) = parameter.type, let first = values.first else {
                return nil
            }
            link = link.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0 == "{\(parameter.name)}" ? first : String($0) }.joined(separator: "/")
        }
        return link
    }

    /// Whether it is the route of a path with these parts.
    func matches(_ parts: [Substring]) -> Bool {
        let pattern = path.split(separator: "/")
        return pattern.count == parts.count
            && zip(pattern, parts).allSatisfy { $0.first == "{" || $0.utf8.elementsEqual($1.utf8) }
    }

    /// The same handler at a second address.
    func elsewhere(_ name: RouteName, at path: String) -> Route {
        var route = self
        (route.name, route.path, route.aliasOf) = (name, path, self.name)
        return route
    }
}

/// The methods of HTTP that routes have.
package enum RouteMethod: String, CaseIterable, Hashable, Sendable { case get = "GET", post = "POST" }

/// What an address is for.
package enum RouteTag: String, CaseIterable, Hashable, Sendable {
    case ask = "Ask"
    case series = "Prometheus"
    case send = "Send"
    case prices = "Prices"
    case operate = "Operate"
    case pages = "Pages"

    /// What the addresses of a tag have in common.
    var meaning: String {
        switch self {
        case .ask: "Reports, conversations, SQL, and the events themselves."
        case .series:
            "The HTTP API of Prometheus: PromQL over the metrics, and what its clients ask besides. amtool, too."
        case .send: "Events and spans in."
        case .prices: "What calls cost, and corrections of it."
        case .operate: "How the server is, for people, probes and Prometheus."
        case .pages: "What a browser is shown."
        }
    }
}

// tests: the table is held against a running server, row by row.
/// Something a request may say beside its body.
package struct RouteParameter: Sendable {
    /// Where it is said.
    package enum Place: String, Sendable { case path, query, header }

    /// Its name there.
    package var name: String
    /// Where it is said.
    package var place: Place
    /// What its text may be; a list: it may be given several times.
    package var type: JSONSchema
    /// What it means, and what is meant where it is missing.
    var meaning: String
    /// Whether a request without it is refused.
    package var isRequired: Bool

    /// Whether it may be given several times.
    package var isRepeated: Bool { if case .list = type { true } else { false } }

    static func path(_ name: String, _ type: JSONSchema, _ meaning: String) -> RouteParameter {
        RouteParameter(name: name, place: .path, type: type, meaning: meaning, isRequired: true)
    }

    static func query(_ name: String, _ type: JSONSchema, _ meaning: String, isRequired: Bool = false) -> RouteParameter
    {
        RouteParameter(name: name, place: .query, type: type, meaning: meaning, isRequired: isRequired)
    }

    static func header(_ name: String, _ type: JSONSchema, _ meaning: String) -> RouteParameter {
        RouteParameter(name: name, place: .header, type: type, meaning: meaning, isRequired: false)
    }
}

// tests: the table is held against a running server, row by row.
/// A body of one media type.
package struct RouteContent: Sendable {
    /// Without parameters.
    package var mediaType: String
    /// What it looks like; nil for what JSON Schema says nothing of.
    package var schema: JSONSchema?

    init(_ mediaType: String, _ schema: JSONSchema? = nil) { (self.mediaType, self.schema) = (mediaType, schema) }

    init(_ mediaType: String, _ schema: SchemaName) { self.init(mediaType, .reference(schema)) }
}
