import Asking
import Execution
import HTTPTypes
import Hummingbird
import RequestFields

extension QueryRequest {
    /// How a request says what it asks, and how it wants the answer: `Content-Type` and `Accept`, which are judged
    /// before the body is asked for.
    /// - Throws: ``Refusal``.
    static func forms(of request: Request) throws(Refusal) -> (body: Form, answer: ResultFormat) {
        (try form(request.mediaType), try format(request.headers[.accept] ?? "*/*"))
    }

    private static func form(_ mediaType: String) throws(Refusal) -> Form {
        switch mediaType {
        case "application/json": return .members
        case "application/sql", "text/plain": return .text
        case "":
            throw Refusal(
                .unsupportedMediaType, "the body has no Content-Type",
                hint: "send application/json or application/sql")
        default:
            throw Refusal(
                .unsupportedMediaType, "Content-Type \(mediaType) is not taken here",
                hint: "send application/json or application/sql")
        }
    }

    /// The first of some media types that we write.
    private static func format(_ accept: String) throws(Refusal) -> ResultFormat {
        let types = MediaTypeNames.names(in: [accept])
        if types.allSatisfy(\.isEmpty) { return .json }
        for type in types {
            switch type {
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
