import Synchronization

/// Bounds what all requests together hold in memory between the socket and the disk.
///
/// A request takes bytes as they arrive and events once they are decoded, and returns both when it is answered. What
/// does not fit is refused instead of being queued without end.
package final class IngestGate: Sendable {
    private struct Held {
        var bytes = 0
        var events = 0
    }

    private let held = Mutex(Held())
    private let bytesMax: Int
    private let eventsMax: Int
    private let refused = Atomic<Int>(0)

    /// Nothing is held at first.
    package init(bytesMax: Int, eventsMax: Int) {
        precondition(bytesMax >= 0 && eventsMax >= 0, "limits are numbers of bytes and events")
        self.bytesMax = bytesMax
        self.eventsMax = eventsMax
    }

    /// Requests turned away so far.
    package var refusals: Int { refused.load(ordering: .relaxed) }
    /// Bytes of bodies on the way.
    package var bytesHeld: Int { held.withLock { $0.bytes } }
    /// Decoded events on the way.
    package var eventsHeld: Int { held.withLock { $0.events } }

    /// Takes room, or says that there is none. A request alone may always take events: otherwise one that is larger
    /// than the whole queue could never enter.
    package func take(bytes: Int, events: Int) -> Bool {
        assert(bytes >= 0 && events >= 0, "room is taken here and given back elsewhere")
        let fits = held.withLock { held in
            guard bytes == 0 || held.bytes + bytes <= bytesMax else { return false }
            guard events == 0 || held.events == 0 || held.events + events <= eventsMax else { return false }
            held.bytes += bytes
            held.events += events
            assert(bytes == 0 || held.bytes <= bytesMax, "no more bytes than there is room for")
            return true
        }
        if !fits { refused.add(1, ordering: .relaxed) }
        return fits
    }

    /// Makes room again for what was taken.
    /// - Precondition: no more than is held.
    package func giveBack(bytes: Int, events: Int) {
        held.withLock { held in
            assert(bytes >= 0 && events >= 0, "room is given back here")
            held.bytes -= bytes
            held.events -= events
            precondition(held.bytes >= 0 && held.events >= 0, "more given back than taken")
        }
    }
}

/// What one request has taken from the gate; returns it at the latest when it goes away.
package final class IngestTicket: Sendable {
    private let gate: IngestGate
    private let retryAfterSeconds: Int
    private let taken = Mutex((bytes: 0, events: 0))

    /// - Parameter retryAfterSeconds: what a sender is told to wait where there is no room.
    init(gate: IngestGate, retryAfterSeconds: Int) {
        self.gate = gate
        self.retryAfterSeconds = retryAfterSeconds
    }

    deinit {
        let (bytes, events) = taken.withLock { $0 }
        gate.giveBack(bytes: bytes, events: events)
    }

    /// Takes room for what has come.
    /// - Throws: `busy` when there is none.
    package func take(bytes: Int = 0, events: Int = 0) throws(IntakeRefusal) {
        guard gate.take(bytes: bytes, events: events) else {
            throw IntakeRefusal(
                .busy, "the ingest queue is full",
                hint: "send the same request again after \(retryAfterSeconds) s; repeated events are recognised",
                retryAfterSeconds: retryAfterSeconds)
        }
        taken.withLock {
            $0.bytes += bytes
            $0.events += events
        }
    }
}
