import Access
import Asking
import Domain
import Reports

/// The rows of conversations: what programs ask, and what a browser shows of it.
extension RouteTable {
    private static let packing = RouteParameter.header("Accept-Encoding", .text, "gzip: it is sent compressed")

    private static let named = RouteParameter.query(
        ConversationAddress.parameter, .text,
        "its id, where no path can hold it (. and .., which clients take for folders); the path has "
            + "\(ConversationAddress.substitute) in its place")

    static let conversations: [Route] = {
        var list = Route(
            .conversations, .get, "/v1/conversations", needs: .read, .ask,
            "conversations by time, cost, length, failures")
        list.detail =
            "Those of which something happened in the period, page by page. A page is of one state of the store; one "
            + "that nothing happens to stands on one page, whatever else comes in between."
        list.parameters = [
            .query("from", .text, "start of the period: \(timeForms); 30 days before its end without it"),
            .query("to", .text, "end of the period, not included: \(timeForms); now without it"),
            timeZone,
            .query("tenant", .text, "whose they are"), .query("channel", .text, "where they were held"),
            .query("topic", .text, "what they were about"),
            .query("outcome", .choice(Outcome.allCases.map(\.rawValue)), "how they ended, by the rule"),
            .query(
                "rule", .choice(OutcomeRule.allCases.map(\.rawValue)),
                "what counts as resolved; that of the settings without it"),
            .query("variant", .text, "of an experiment"),
            .query("user", .text, "the token of a user, as user_token('…') says it: ids stand in no address"),
            .query("id", .text, "what their id begins with"),
            .query("errors", .integer, "at least so many answers that failed"),
            .query("min_cost", .decimal, "at least so many USD are known to have been paid"),
            .query("min_duration", .decimal, "at least so many seconds long"),
            .query(
                "sort", .choice(ConversationOrder.allCases.map(\.rawValue)),
                "what puts them in order: newest their first event, last their last one, slowest their slowest "
                    + "answer, errors how many answers failed; newest without it"),
            .query(
                "order", .choice(ConversationDirection.allCases.map(\.rawValue)),
                "desc: the greatest or latest first; asc: the same list turned round; desc without it"),
            .query(
                "limit", .integer,
                "so many at a time, at most \(ConversationRequest.countMax); \(ConversationRequest.countStandard) "
                    + "without it"),
            .query(
                "cursor", .text,
                "what stands behind it: next of the page before, or cursor of a conversation; its period is that of "
                    + "the first page"),
            .query("before", .text, "likewise, what stands right before it: previous of the page behind"), packing,
        ]
        list.answers = [RouteContent("application/json", .conversationList)]
        list.otherStatuses = [400, 429, 503]

        var one = Route(.conversation, .get, "/v1/conversations/{id}", needs: .read, .ask, "one conversation whole")
        one.detail =
            "As columns it is for who draws thousands of events: arrays of numbers with one list of texts, the first "
            + "\(ConversationColumns.eventsMax) events by time, and sums that are of all."
        one.parameters = [
            .path("id", .text, "its id, percent-encoded; upper and lower case differ"), named,
            .query("tenant", .text, "whose it is, where several have one of this id"),
            .query("format", .choice(ConversationFormat.allCases.map(\.rawValue)), "json without it"),
            .query(
                "event", .integer,
                "position of the one event that is told, with all that it says and its turn; not in columns"),
            packing,
        ]
        one.answers = [
            RouteContent(
                "application/json", .either([.reference(.conversation), .reference(.conversationColumns)])), table,
        ]
        one.otherStatuses = [400, 404, 429, 503]
        return [list, one]
    }()

    static let conversationPages: [Route] = {
        var one = page(.conversationPage, "/conversations/{id}", "one conversation: turns, waterfall, events, money")
        // Nobody keeps it: an id stands in it.
        (one.parameters, one.otherStatuses) = ([.path("id", .text, "its id, percent-encoded"), named], [404])
        return [
            page(
                .conversationsPage, "/conversations", "conversations by time, cost, length, failed answers, outcome"),
            one,
        ]
    }()
}
