import HTTPTypes
import Hummingbird
import Intakes
import RequestFields

extension Routes {
    /// What a request says in its address and, where it is a form or the same as JSON, in its body.
    /// - Throws: 415 for another body; what reading it throws.
    func form(of request: Request) async throws -> FormParameters {
        guard request.method == .post else { return FormParameters(query: request.uri.query) }
        if request.mediaType == MediaType.json {
            let body = try await text(of: request, hint: "shorten the question")
            do throws(FormFault) {
                return try FormParameters(json: body, query: request.uri.query)
            } catch {
                throw Refusal(.badRequest, error.message, hint: #"send {"query":"up"}"#, position: error.offset)
            }
        }
        guard request.mediaType == MediaType.form || (request.mediaType.isEmpty && !request.announcesBody) else {
            throw Refusal(
                .unsupportedMediaType, "Content-Type \(request.mediaType) is not taken here",
                hint: "send \(MediaType.form), or ask by GET")
        }
        let body = try await text(of: request, hint: "shorten the question")
        return FormParameters(body: body, query: request.uri.query)
    }
}
