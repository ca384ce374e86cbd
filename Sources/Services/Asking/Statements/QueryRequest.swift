import Bytes
import Domain
import Execution
import HTTPTypes

/// What a client asks for at `/v1/sql`.
struct QueryRequest: Sendable {
    var sql: String
    var options: QueryOptions
    var format: ResultFormat

    /// Reads `{"sql":…,"timezone":…,"rollups":…,"time_limit_seconds":…}`, or plain SQL text; the format comes from `Accept`.
    /// - Throws: 400 with the position, 406, 415.
    init(body: [UInt8], headers: HTTPFields, limits: ServerLimits) throws(Refusal) {
        format = try Self.format(headers[.accept] ?? "*/*")
        options = QueryOptions()
        options.memoryBudgetBytes = limits.queryMemoryBytesMax
        let (limitSeconds, limitAttoseconds) = limits.queryTimeLimit.components
        var timeLimit = limitSeconds * 1_000_000_000 + limitAttoseconds / 1_000_000_000
        let mediaType = (headers[.contentType] ?? "application/json").prefix { $0 != ";" }.lowercased()
        switch mediaType {
        case "application/json":
            let json = try Self.object(body)
            guard let text = json["sql"]?.string else {
                throw Refusal(.badRequest, "the member sql is missing or no text", hint: #"send {"sql":"select count(*) from events"}"#)
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
            throw Refusal(
                .unsupportedMediaType, "Content-Type \(mediaType) is not taken here",
                hint: "send application/json or application/sql")
        }
        options.timeLimitNanoseconds = timeLimit
    }

    private static func object(_ body: [UInt8]) throws(Refusal) -> JSONValue {
        do {
            return try JSONReader.parse(body)
        } catch {
            throw Refusal(
                .badRequest, "the body is not JSON: expected \(error.expectation)", hint: #"send {"sql":"select count(*) from events"}"#,
                position: error.offset)
        }
    }

    /// The first media type of `Accept` that we write.
    private static func format(_ accept: String) throws(Refusal) -> ResultFormat {
        for part in accept.split(separator: ",") {
            switch part.prefix(while: { $0 != ";" }).filter({ $0 != " " }).lowercased() {
            case "application/json", "*/*", "application/*": return .json
            case "text/csv": return .csv
            case "application/x-ndjson", "application/ndjson": return .ndjson
            case "text/plain", "text/*": return .table
            default: continue
            }
        }
        throw Refusal(
            .notAcceptable, "nothing of \(accept) can be written",
            hint: "accept application/json, text/csv, application/x-ndjson or text/plain")
    }
}

extension ResultFormat {
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .ndjson: "application/x-ndjson"
        case .table: "text/plain; charset=utf-8"
        }
    }
}
