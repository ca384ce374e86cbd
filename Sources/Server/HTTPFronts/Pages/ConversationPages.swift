import Asking
import Bytes
import Hummingbird
import JSONTexts

extension Routes {
    /// The page of a conversation. Whether there is one its script learns; nobody keeps the document, in which an id
    /// stands.
    /// - Parameter component: its id as the address has it.
    /// - Throws: 404 for what can be no id, 403 under a name that is not the server's.
    func conversationPage(
        _ component: String, _ request: Request, _ context: ServerContext
    ) throws(Refusal) -> Response {
        try guardian.checkHost(request)
        guard let id = Self.named(component, request) else {
            throw Refusal(.notFound, "the id is no UTF-8", hint: "escape the bytes of its UTF-8 with percent signs")
        }
        let page = PageDocument.conversation(id, traces: traceLink)
        return Response(passing: page.html(isSession: context.isSession))
    }

    /// What the address of a page names: the last part of its path, or what the path could not hold, see
    /// ``ConversationAddress``. nil: it is no UTF-8.
    static func named(_ component: String, _ request: Request) -> String? {
        guard var text = PercentText.unescaped(component) else { return nil }
        if text.hasSameBytes(as: ConversationAddress.substitute) {
            for (name, value) in request.uri.queryParameters where name == ConversationAddress.parameter {
                text = String(value)
            }
        }
        return text
    }
}

extension PageDocument {
    /// Which conversations there were, to look for one.
    static let conversations: PageDocument = {
        var page = PageDocument(
            "Conversations", at: "/conversations",
            content: """
                <noscript><p>This page is made by scripts. Without them
                <a href="/v1/conversations">/v1/conversations</a> lists the same.</p></noscript>
                <form id="filters" class="filters" role="search" aria-label="Filters"></form>
                <p id="found" class="soft" role="status">…</p>
                <div class="wide" id="list" tabindex="0" role="region" aria-label="The list of conversations"></div>
                <p id="more"></p>
                <p id="basis" class="soft"></p>

                """,
            scripts: ["conversations.js"])
        page.styles = ["conversations.css"]
        (page.hasRange, page.isRefreshed) = (true, true)
        return page
    }()

    /// One of them.
    /// - Parameter traces: where its traces stand elsewhere; see ``ServerConfiguration/traceLink``.
    static func conversation(_ id: String, traces: String? = nil) -> PageDocument {
        let text = ConversationAddress.text(id, in: "/v1/conversations", "format=table")
        let elsewhere: HTML = traces.map { " data-traces=\"\($0)\"" } ?? .empty
        var page = PageDocument(
            "Conversation", at: "/conversations",
            content: """
                <noscript><p>This page is made by scripts. Without them
                <a href="\(text)">the same as text</a> can be read.</p></noscript>
                <p id="id" class="id"\(elsewhere)></p>
                <p id="list" class="listed"></p>
                <div id="head"></div>
                <div id="tabs" class="tabs"></div>
                <div id="turns"></div>
                <div id="events"></div>
                <div id="detail"></div>
                <p id="said" class="unseen" role="status"></p>
                <p id="basis" class="soft"></p>

                """,
            scripts: ["conversation.js"])
        page.styles = ["conversations.css"]
        return page
    }
}
