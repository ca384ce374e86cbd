import Domain
import HTTPTypes
import Hummingbird
import Intakes
import WireFormats

/// Takes events from requests to ``EventIntake``.
struct EventRequests: Sendable {
    let intake: EventIntake
    let limits: ServerLimits

    /// Answers `POST /v1/events`.
    /// - Throws: ``Refusal``, `IntakeRefusal`.
    func accept(_ request: Request) async throws -> Response {
        let ticket = try intake.begin(contentType: request.headers[.contentType])
        let origin = try Self.origin(of: request)
        let coding = try BodyCoding.named(request.headers[.contentEncoding])
        let bytes = try await BodyCollector.collect(request, limits: limits, ticket: ticket)
        let fields = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        let answer = try await intake.accept(EventBody(bytes, coding: coding, fields: fields, origin: origin), ticket)
        return Response(json: answer.json)
    }

    /// Whose events they are: `export=as-new` says that lines of an export are to be taken as if its events were sent
    /// now.
    /// - Throws: 400 for another value.
    private static func origin(of request: Request) throws(Refusal) -> LineOrigin {
        guard let value = request.uri.queryParameters.first(where: { $0.key == "export" })?.value else {
            return .client
        }
        guard value == "as-new" else {
            throw Refusal(.badRequest, "there is no way \(value) to take an export", hint: "known: as-new")
        }
        return .newEvents
    }
}
