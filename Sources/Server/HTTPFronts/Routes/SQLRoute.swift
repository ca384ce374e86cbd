import Asking
import Domain
import Execution
import Hummingbird
import Intakes
import Plans
import Platform

extension Routes {
    /// What an answer under way takes beside its rows: pieces on their way to the client.
    static let answerBytes = 256 << 10

    /// The answer to a question in SQL. A client that goes away takes its query with it. What is longer than a piece is
    /// sent piece by piece: the rows stay, and are booked, until the client has fetched them.
    func rows(_ request: Request, _: QueryParameters) async throws -> Response {
        let body = try await text(
            of: request, hint: "shorten the query; long lists of values may be written as a join")
        let query = try QueryRequest(request, body: body, limits: limits)
        let runner = StatementRunner(engine: engine)
        let waiting = settlement.waiting
        let contentType = query.format.contentType
        let (text, missing, first, second) = try await queries.run { [store, queries, clock] cancellation in
            var options = query.options.cancelled(by: cancellation)
            options.memoryPool = queries.memory
            let end = options.timeLimitNanoseconds.map { clock.monotonicNanoseconds().addingReportingOverflow($0) }
            var result = try runner.run(
                query.sql, over: store.pinnedTables(), options: options, as: query.format)
            result.booking = nil
            result.booking = try queries.holding(result.heldBytes + Self.answerBytes)
            let text = ResultText(result, query.format)
            // A table measures every row before its first line.
            func look() throws {
                if cancellation.isCancelled { throw QueryError.cancelled }
                if let end, !end.overflow, clock.monotonicNanoseconds() > end.partialValue {
                    throw QueryError(.deadlineExceeded, "canceling statement due to statement timeout")
                }
            }
            let first = try text.next(look: look) ?? []
            return (text, result.notices, first, try text.next(look: look))
        }
        guard let second else {
            return Self.noting(waiting, missing: missing, Response(bytes: first, contentType: contentType))
        }
        let streamed = Response(first: first + second, contentType: contentType) { [queries] in
            try await queries.nextPiece { try text.next() }
        }
        return Self.noting(waiting, missing: missing, streamed)
    }
}
