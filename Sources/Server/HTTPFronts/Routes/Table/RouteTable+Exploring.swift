import Access

/// The rows of what there is to ask for, and of the pages that ask: questions of one's own, prices, schemas.
extension RouteTable {
    static let vocabulary: [Route] = {
        var schemas = Route(
            .schemas, .get, "/v1/schemas", needs: .read, .ask, "tables, their columns, names of functions")
        schemas.detail =
            "What questions may name. Tables of event types have the common columns besides their own, and a column "
            + "that is sent says what a sender writes. The same in every store of one version."
        (schemas.answers, schemas.otherStatuses) = ([RouteContent("application/json", .schemas)], [400])
        return [schemas]
    }()

    static let exploring: [Route] = {
        var explore = page(.explorePage, "/explore", "questions of one's own, in SQL and PromQL")
        explore.detail = "A question stands in the fragment of the address, which is sent to no server."
        var prices = page(.pricesPage, "/prices", "prices in force and before, and what has none")
        prices.parameters += [
            .query("provider", .text, "whose prices"), .query("model", .text, "a part of the name of a model"),
            .query("all", .flag, "those of other times, too"),
            .query("page", .integer, "which hundred of them, from 1"),
        ] + priceTimes
        prices.otherStatuses += [400, 429]
        let list = page(.schemasPage, "/schemas", "event types and tables")
        var one = page(.schemaPage, "/schemas/{name}", "columns of a table, and examples to copy")
        one.parameters.insert(.path("name", .text, "the table, or its event type"), at: 0)
        one.otherStatuses += [404]
        return [explore, prices, list, one]
    }()
}
