import Bytes
import Domain
import JSONTexts
import Projections

/// Gives received times: the wall clock, as far as the monotonic one bears it out.
///
/// A step of the wall clock, either way, is not believed at once: time goes on by the monotonic clock until the wall
/// clock has stayed with the step for ``Limits/clockStepDoubtNanoseconds``. When it comes back to where the monotonic
/// clock counts, it is believed at once. Received times never fall: where they have followed a clock that ran away,
/// they stay ahead of it by a lead that is kept, and what is judged by the time of arrival is judged without the lead.
struct ReceiptClock: Sendable {
    /// The received time last given, ns since 1970 UTC.
    private(set) var receivedTime: Int64 = 0
    /// How far received times are ahead of the clock that is believed, ns.
    private(set) var lead: Int64 = 0
    /// Steps that no record tells of yet.
    private(set) var untold: [ClockStep] = []
    private var anchor: Anchor?
    private var doubt: Doubt?
    /// By how much believed steps have brought the clock ahead of the monotonic count, ns.
    private var ranAhead: Int64 = 0
    /// Since when the monotonic clock has borne the wall clock out, by the former (ns): before, it was taken at its
    /// word.
    private(set) var borneOutSince = Int64.max

    /// One instant on both clocks.
    private struct Anchor {
        var monotonic: Int64
        var believed: Int64

        /// Where the monotonic clock has counted to, and by how much the wall clock is ahead of it. At the ends of time
        /// the one stands still and the other goes on.
        func count(wall: Int64, monotonic: Int64) -> (expected: Int64, difference: Int64) {
            let elapsed = max(0, monotonic.saturatingSubtract(self.monotonic))
            return (believed.saturatingAdd(elapsed), wall.saturatingSubtract(believed).saturatingSubtract(elapsed))
        }
    }

    private struct Doubt {
        var difference: Int64
        var since: Int64
        var firstPosition: Int64
    }

    /// Goes on from what the log says.
    init(receivedTime: Int64 = 0, lead: Int64 = 0) { (self.receivedTime, self.lead) = (receivedTime, lead) }

    /// The time that is believed: what the wall clock says, or where the monotonic one has counted to. ns since 1970
    /// UTC.
    func time(wall: Int64, monotonic: Int64) -> Int64 {
        guard let anchor else { return wall }
        let counted = anchor.count(wall: wall, monotonic: monotonic)
        return Self.isStep(counted.difference) ? counted.expected : wall
    }

    /// Reads both clocks; afterwards ``receivedTime`` is the one to give.
    /// - Parameter position: of the next event.
    mutating func observe(wall: Int64, monotonic: Int64, position: Int64) {
        guard let anchor else {
            start(wall, monotonic, position)
            return
        }
        let (expected, difference) = anchor.count(wall: wall, monotonic: monotonic)
        if !Self.isStep(difference) {
            if let doubt { tell(.returned, difference, wall, doubt.firstPosition) }
            doubt = nil
            believe(wall, monotonic, receivedTime: wall.saturatingAdd(lead))
        } else if Self.isStep(ranAhead), !Self.isStep(difference.saturatingAdd(ranAhead)) {
            let first = doubt?.firstPosition ?? position
            (doubt, ranAhead) = (nil, 0)
            follow(wall, monotonic, expected)
            tell(.returned, difference, wall, first)
        } else if let doubt, !Self.isStep(difference.saturatingSubtract(doubt.difference)) {
            receivedTime = max(receivedTime, expected.saturatingAdd(lead))
            guard monotonic.saturatingSubtract(doubt.since) >= Limits.clockStepDoubtNanoseconds else { return }
            self.doubt = nil
            ranAhead = max(0, ranAhead.saturatingAdd(difference))
            follow(wall, monotonic, expected)
            tell(.believed, difference, wall, doubt.firstPosition)
        } else {
            receivedTime = max(receivedTime, expected.saturatingAdd(lead))
            doubt = Doubt(difference: difference, since: monotonic, firstPosition: doubt?.firstPosition ?? position)
            tell(.doubted, difference, wall, position)
        }
    }

    /// Whether the clocks disagree at present.
    var isInDoubt: Bool { doubt != nil }

    /// The steps were told of in the log.
    mutating func told() { untold.removeAll() }

    /// The first reading of a process: a store that was down for a while finds the clock ahead; one that finds it
    /// behind doubts it.
    private mutating func start(_ wall: Int64, _ monotonic: Int64, _ position: Int64) {
        let believed = receivedTime.saturatingSubtract(lead)
        let difference = wall.saturatingSubtract(believed)
        guard wall >= believed || !Self.isStep(difference) else {
            anchor = Anchor(monotonic: monotonic, believed: believed)
            borneOutSince = monotonic
            doubt = Doubt(difference: difference, since: monotonic, firstPosition: position)
            tell(.doubted, difference, wall, position)
            return
        }
        let before = lead
        follow(wall, monotonic, believed)
        if lead != before { tell(.restarted, difference, wall, position) }
    }

