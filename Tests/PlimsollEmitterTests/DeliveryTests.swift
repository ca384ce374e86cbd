import Dispatch
import HTTPRequests
import Platform
import PlimsollEmitter
import Synchronization
import Testing

/// A server of a few words: answers each body as the script says.
@Suite struct DeliveryTests {
    private typealias Answer = @Sendable (_ call: Int, _ events: Int) -> HTTPResponse

    private func emitter(_ events: Int, _ answer: @escaping Answer) -> Emitter {
        var configuration = EmitterConfiguration(server: "http://127.0.0.1:9", source: "agent")
        configuration.backoffMilliseconds = 0
        configuration.flushIntervalMilliseconds = 3_600_000
        let calls = Atomic<Int>(0)
        let emitter = Emitter(configuration, clock: SimulatedClock(), randomness: SeededRandomness(seed: 7)) {
            body throws(HTTPFailure) in
            answer(calls.add(1, ordering: .relaxed).oldValue, body.count { $0 == UInt8(ascii: "\n") })
        }
        for number in 0..<events { emitter.emit(ToolCall(tool: "t\(number)")) }
        return emitter
    }

    private static func taken(_ accepted: Int, _ duplicates: Int = 0) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array("{\"accepted\":\(accepted),\"duplicates\":\(duplicates)}".utf8))
    }

    /// However long the server takes, `emit` returns: here the answer waits until all is emitted.
    @Test func emittingDoesNotWaitForTheServer() {
        let held = DispatchSemaphore(value: 0)
        let emitter = emitter(0) { _, events in
            held.wait()
            held.signal()
            return Self.taken(events)
        }
        for number in 0..<5_000 { #expect(emitter.emit(ToolCall(tool: "t\(number)"))) }
        #expect(emitter.statistics.waiting == 5_000 && emitter.statistics.delivered == 0)
        held.signal()
        #expect(emitter.close(timeoutSeconds: 120))
        #expect(emitter.statistics.delivered == 5_000)
    }

    @Test func countsBeyondAllMeasureAreNoCounts() {
        let emitter = emitter(3) { _, _ in Self.taken(.max, .max) }
        #expect(emitter.close())
        #expect(emitter.statistics.delivered == 3 && emitter.statistics.refused == 0)
    }

    /// A proxy that sends elsewhere, or has a page of its own for everything, has not got the events.
    @Test(arguments: [
        HTTPResponse(status: 200, body: Array("<html>Sign in</html>".utf8)), HTTPResponse(status: 204, body: []),
        HTTPResponse(status: 308, body: []), HTTPResponse(status: 405, body: []),
    ])
    func whatIsNoPlimsollServerHasNotGotThem(_ answer: HTTPResponse) {
        let emitter = emitter(3) { call, events in call < 2 ? answer : Self.taken(events) }
        #expect(emitter.close())
        let statistics = emitter.statistics
        #expect(statistics.delivered == 3 && statistics.refused == 0 && statistics.failedAttempts == 2, "\(statistics)")
    }

    /// A pause of years would not end with this test: it is cut, and giving up interrupts it.
    @Test func aPauseOfYearsIsCut() {
        let emitter = emitter(3) { _, _ in HTTPResponse(status: 503, retryAfterSeconds: .max, body: []) }
        #expect(!emitter.close(timeoutSeconds: 0.05))
        #expect(
            emitter.statistics.dropped == 3 && emitter.statistics.waiting == 0 && emitter.statistics.failedAttempts == 1
        )
    }

    /// Four events are too many, the first two are taken, and then the server is gone: only the second two are lost.
    @Test func theHalfThatArrivedIsNotLost() {
        let emitter = emitter(4) { call, events in
            if events > 2 { return HTTPResponse(status: 413, body: []) }
            return call == 1 ? Self.taken(1, 1) : HTTPResponse(status: 503, retryAfterSeconds: 30, body: [])
        }
        #expect(!emitter.close(timeoutSeconds: 0.5))
        let statistics = emitter.statistics
        #expect(statistics.delivered == 2 && statistics.dropped == 2, "\(statistics)")
        #expect(statistics.waiting == 0 && statistics.waitingBytes == 0 && statistics.refused == 0)
    }
}
