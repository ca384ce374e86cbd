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
import PromQLText
import RequestFields
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
        let sought = form.pairs(beginning: "find-").map { (name: $0.name, text: ByteText($0.value)) }
        return BoardRequest(
            dashboard, over: times, pageWidth: min(max(width, Self.widths.lowerBound), Self.widths.upperBound),
            chosen: chosen, wanted: form.all("panel").isEmpty ? nil : Set(wanted),
            part: form["part"].flatMap(BoardRequest.Part.init) ?? .all, sought: sought)
    }

    /// CSS pixels of a page.
    private static let widths = 200...8_000
    private static let widthStandard = 1_200

    /// What a dashboard's answer is made of, piece by piece.
    private enum BoardPiece: Sendable {
        /// Comes first. nil: nothing stands for the answer.
        case tag(EntityTag?)
        case line([UInt8])
    }

    /// The figures of a dashboard, a line of JSON for each panel, sent as soon as it is ready: the question goes on on
    /// its thread, however fast its lines are fetched, and ends when nobody fetches them any more. Figures of a past
    /// that is over have a tag; who has them already is told so, and nothing is asked.
    func dashboardData(_ uid: String, _ request: Request) async throws -> Response {
        let asked = boardRequest(try dashboard(uid), FormParameters(query: request.uri.query))
        let (present, fields) = (try await presentFamilies(), request.headers[values: .ifNoneMatch])
        let (pieces, feed) = AsyncThrowingStream<BoardPiece, any Error>.makeStream()
        let booking = MemoryBooking(in: queries.answers)
        let waiting = settlement.waiting
        let work = Task {
            do {
                try await queries.run { [self] cancellation in
                    let options = questionOptions(cancellation, within: queries.memory)
                    try board(asked, present, within: options) { tag in
                        feed.yield(.tag(tag))
                        return tag?.isKnown(fields) != true
                    } emit: { line, isShort in
                        // What waits to be fetched is held until the last line was.
                        let held = booking.bytes + line.count
                        if isShort { booking.set(to: held) } else if !booking.change(to: held) { return false }
                        feed.yield(.line(line))
                        return true
                    }
                }
                feed.finish()
            } catch {
                feed.finish(throwing: error)
            }
        }
        feed.onTermination = { _ in work.cancel() }
        var start: [BoardPiece] = []
        do {
            var iterator = pieces.makeAsyncIterator()
            while start.count < 2, let piece = try await iterator.next() { start.append(piece) }
        }
        // Nobody waits for it any more.
        guard case .tag(let tag)? = start.first else { throw CancellationError() }
        var headers: HTTPFields = [.cacheControl: tag == nil ? "no-store" : "private, no-cache"]
        // The moment at which it was asked stands in the answer, too, and is another one each time.
        if let tag { headers[.eTag] = "W/" + tag.text }
        guard case .line(let first)? = start.last else { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = MediaType.lines
        let body = ResponseBody { writer in
            defer { withExtendedLifetime(booking) {} }
            try await writer.write(ByteBuffer(bytes: first))
            for try await case .line(let line) in pieces { try await writer.write(ByteBuffer(bytes: line)) }
            try await writer.finish(nil)
        }
        return Self.noting(waiting, Response(status: .ok, headers: headers, body: body))
    }

    /// Answers everything over one state of the store.
    /// - Parameter goesOn: takes what stands for the answer, before there is any of it; says whether it is wanted.
    private func board(
        _ asked: BoardRequest, _ present: [MetricFamily], within options: QueryOptions,
        goesOn: (EntityTag?) -> Bool, emit: (_ line: [UInt8], _ isShort: Bool) -> Bool
    ) throws {
        // Looked at before, so that all of it is in the answer.
        let (position, watermark, now) = (store.position, store.watermark, store.now)
        try overSeries(at: nil, present: present, within: options) { pinned, _ in
            let remarks = Notices()
            let source = ruled(pinned.source, noting: remarks, within: options)
            guard goesOn(tag(asked, over: source, position: position, reached: now)) else { return }
            let run = BoardRun(asked, seriesRunner, over: source, within: options)
            let counts = try run.run(watermark: watermark, emit)
            let basis = BoardBasis(
                asked, counts, asOf: now, watermark: watermark, position: position,
                remarks: missing(pinned) + remarks.lines)
            _ = emit(basis.line, true)
        }
    }

    /// Stands for an answer, as long as this process runs; nil where time alone changes it.
    private func tag(
        _ asked: BoardRequest, over source: any SeriesSource, position: Int64, reached: Int64
    ) -> EntityTag? {
        var json = JSONWriter()
        json.beginArray()
        // Marks are numbers of this process.
        json.value(startWallNanoseconds)
        json.value(startNanoseconds)
        json.value(ruleManager?.number ?? 0)
        json.value(store.objectives.current.number)
        json.value(store.lossNotice ?? "")
        guard asked.writeStamp(over: source, position: position, reached: reached, to: &json) else { return nil }
        json.endArray()
        return EntityTag(of: json.bytes)
    }
}
