import Bytes
package import Domain
package import Execution
import JSONTexts
package import Plans

/// A statement with its settings, and how its answer is to be written.
package struct QueryRequest: Sendable {
    /// The statement.
    package var sql: String
    /// Its settings, within the limits.
    package var options: QueryOptions
    /// How the answer is written.
    package var format: ResultFormat

    /// Reads `{"sql":…,"timezone":…,"rollups":…,"time_limit_seconds":…}`, or plain SQL text.
    /// - Parameters:
    ///   - contentType: the body's media type; nil: JSON.
    ///   - accept: media types that the answer may have, by preference, separated by commas; nil: any.
    /// - Throws: `malformed` with the position, `unacceptable`, `unsupported`.
    package init(body: [UInt8], contentType: String?, accept: String?, limits: ServerLimits) throws(QueryRefusal) {
        format = try Self.format(accept ?? "*/*")
        options = QueryOptions()
        options.memoryBudgetBytes = limits.queryMemoryBytesMax
        let (limitSeconds, limitAttoseconds) = limits.queryTimeLimit.components
        var timeLimit = limitSeconds * 1_000_000_000 + limitAttoseconds / 1_000_000_000
        let mediaType = (contentType ?? "application/json").prefix { $0 != ";" }.lowercased()
        switch mediaType {
        case "application/json":
            let json = try Self.object(body)
            guard let text = json["sql"]?.string else {
                throw QueryRefusal(
                    .malformed, "the member sql is missing or no text",
                    hint: #"send {"sql":"select count(*) from events"}"#)
            }
            sql = text
            if let zone = json["timezone"]?.string { options.timeZone = zone }
            if case .boolean(let usesRollups)? = json["rollups"] { options.usesRollups = usesRollups }
            if let seconds = json["time_limit_seconds"]?.integer, seconds > 0, seconds < limitSeconds {
                timeLimit = seconds * 1_000_000_000
            }
        case "application/sql", "text/plain":
            sql = String(decoding: body, as: UTF8.self)
        default:
            throw QueryRefusal(
                .unsupported, "Content-Type \(mediaType) is not taken here",
                hint: "send application/json or application/sql")
        }
        options.timeLimitNanoseconds = timeLimit
    }

    private static func object(_ body: [UInt8]) throws(QueryRefusal) -> JSONValue {
        do {
            return try JSONReader.parse(body)
        } catch {
            throw QueryRefusal(
                .malformed, "the body is not JSON: expected \(error.expectation)",
                hint: #"send {"sql":"select count(*) from events"}"#,
                position: error.offset)
        }
    }

    /// The first of some media types that we write.
    private static func format(_ accept: String) throws(QueryRefusal) -> ResultFormat {
        for part in accept.split(separator: ",") {
            switch part.prefix(while: { $0 != ";" }).filter({ $0 != " " }).lowercased() {
            case "application/json", "*/*", "application/*": return .json
            case "text/csv": return .csv
            case "application/x-ndjson", "application/ndjson": return .ndjson
            case "text/plain", "text/*": return .table
            default: continue
            }
        }
        throw QueryRefusal(
            .unacceptable, "nothing of \(accept) can be written",
            hint: "accept application/json, text/csv, application/x-ndjson or text/plain")
    }
}