    private mutating func follow(_ wall: Int64, _ monotonic: Int64, _ expected: Int64) {
        let goesOn = max(receivedTime, expected.saturatingAdd(lead))
        let ahead = goesOn.saturatingSubtract(wall)
        borneOutSince = monotonic
        lead = ahead > 0 && Self.isStep(ahead) ? ahead : 0
        believe(wall, monotonic, receivedTime: lead > 0 ? goesOn : wall)
    }

    private mutating func believe(_ wall: Int64, _ monotonic: Int64, receivedTime time: Int64) {
        anchor = Anchor(monotonic: monotonic, believed: wall)
        receivedTime = max(receivedTime, time)
    }

    private mutating func tell(_ state: ClockStep.State, _ difference: Int64, _ wall: Int64, _ position: Int64) {
        untold.append(
            ClockStep(
                state: state, differenceNanoseconds: difference, leadNanoseconds: lead, firstPosition: position,
                wallTime: wall))
    }

    /// Smaller differences are how clocks are set right, and followed.
    private static func isStep(_ difference: Int64) -> Bool {
        difference >= Limits.clockStepNanosecondsMin || difference <= -Limits.clockStepNanosecondsMin
    }
}

/// A step of the wall clock, a record `clock.stepped`.
struct ClockStep: Hashable, Sendable {
    enum State: String, Sendable {
        /// Received times go on by the monotonic clock.
        case doubted
        /// The wall clock stayed; received times follow it.
        case believed
        /// The wall clock is back where the monotonic one counts.
        case returned
        /// A start found the clock nearer to received times than the log had it.
        case restarted
    }

    static let recordType = "clock.stepped"

    var state: State
    /// By how much the wall clock was ahead of where the monotonic one had counted to, ns; negative behind.
    var differenceNanoseconds: Int64
    /// How far received times are ahead of the clock from here on, ns.
    var leadNanoseconds: Int64
    /// The first event that came while the clocks disagreed; the record's position is the last.
    var firstPosition: Int64
    /// What the wall clock said, ns since 1970 UTC.
    var wallTime: Int64

    init(state: State, differenceNanoseconds: Int64, leadNanoseconds: Int64, firstPosition: Int64, wallTime: Int64) {
        (self.state, self.differenceNanoseconds, self.leadNanoseconds) = (state, differenceNanoseconds, leadNanoseconds)
        (self.firstPosition, self.wallTime) = (firstPosition, wallTime)
    }

    /// The record's data, a canonical JSON object.
    var data: String {
        JSONWriter.object { json in
            json.member("difference_ns", differenceNanoseconds)
            json.member("first_position", firstPosition)
            json.member("lead_ns", leadNanoseconds)
            json.member("state", state.rawValue)
            json.member("wall_time", RFC3339.render(wallTime))
        }
    }

    /// The lead that a record tells of; nil where the data is not what ``data`` writes.
    static func lead(data: String) -> Int64? {
        guard let json = try? JSONReader.parse(data), let lead = json["lead_ns"]?.integer, lead >= 0 else { return nil }
        return lead
    }
}

/// How far received times were ahead of the clock, by position: nothing in a store whose clock never ran away.
struct ClockLeads: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// The first event it holds for.
        var position: Int64
        var lead: Int64
    }

    /// Ascending by position.
    private(set) var entries: [Entry] = []

    init(_ entries: [Entry] = []) { self.entries = entries }

    /// The lead in force.
    var last: Int64 { entries.last?.lead ?? 0 }

    /// From the event of `position` on.
    mutating func set(_ lead: Int64, from position: Int64) {
        guard lead != last else { return }
        if entries.last?.position == position { entries.removeLast() }
        if lead != last { entries.append(Entry(position: position, lead: lead)) }
    }

    /// When the event of a position came.
    /// - Complexity: O(log entries).
    func arrival(at position: Int64, receivedTime: Int64) -> EventArrival {
        EventArrival(receivedTime: receivedTime, lead: lead(at: position))
    }

    /// - Complexity: O(log entries).
    func lead(at position: Int64) -> Int64 {
        // Mostly there is none, or it is that in force.
        guard let latest = entries.last else { return 0 }
        if position >= latest.position { return latest.lead }
        let count = entries.partitioningIndex { $0.position > position }
        return count == 0 ? 0 : entries[count - 1].lead
    }
}
