import Asking
import HTTPTypes
import Hummingbird
import JSONTexts

/// Answers and refusals in the form of Prometheus' HTTP API.
enum PrometheusReply {
    /// Whether clients of Prometheus ask there.
    static func isAddress(_ path: String) -> Bool { path.hasPrefix("/api/v1/") || path == "/graph" }

    /// `{"status":"success","data":…}`.
    /// - Parameter write: writes the data.
    static func response(warnings: [String] = [], _ write: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.member("status", "success")
        json.key("data")
        write(&json)
        if !warnings.isEmpty {
            json.key("warnings")
            json.array(warnings) { $1.value($0) }
        }
        json.endObject()
        return Response(json: json.bytes)
    }

    /// `{"status":"error","errorType":…,"error":…}`.
    static func response(for refusal: Refusal) -> Response {
        let kind: SeriesRefusal.Kind =
            switch refusal.status {
            case .notFound: .notFound
            case .internalServerError: .internal
            case .tooManyRequests, .serviceUnavailable: .unavailable
            default: .badData
            }
        var json = JSONWriter()
        json.beginObject()
        json.member("status", "error")
        json.member("errorType", (refusal.seriesKind ?? kind).rawValue)
        json.member("error", [refusal.message, refusal.hint].compactMap { $0 }.joined(separator: "; "))
        json.endObject()
        var response = Response(json: json.bytes, status: refusal.status)
        refusal.addFields(to: &response)
        return response
    }
}
