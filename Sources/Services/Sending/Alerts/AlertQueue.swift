package import AlertRules
import Bytes
import PromQLText

// tests: what waits is asked without a wire.
/// What a destination has yet to be told: of each alert its newest state, in the order in which they came.
///
/// An Alertmanager is told whatever comes, since what it was told ends by itself. A webhook is told that an alert fires
/// when it begins to, and again after a while; and once that it is over.
package struct AlertQueue: Sendable {
    /// How many alerts wait at most; then what fires goes first, since it is told again. What is over stays.
    private static let countMax = 10_000
    /// ms that what a webhook was told is remembered after the end of the alert.
    private static let memory: Int64 = 3_600_000

    private struct Told {
        /// ms since 1970.
        var startsAt: Int64
        var isResolved: Bool
        /// ns of the monotonic clock.
        var at: Int64
    }

    private let kind: AlertDestination.Kind
    private let repeatNanoseconds: Int64
    private var waiting: [LabelSet: AlertMessage] = [:]
    private var order: [LabelSet] = []
    /// What a webhook was told last; of an Alertmanager nobody asks.
    private var told: [LabelSet: Told] = [:]
    /// Alerts that found no room.
    package private(set) var dropped = 0

    /// - Parameter repeatNanoseconds: after which a webhook is told again.
    package init(_ kind: AlertDestination.Kind, repeatNanoseconds: Int64) {
        (self.kind, self.repeatNanoseconds) = (kind, repeatNanoseconds)
    }

    /// How many alerts wait.
    package var count: Int { waiting.count }

    /// Takes what is news.
    /// - Parameter now: the monotonic clock, ns.
    /// - Complexity: O(messages), and O(alerts) where there is no room.
    package mutating func put(_ messages: [AlertMessage], at now: Int64) {
        for message in messages where isNews(message, at: now) {
            if waiting.updateValue(message, forKey: message.labels) == nil { order.append(message.labels) }
        }
        let excess = waiting.count - Self.countMax
        if excess > 0 { dropFiring(excess) }
    }

    private func isNews(_ message: AlertMessage, at now: Int64) -> Bool {
        guard kind == .webhook else { return true }
        // What waits takes the newer state, whatever was told before.
        guard let known = told[message.labels], known.startsAt == message.startsAt else { return true }
        if message.isResolved { return !known.isResolved }
        return !known.isResolved && now - known.at >= repeatNanoseconds
    }

    private mutating func dropFiring(_ excess: Int) {
        var left = excess
        order.removeAll { labels in
            guard left > 0, waiting[labels]?.isResolved == false else { return false }
            waiting[labels] = nil
            left -= 1
            dropped += 1
            return true
        }
    }

    /// What comes next, up to a number: of one `alertname` for a webhook, which is told by it.
    package func next(atMost count: Int) -> [AlertMessage] {
        var found: [AlertMessage] = []
        for labels in order {
            guard let message = waiting[labels] else { continue }
            if kind == .webhook, let first = found.first, first.labels["alertname"] != labels["alertname"] { continue }
            found.append(message)
            if found.count >= count { break }
        }
        return found
    }

    /// These were told, or cannot be: what is newer than they are goes on waiting.
    package mutating func finish(_ messages: [AlertMessage], at now: Int64) {
        var gone: Set<LabelSet> = []
        for message in messages {
            if kind == .webhook {
                told[message.labels] = Told(startsAt: message.startsAt, isResolved: message.isResolved, at: now)
            }
            guard waiting[message.labels] == message else { continue }
            waiting[message.labels] = nil
            gone.insert(message.labels)
        }
        order.removeAll { gone.contains($0) }
        // order: what is left is a dictionary again.
        told = told.filter { !$1.isResolved || (now - $1.at) / 1_000_000 < Self.memory }
    }
}
