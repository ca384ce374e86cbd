import Asking
import HTTPTypes
import Hummingbird
import NIOCore
import Plans

extension Response {
    /// An answer that is sent piece by piece, each made when its client has taken the one before. Whoever does not take
    /// them is dropped by ``RequestDeadline``, and what the answer holds goes with it.
    init(
        first: [UInt8], contentType: String, next: @escaping @Sendable () async throws -> [UInt8]?
    ) {
        let body = ResponseBody { writer in
            if !first.isEmpty { try await writer.write(ByteBuffer(bytes: first)) }
            while let piece = try await next() {
                if !piece.isEmpty { try await writer.write(ByteBuffer(bytes: piece)) }
            }
            try await writer.finish(nil)
        }
        self.init(status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"], body: body)
    }
}

/// Books answers that lie there whole until they are fetched. Short ones are not booked: connections bound them. Only
/// what may be asked again is refused where there is no room, never what tells of the server itself or what was done.
struct AnswerBooking {
    /// Shorter answers are not booked.
    private static let shortBytes = 64 << 10

    let queries: QueryService

    /// The answer of a route, booked until it is fetched.
    /// - Throws: what says that there is no room now.
    func booked(_ answer: Response, of route: Route) throws -> Response {
        guard let length = answer.body.contentLength, length > Self.shortBytes else { return answer }
        let booking: MemoryBooking
        if route.method == .get, route.statuses.contains(429) {
            booking = try queries.holding(length)
        } else {
            booking = MemoryBooking(in: queries.answers)
            booking.set(to: length)
        }
        var answer = answer
        let body = answer.body
        answer.body = ResponseBody(contentLength: length) { writer in
            defer { withExtendedLifetime(booking) {} }
            try await body.write(writer)
        }
        return answer
    }
}
