import Domain
import HTTPTypes
import Hummingbird
import Intakes
import WireFormats

/// Takes spans from OTLP requests to ``TraceIntake``. Answers are in the request's encoding, refusals as
/// `google.rpc.Status`.
struct TraceRequests: Sendable {
    let intake: TraceIntake
    let limits: ServerLimits

    /// Answers `POST /v1/traces`. What it throws becomes ``response(for:to:)``.
    func accept(_ request: Request, _: QueryParameters) async throws -> Response {
        guard let encoding = Self.encoding(of: request) else {
            throw Refusal(
                .unsupportedMediaType, "spans are taken as application/x-protobuf or application/json",
                hint: "set Content-Type; OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
        }
        let ticket = try intake.begin()
        let coding = try request.contentCoding()
        let bytes = try await BodyCollector.collect(request, limits: limits, ticket: ticket)
        let answer = try await intake.accept(TraceBody(bytes, coding: coding, encoding: encoding), ticket)
        let body = OTLPResponse.exported(rejectedSpans: answer.rejectedSpans, message: answer.message, encoding)
        return Response(bytes: body, contentType: encoding.contentType)
    }

    /// Whether OTLP clients send there, below a prefix that nobody knows, too: they read the refusal.
    static func isAddress(_ path: String) -> Bool {
        // The router passes over slashes at the end.
        let path = path.reversed().drop { $0 == "/" }
        return addresses.contains { path.starts(with: $0.reversed()) }
    }

    private static let addresses = RouteTable.routes.filter(\.isOTLP).map(\.path)

    private static func encoding(of request: Request) -> OTLPEncoding? {
        request.headers[.contentType].flatMap { OTLPEncoding(contentType: $0) }
    }

    /// A refusal as OTLP over HTTP wants it: the status, and a `google.rpc.Status` as the body.
    static func response(for refusal: Refusal, to request: Request) -> Response {
        let encoding = encoding(of: request) ?? .json
        // google.rpc.Code
        let code: Int =
            switch refusal.status {
            case .badRequest, .unsupportedMediaType: 3
            case .requestTimeout: 4
            case .notFound: 5
            case .conflict: 6
            case .contentTooLarge, .tooManyRequests: 8
            case .methodNotAllowed: 12
            case .unauthorized: 16
            case .forbidden: 7
            case .internalServerError: 13
            case let status where status.kind == .clientError: 3
            default: 14
            }
        let message = [refusal.message, refusal.hint].compactMap { $0 }.joined(separator: "; ")
        var response = Response(
            bytes: OTLPResponse.status(code: code, message: message, encoding), contentType: encoding.contentType,
            status: refusal.status)
        refusal.addFields(to: &response)
        return response
    }
}
