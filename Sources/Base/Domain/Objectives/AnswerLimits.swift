import Bytes

/// Within which time a question must be answered ok to be a good one, by channel.
package struct AnswerLimits: Hashable, Sendable {
    /// The limit of one channel.
    package struct Channel: Hashable, Sendable {
        /// The channel's name, byte for byte: channels are data, and data is compared by bytes.
        package var name: [UInt8]
        /// Its limit.
        package var nanoseconds: Int64

        /// Takes each part as given.
        package init(name: [UInt8], nanoseconds: Int64) { (self.name, self.nanoseconds) = (name, nanoseconds) }
    }

    /// What can be set: the longest keeps a question waiting in memory for a week.
    package static let range: ClosedRange<Int64> = 1_000_000...(7 * Nanoseconds.day)
    /// Beyond it each question would be compared with a long list.
    package static let channelsMax = 64

    /// For channels that have no limit of their own, and for questions without a channel.
    package var nanoseconds: Int64
    /// Ascending by name, each once.
    package private(set) var channels: [Channel]

    /// Sorts the channels.
    /// - Precondition: no channel twice.
    package init(nanoseconds: Int64, channels: [Channel] = []) {
        self.nanoseconds = nanoseconds
        self.channels = channels.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        precondition(
            zip(self.channels, self.channels.dropFirst()).allSatisfy { $0.name != $1.name }, "a channel has one limit")
    }

    /// The limit of a channel, nil for questions that name none.
    /// - Complexity: O(channels with a limit of their own).
    package func nanoseconds(channel: (some Collection<UInt8>)?) -> Int64 {
        guard let channel, !channels.isEmpty else { return nanoseconds }
        return channels.first { $0.name.elementsEqual(channel) }?.nanoseconds ?? nanoseconds
    }

    /// The shortest and the longest of all.
    package var bounds: ClosedRange<Int64> {
        let all = [nanoseconds] + channels.map(\.nanoseconds)
        return (all.min() ?? nanoseconds)...(all.max() ?? nanoseconds)
    }

    /// `30 s`, `30 s; email 300 s`.
    package var text: String {
        let own = channels.map {
            "\(String(decoding: $0.name, as: UTF8.self)) \(ObjectiveText.seconds($0.nanoseconds))"
        }
        return ([ObjectiveText.seconds(nanoseconds)] + own).joined(separator: "; ")
    }
}
