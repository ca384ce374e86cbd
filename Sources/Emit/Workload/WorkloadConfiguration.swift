import Bytes

/// An hour in which one model is slow and failing.
package struct BadHour: Hashable, Sendable {
    /// ns since 1970 UTC.
    package var start: Int64
    /// How long it lasts.
    package var durationNanoseconds: Int64
    /// The model that suffers; nil for all.
    package var model: String?
    /// Factor on queueing, first token and generation time.
    var slowdown: Double
    /// Share of attempts that fail.
    var errorRate: Double

    /// An hour of everything six times as slow and three failures in ten attempts, unless said otherwise.
    package init(
        start: Int64, durationNanoseconds: Int64 = Nanoseconds.hour, model: String? = nil, slowdown: Double = 6,
        errorRate: Double = 0.3
    ) {
        self.start = start
        self.durationNanoseconds = durationNanoseconds
        self.model = model
        self.slowdown = slowdown
        self.errorRate = errorRate
    }

    func covers(_ time: Int64, model asked: String) -> Bool {
        time >= start && time - start < durationNanoseconds && (model == nil || model == asked)
    }
}

/// How events are named by their emitter.
package enum WorkloadIDStyle: String, CaseIterable, Hashable, Sendable {
    /// Time-ordered UUIDs.
    case uuid7
    /// Random UUIDs.
    case uuid4
    /// Any text: blanks, quotes, letters beyond ASCII.
    case text
}

/// What the simulated support desk looks like. The defaults are the reference load: 1,000 daily users, about 4,000
/// conversations and 40,000 messages on a working day.
package struct WorkloadConfiguration: Hashable, Sendable {
    /// The same seed and configuration give the same bytes.
    package var seed: UInt64
    /// Where a generated period begins, and the origin from which prompt and release numbers count; ns since 1970 UTC.
    package var start: Int64
    /// Customers who write; some write often.
    var users: Int
    /// Conversations of a working day; a day of the weekend has three quarters of them.
    package var conversationsPerDay: Double
    /// Tenants among whom the customers are divided.
    var tenants: Int
    /// How often a new prompt version is published; a release follows at 1.3 times this interval.
    var promptIntervalNanoseconds: Int64
    /// Where two cover an instant the first counts.
    package var badHours: [BadHour]
    /// Share of events delivered after later ones: half within a minute, the rest up to two hours behind.
    package var lateShare: Double
    /// Share of events delivered twice, byte for byte.
    package var duplicateShare: Double
    /// How events are named.
    var idStyle: WorkloadIDStyle
    /// Whether the period opens with its price list, budgets and experiment, and carries the price change and the late
    /// first price.
    package var includesPrices: Bool

    /// The reference load, changed where said; conversations a day follow the users unless given.
    package init(
        seed: UInt64 = 1, start: Int64 = WorkloadConfiguration.defaultStart, users: Int = 1000,
        conversationsPerDay: Double? = nil,
        tenants: Int = 6, promptIntervalNanoseconds: Int64 = 20 * Nanoseconds.hour, badHours: [BadHour] = [],
        lateShare: Double = 0,
        duplicateShare: Double = 0, idStyle: WorkloadIDStyle = .uuid7, includesPrices: Bool = true
    ) {
        precondition(users > 0 && tenants > 0 && promptIntervalNanoseconds > 0)
        self.seed = seed
        self.start = start
        self.users = users
        self.conversationsPerDay = conversationsPerDay ?? Double(users) * 4.2
        self.tenants = tenants
        self.promptIntervalNanoseconds = promptIntervalNanoseconds
        self.badHours = badHours
        self.lateShare = lateShare
        self.duplicateShare = duplicateShare
        self.idStyle = idStyle
        self.includesPrices = includesPrices
    }

    /// Monday, 3 August 2026, 00:00 UTC.
    package static let defaultStart: Int64 = 1_785_715_200_000_000_000
}
