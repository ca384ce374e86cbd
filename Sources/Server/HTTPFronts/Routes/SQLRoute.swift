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
        let forms = try QueryRequest.forms(of: request)
        let body = try await text(
            of: request, hint: "shorten the query; long lists of values may be written as a join")
        let query = try QueryRequest(body: body, form: forms.body, format: forms.answer, limits: limits)
        let runner = StatementRunner(engine: engine, keeping: queries.statements)
        let waiting = settlement.waiting
        let contentType = query.format.contentType
        let (text, missing, first, second) = try await queries.run { [store, queries, clock] cancellation in
            var options = query.options.cancelled(by: cancellation).startingClock { clock.monotonicNanoseconds() }
            options.memoryPool = queries.memory
            let asked = options
            var result = try runner.run(
                query.sql, over: store.pinnedTables(), options: asked, as: query.format)
            // What the engine booked for the rows is what they hold.
            let heldBytes = result.booking?.bytes ?? result.heldBytes
            result.booking = nil
            result.booking = try queries.holding(heldBytes + Self.answerBytes)
            let text = ResultText(result, query.format)
            // A table measures every row before its first line.
            let first = try text.next(look: asked.check) ?? []
            return (text, result.notices, first, try text.next(look: asked.check))
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
