import Compression
import Domain
import EventStores
package import Exporting
import HTTPRequests
package import Platform
import Synchronization
import WireFormats

/// Brings the traces of answers to one destination. Reads events from the store by position, so that nothing but one
/// request and the turns of the last minutes is in memory, however long the destination is away.
///
/// Used from one thread at a time; only ``sample`` may be asked from anywhere.
package final class TraceSender: Sendable {
    /// What a step brought.
    struct Step: Sendable {
        /// To be made durable: a start goes on from there.
        var mark: DeliveryMark?
        /// Before the next step.
        var pauseMilliseconds = 0
        /// For the log: what was lost, or why nothing moves.
        var complaint: String?
    }

    private enum Bounds {
        static let pageEvents = 5000
        /// Emissions that wait for their request.
        static let waiting = 5000
        /// Positions without anything to send after which a mark is set all the same.
        static let unmarkedPositions: Int64 = 100_000
        /// Positions before the mark that a start looks at, at most.
        static let lookbackPositions: Int64 = 250_000
    }

    private struct Request {
        var body: [UInt8]
        var emissions: Int
        var spans: Int
        var traces: Int
    }

    private struct State {
        var assembler: TraceAssembler
        var retry: ExportRetry
        let connection: HTTPConnection
        var mark: DeliveryMark
        /// Everything up to here was taken from the store.
        var readPosition: Int64
        var readTime: Int64
        var readSince: Int64
        var arrivals = ArrivalTrack()
        var waiting: [TraceEmission] = []
        var request: Request?
        /// Emissions of the next request, where the receiver found one too large.
        var emissionsMax = Int.max
        var complained = ""
    }

    /// As messages and marks name it.
    package let destination: String
    private let endpoint: DestinationURL
    private let headers: [DestinationHeader]
    private let configuration: TraceExportConfiguration
    private let store: any SendingStore
    private let clock: any Clock
    private let randomness: any Randomness
    private let note: @Sendable (TracedAnswer) -> Void
    private let state: Mutex<State>
    private let counts: Mutex<TraceExportSample>
    /// When the oldest answer that waits was received; nil while none does.
    private let oldestWaiting = Mutex<Int64?>(nil)

    /// - Parameter note: told of each answer whose trace is on its way.
    package init(
        endpoint: DestinationURL, configuration: TraceExportConfiguration, store: any SendingStore, clock: any Clock,
        randomness: any Randomness,
        note: @escaping @Sendable (TracedAnswer) -> Void = { _ in }
    ) {
        self.endpoint = endpoint
        destination = "traces \(endpoint)"
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.randomness = randomness
        self.note = note
        // Credentials of one receiver are nothing for another.
        let own = configuration.endpoints.count > 1 ? [] : configuration.headers
        headers = ["Content-Type: application/x-protobuf", "Content-Encoding: gzip"] + own
        // Marks once had the address as it was given.
        let formerName = "traces \(endpoint.address)"
        let name = destination
        // Who is sent to for the first time hears of what comes from now on.
        let marks = store.deliveryMarks
        let former = marks.first { $0.destination == name } ?? marks.first { $0.destination == formerName }
        // The time first: what comes in between is read and passed over, not missed.
        let receivedTime = former?.receivedTime ?? store.watermark
        let mark = DeliveryMark(
            destination: name, position: former?.position ?? store.position, receivedTime: receivedTime)
        state = Mutex(
            State(
                assembler: TraceAssembler(registry: store.registry, rule: configuration.rule),
                retry: ExportRetry(
                    backoffMilliseconds: configuration.backoffMilliseconds,
                    backoffMillisecondsMax: configuration.backoffMillisecondsMax),
                connection: HTTPConnection(userAgent: "plimsoll/\(Version.text)"), mark: mark,
                readPosition: max(0, mark.position - Bounds.lookbackPositions), readTime: mark.receivedTime,
                readSince: mark.receivedTime - configuration.rule.lookbackNanoseconds))
        counts = Mutex(TraceExportSample(destination: endpoint.description))
    }

    /// The place from which a sender that has none yet goes on; to be made durable before its first step.
    var firstMark: DeliveryMark { state.withLock { $0.mark } }

    /// What became of the traces so far.
    package var sample: TraceExportSample {
        var sample = counts.withLock { $0 }
        if let oldest = oldestWaiting.withLock({ $0 }) {
            sample.lagSeconds = Int(max(0, store.now - oldest) / 1_000_000_000)
        }
        return sample
    }

    /// Reads, and sends one request. Blocking.
    /// - Throws: what the store throws.
    func step() throws -> Step {
        try state.withLock { state in
            if state.request == nil {
                try read(&state)
                state.request = nextRequest(&state)
            }
            var step = Step()
            if let request = state.request {
                step = send(request, &state)
            } else {
                step.mark = markOfSilence(&state)
                step.pauseMilliseconds = configuration.pollMilliseconds
            }
            report(state)
            return step
        }
    }

    // MARK: Reading

    private func read(_ state: inout State) throws {
        let settledPosition = state.arrivals.settled(
            at: clock.monotonicNanoseconds(), position: store.position, after: configuration.settleNanoseconds)
        while state.waiting.count < Bounds.waiting {
            let page = try store.page(
                EventPageRequest(
                    types: state.assembler.eventTypes, after: state.readPosition, receivedSince: state.readSince,
                    countMax: Bounds.pageEvents))
            for event in page.events {
                // What came just now waits for what belongs to it.
                if event.position > state.mark.position, event.position > settledPosition { return }
                (state.readPosition, state.readTime) = (event.position, max(state.readTime, event.receivedTime))
                guard
                    let emission = state.assembler.take(
                        event.row, position: event.position, receivedTime: event.receivedTime),
                    emission.position > state.mark.position
                else { continue }
                if let answer = emission.answer { note(answer) }
                if emission.kind == .sampledOut {
                    counts.withLock { $0.tracesSampledOut += 1 }
                } else {
                    state.waiting.append(emission)
                }
            }
            state.readPosition = max(state.readPosition, page.coveredPosition)
            if let time = page.coveredTime { state.readTime = max(state.readTime, time) }
            if page.events.isEmpty { return }
        }
    }

    // MARK: Sending

    private func nextRequest(_ state: inout State) -> Request? {
        var (count, spans, traces) = (0, 0, 0)
        for emission in state.waiting {
            if count > 0, count >= state.emissionsMax || spans + emission.spans.count > configuration.requestSpansMax {
                break
            }
            count += 1
            spans += emission.spans.count
            if emission.kind == .trace { traces += 1 }
        }
        guard count > 0 else { return nil }
        let traced = OTLPTraces(Array(state.waiting[..<count]), version: Version.text)
        return Request(body: Gzip.compress(traced.protobuf), emissions: count, spans: spans, traces: traces)
    }

    private func send(_ request: Request, _ state: inout State) -> Step {
        let verdict: ExportRetry.Verdict
        do throws(HTTPFailure) {
            let response = try state.connection.post(
                request.body, to: endpoint.address, headers: headers.map(\.line),
                timeoutMilliseconds: configuration.timeoutMilliseconds)
            verdict = state.retry.judge(response, chance: randomness.nextUInt64())
        } catch {
            verdict = state.retry.judge(error, chance: randomness.nextUInt64())
        }
        var step = Step()
        switch verdict {
        case .delivered(let rejected, let message):
            counts.withLock { counts in
                counts.tracesSent += request.traces
                counts.spansSent += max(0, request.spans - rejected)
                counts.spansRejected += min(rejected, request.spans)
            }
            if rejected > 0 {
                step.complaint = "\(rejected) of \(request.spans) spans were not taken: \(shown(message))"
            }
            step.mark = done(request, &state)
        case .refused(let reason): (step.mark, step.complaint) = drop(request, reason, &state)
        case .tooLarge where request.emissions > 1:
            counts.withLock { $0.failures["status_413", default: 0] += 1 }
            (state.emissionsMax, state.request) = (request.emissions / 2, nil)
        case .tooLarge: (step.mark, step.complaint) = drop(request, "status_413", &state)
        case .again(let milliseconds, let reason):
            counts.withLock { $0.failures[reason, default: 0] += 1 }
            step.pauseMilliseconds = milliseconds
            if state.retry.failures == 1 { step.complaint = "\(reason); tried again until it succeeds" }
        }
        return step
    }

    /// What the receiver said, without what lets us in there.
    private func shown(_ message: String) -> String { endpoint.hiding(in: message, headers) }

    private func drop(_ request: Request, _ reason: String, _ state: inout State) -> (DeliveryMark, String) {
        counts.withLock { counts in
            counts.failures[reason, default: 0] += 1
            counts.tracesDropped += request.traces
            counts.spansDropped += request.spans
        }
        return (done(request, &state), "\(request.spans) spans of \(request.traces) traces dropped: \(reason) is final")
    }

    /// The request is done with, one way or the other.
    private func done(_ request: Request, _ state: inout State) -> DeliveryMark {
        let last = state.waiting[request.emissions - 1]
        state.waiting.removeFirst(request.emissions)
        state.request = nil
        if state.emissionsMax < Int.max / 2 { state.emissionsMax *= 2 }
        (state.mark.position, state.mark.receivedTime) =
            state.waiting.isEmpty
            ? (state.readPosition, max(last.receivedTime, state.readTime)) : (last.position, last.receivedTime)
        return state.mark
    }

    /// A start reads back from the mark, so that it follows also where there is long nothing to send.
    private func markOfSilence(_ state: inout State) -> DeliveryMark? {
        guard state.waiting.isEmpty, state.readPosition - state.mark.position >= Bounds.unmarkedPositions else {
            return nil
        }
        (state.mark.position, state.mark.receivedTime) = (state.readPosition, state.readTime)
        return state.mark
    }

    private func report(_ state: State) {
        let position = state.waiting.isEmpty ? max(state.readPosition, state.mark.position) : state.mark.position
        let forgotten = state.assembler.crowdedOut
        counts.withLock { ($0.position, $0.turnsForgotten) = (position, forgotten) }
        let oldest = state.waiting.first?.receivedTime
        oldestWaiting.withLock { $0 = oldest }
    }
}

/// How far the store had got at which time of the monotonic clock, so that what has been there for a while is known
/// whatever the wall clock does.
struct ArrivalTrack {
    private var marks: [(time: Int64, position: Int64)] = []
    private var settledPosition: Int64 = 0

    /// The last position that has been there for `wait` ns.
    /// - Parameters:
    ///   - now: of the monotonic clock, ns.
    ///   - position: of the store now.
    mutating func settled(at now: Int64, position: Int64, after wait: Int64) -> Int64 {
        if marks.last?.position != position { marks.append((now, position)) }
        let passed = marks.prefix { now - $0.time >= wait }
        if let last = passed.last {
            settledPosition = max(settledPosition, last.position)
            marks.removeFirst(passed.count)
        }
        return settledPosition
    }
}
