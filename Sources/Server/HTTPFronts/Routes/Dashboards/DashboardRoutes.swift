import Asking
import Bytes
import Columnar
import Dashboarding
import Domain
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import NIOCore
import Plans
import Platform
import Projections
import Rules
import Sending

/// Dashboards: their pages, what is drawn on them, and the figures.
extension Routes {
    /// The dashboard of an address.
    /// - Throws: 404.
    private func dashboard(_ uid: String) throws(Refusal) -> Dashboard {
        let all = shelf.dashboards(store.objectives.current)
        guard let found = all.first(where: { $0.uid.hasSameBytes(as: uid) }) else {
            throw Refusal(
                .notFound, "there is no dashboard \(uid)", hint: nameHint(to: uid, known: all.map(\.uid)))
        }
        return found
    }

    func dashboardPage(_ uid: String, _ request: Request, _ context: ServerContext) throws(Refusal) -> Response {
        try page(PageDocument(try dashboard(uid)), request, context)
    }

    /// What the page needs to draw the panels, but for figures.
    func dashboardModel(_ uid: String, _ headers: HTTPFields) throws(Refusal) -> Response {
        var json = JSONWriter()
        try dashboard(uid).write(to: &json)
        return Response(tagged: json.bytes, contentType: MediaType.json, to: headers)
    }

    /// Where one of the program's own dashboards is, by its short name. The range and all else go with it.
    func dashboardByName(_ name: String, _ request: Request) throws(Refusal) -> Response {
        let own = try dashboard("plimsoll-" + name)
        let query = request.uri.query.map { "?" + $0 } ?? ""
        return Response(status: .found, headers: [.location: "/d/\(own.uid)\(query)", .contentLength: "0"])
    }

    // MARK: Figures

    /// Reads what is asked of a dashboard. What cannot be read is taken for what is meant without it, and said in the
    /// answer: a page with another range is more to whoever looks than none.
    private func boardRequest(_ dashboard: Dashboard, _ form: FormParameters) -> BoardRequest {
        let defaults = BoardTimes.Defaults(
            from: dashboard.defaultTimes.from, to: dashboard.defaultTimes.to, weekStart: dashboard.weekStart,
            fiscalYearStartMonth: dashboard.fiscalYearStartMonth)
        let times = BoardTimes(
            from: form["from"], to: form["to"], zone: form["timezone"], defaults: defaults,
            now: clock.wallNanoseconds())
        let width = form["width"].flatMap { Int($0) } ?? Self.widthStandard
        let wanted = form.all("panel").compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        let chosen = form.pairs(beginning: "var-").map { (name: $0.name, value: ByteText($0.value)) }
        return BoardRequest(
            dashboard, over: times, pageWidth: min(max(width, Self.widths.lowerBound), Self.widths.upperBound),
            chosen: chosen, wanted: form.all("panel").isEmpty ? nil : Set(wanted))
    }

    /// CSS pixels of a page.
    private static let widths = 200...8_000
    private static let widthStandard = 1_200

    /// The figures of a dashboard, a line of JSON for each panel, sent as soon as it is ready: the question goes on on
    /// its thread, however fast its lines are fetched, and ends when nobody fetches them any more.
    func dashboardData(_ uid: String, _ request: Request) async throws -> Response {
        let asked = boardRequest(try dashboard(uid), FormParameters(query: request.uri.query))
        let present = try await presentFamilies()
        let (lines, feed) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let booking = MemoryBooking(in: queries.answers)
        let waiting = settlement.waiting
        let work = Task {
            do {
                try await queries.run { [self] cancellation in
                    let options = questionOptions(cancellation, within: queries.memory)
                    try board(asked, present, within: options) { line, isShort in
                        // What waits to be fetched is held until the last line was.
                        let held = booking.bytes + line.count
                        if isShort { booking.set(to: held) } else if !booking.change(to: held) { return false }
                        feed.yield(line)
                        return true
                    }
                }
                feed.finish()
            } catch {
                feed.finish(throwing: error)
            }
        }
        feed.onTermination = { _ in work.cancel() }
        var first: [UInt8]?
        do {
            var iterator = lines.makeAsyncIterator()
            first = try await iterator.next()
        }
        // Nobody waits for it any more.
        guard let first else { throw CancellationError() }
        let body = ResponseBody { writer in
            defer { withExtendedLifetime(booking) {} }
            try await writer.write(ByteBuffer(bytes: first))
            for try await line in lines { try await writer.write(ByteBuffer(bytes: line)) }
            try await writer.finish(nil)
        }
        let response = Response(
            status: .ok, headers: [.contentType: MediaType.lines, .cacheControl: "no-store"], body: body)
        return Self.noting(waiting, response)
    }

    /// Answers everything over one state of the store.
    private func board(
        _ asked: BoardRequest, _ present: [MetricFamily], within options: QueryOptions,
        _ emit: (_ line: [UInt8], _ isShort: Bool) -> Bool
    ) throws {
        // Looked at before, so that all of it is in the answer.
        let (position, watermark, now) = (store.position, store.watermark, store.now)
        try overSeries(at: nil, present: present, within: options) { pinned, _ in
            let remarks = Notices()
            let source = ruled(pinned.source, noting: remarks, within: options)
            let run = BoardRun(asked, seriesRunner, over: source, within: options)
            let counts = try run.run(emit)
            let basis = BoardBasis(
                asked, counts, asOf: now, watermark: watermark, position: position,
                remarks: missing(pinned) + remarks.lines)
            _ = emit(basis.line, true)
        }
    }
}
