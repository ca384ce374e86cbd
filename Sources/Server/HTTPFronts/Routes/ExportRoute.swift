import Asking
import Domain
import EventStores
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import Plans
import Platform
import Reports
import Synchronization

extension Routes {
    /// Events as they were accepted, streamed.
    func events(_ query: QueryParameters) async throws -> Response {
        let name = query["format"] ?? ExportFormat.ndjson.rawValue
        guard let format = ExportFormat(rawValue: name) else {
            throw Refusal(
                .badRequest, "there is no format \(name)",
                hint: nameHint(to: name, known: ExportFormat.allCases.map(\.rawValue)))
        }
        let now = clock.wallNanoseconds()
        let (from, to) = (try time(query["from"], now) ?? .min, try time(query["to"], now, isEnd: true) ?? .max)
        guard from < to else { throw Refusal(.badRequest, "from does not lie before to") }
        let queries = queries
        let opened = Mutex<OpenedExport?>(nil)
        let (export, first) = try await queries.begin { [self] cancellation in
            try opened.withLock { opened -> (OpenedExport, [UInt8])? in
                guard let export = opened else {
                    opened = try openedExport(in: from..<to, as: format, cancellation)
                    return nil
                }
                return try export.pieces.begin(look: export.options.check).map { (export, $0) }
            }
        }
        let pause = limits.idleTimeout / 200
        // Once the answer has begun nobody but the log can be told why it is broken off.
        let piece: @Sendable () throws -> [UInt8]? = { [health, refusals] in
            do {
                return try export.pieces.next()
            } catch {
                if health.damage.met(error, by: "GET /v1/events") { refusals.add(.damaged, from: nil, at: .questions) }
                throw error
            }
        }
        let response = Response(first: first, contentType: format == .csv ? MediaType.csv : MediaType.lines) {
            // Others' answers may hold the memory that the next page needs: they are fetched, or dropped, in time.
            for _ in 0..<Self.roomTries {
                do {
                    return try await queries.nextPiece(piece)
                } catch let refusal as QueryRefusal where refusal.kind == .busy {
                    try await Task.sleep(for: pause)
                }
            }
            return try await queries.nextPiece(piece)
        }
        return Self.noting(nil, missing: [export.notice].compactMap { $0 }, response)
    }

    /// Until it begins it is a question like others: it ends with its client, and with the time of one.
    private func openedExport(
        in times: Range<Int64>, as format: ExportFormat, _ cancellation: QueryCancellation
    ) throws -> OpenedExport {
        let options = questionOptions(cancellation, within: queries.memory)
        let booking = try queries.holding(Self.answerBytes)
        let events = try store.export(in: times)
        let pieces = EventExport(
            events, registry: store.registry, as: format, pieceBytes: Self.pieceBytes, booking: booking)
        return OpenedExport(pieces: pieces, notice: events.beginning.notice, options: options)
    }

    /// About how long a piece is.
    private static let pieceBytes = 128 << 10
    /// How often an export asks for room before it is broken off.
    private static let roomTries = 400

    private func time(_ text: String?, _ now: Int64, isEnd: Bool = false) throws -> Int64? {
        guard let text else { return nil }
        do throws(ReportError) {
            return try PeriodText.parse(text, now: now, isEnd: isEnd)
        } catch {
            throw Refusal(error)
        }
    }
}

/// An export on its way to the first piece.
private struct OpenedExport: Sendable {
    var pieces: EventExport
    /// What the store has lost.
    var notice: String?
    /// What ends it until it has begun.
    var options: QueryOptions
}
