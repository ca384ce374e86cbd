import Domain
import HTTPTypes
import Hummingbird
import Intakes
import RequestFields
import WireFormats

/// Takes events from requests to ``EventIntake``.
struct EventRequests: Sendable {
    let intake: EventIntake
    let limits: ServerLimits

    /// Answers `POST /v1/events`.
    /// - Throws: ``Refusal``, `IntakeRefusal`.
    func accept(_ request: Request, _ query: QueryParameters) async throws -> Response {
        // In binary mode data may be of no type; events without data have no body, and it none either.
        guard request.hasMediaType || request.isBinaryEvent || !request.announcesBody else {
            throw Refusal(
                .unsupportedMediaType, "the body has no Content-Type",
                hint: "send application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson")
        }
        let ticket = try intake.begin(contentType: request.headers[.contentType])
        let origin = try Self.origin(query)
        let coding = try request.contentCoding()
        let bytes = try await BodyCollector.collect(request, limits: limits, ticket: ticket)
        let fields = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        let answer = try await intake.accept(EventBody(bytes, coding: coding, fields: fields, origin: origin), ticket)
        return Response(json: answer.json)
    }

    /// Whose events they are: `export=as-new` says that lines of an export are to be taken as if its events were sent
    /// now.
    /// - Throws: 400 for another value.
    private static func origin(_ query: QueryParameters) throws(Refusal) -> LineOrigin {
        guard let value = query["export"] else { return .client }
        guard value == "as-new" else {
            throw Refusal(.badRequest, "there is no way \(value) to take an export", hint: "known: as-new")
        }
        return .newEvents
    }
}

extension Request {
    /// What `Content-Type` says without its parameters, in lower case; empty where it says nothing.
    var mediaType: String {
        MediaTypeNames.name(of: headers[.contentType] ?? "")
    }

    /// Whether it says anything.
    var hasMediaType: Bool {
        let first = headers[.contentType]?.utf8.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return first.map { $0 != UInt8(ascii: ";") } ?? false
    }

    /// Whether its fields are the attributes of an event.
    var isBinaryEvent: Bool { headers.contains { $0.name.canonicalName == "ce-specversion" } }

    /// Whether a body follows that is not empty, as far as the fields tell.
    var announcesBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
    }
}
