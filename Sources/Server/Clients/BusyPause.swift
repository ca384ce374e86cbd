/// How long to wait before what a server was too busy for is sent again: as long as it says, but no less than twice the
/// pause before, and no more than a minute, whatever it says.
package struct BusyPause: Sendable {
    private static let first = Duration.milliseconds(250)
    private static let doubledMost = Duration.seconds(8)

    private var least = Self.first

    /// Before anything was refused.
    package init() {}

    /// The pause after one more refusal.
    /// - Parameter wanted: the seconds that the server asks for, any number; nil: it said none.
    package mutating func next(wanted seconds: Int?) -> Duration {
        let wanted = Duration.seconds(min(max(seconds ?? 1, 0), 60))
        defer { least = min(least * 2, Self.doubledMost) }
        return max(wanted, least)
    }
}
