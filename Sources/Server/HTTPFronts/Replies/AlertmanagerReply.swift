import Hummingbird
import JSONTexts

/// Refusals in the form of Alertmanager's API v2: a text.
enum AlertmanagerReply {
    /// Whether clients of Alertmanager ask there.
    static func isAddress(_ path: String) -> Bool { path.hasPrefix("/api/v2/") }

    static func response(for refusal: Refusal) -> Response {
        var json = JSONWriter()
        json.value([refusal.message, refusal.hint].compactMap { $0 }.joined(separator: "; "))
        var response = Response(json: json.bytes, status: refusal.status)
        refusal.addFields(to: &response)
        return response
    }
}
