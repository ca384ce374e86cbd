import Asking
import EventStores
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Reports

extension Routes {
    /// Events as they were accepted, streamed.
    func events(_ query: QueryParameters) async throws -> Response {
        let name = query["format"] ?? ExportFormat.ndjson.rawValue
        guard let format = ExportFormat(rawValue: name) else {
            throw Refusal(.badRequest, "there is no format \(name)", hint: "known: ndjson, csv")
        }
        let now = clock.wallNanoseconds()
        let (from, to) = (try time(query["from"], now) ?? .min, try time(query["to"], now) ?? .max)
        guard from < to else { throw Refusal(.badRequest, "from does not lie before to") }
        let (store, queries) = (store, queries)
        let source = try await queries.run { _ in try store.export(in: from..<to) }
        let export = EventExport(source, registry: store.registry, as: format)
        let body = ResponseBody { writer in
            while let piece = try await queries.nextPiece({ try export.next() }) {
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
        }
        let contentType = format == .csv ? MediaType.csv : MediaType.lines
        return Response(status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"], body: body)
    }

    private func time(_ text: String?, _ now: Int64) throws -> Int64? {
        guard let text else { return nil }
        do throws(ReportError) {
            return try PeriodText.parse(text, now: now)
        } catch {
            throw Refusal(.badRequest, error.message, hint: error.hint)
        }
    }
}
