import Asking
import Domain
import Execution
import Hummingbird
import Intakes
import Plans

extension Routes {
    /// The answer to a question in SQL. A client that goes away takes its query with it.
    func rows(_ request: Request, _: QueryParameters) async throws -> Response {
        let body = try await text(
            of: request, hint: "shorten the query; long lists of values may be written as a join")
        let query = try QueryRequest(request, body: body, limits: limits)
        let runner = StatementRunner(engine: engine)
        let waiting = settlement.waiting
        let text = try await queries.run { [store] cancellation in
            let options = query.options.cancelled(by: cancellation)
            let result = try runner.run(query.sql, over: store.pinnedTables(), options: options, as: query.format)
            return Array(result.rendered(query.format).utf8)
        }
        return Self.noting(waiting, Response(bytes: text, contentType: query.format.contentType))
    }
}
