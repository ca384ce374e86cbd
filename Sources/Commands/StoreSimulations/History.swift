import Columnar
import Domain
import EventStores
import Platform

/// What happens to a store, from its beginning to its end: nothing of it is drawn while it happens, but for what a
/// power cut leaves, so that it can be told and made shorter.
struct History {
    /// The seed that it was drawn from, and from which a power cut takes what it leaves.
    var seed: UInt64
    var clock = ClockHabit.stands
    /// The form of all pages; nil: the shortest.
    var form: PageForm?
    /// All that is ever sent; steps name them by their place.
    var batches: [[PlainEvent]] = []
    var lives: [Life] = []
    /// What is done to the files of the store, closed, at the end.
    var damage: Damage?

    /// What a clock does beside the steps that move it.
    enum ClockHabit: CaseIterable {
        /// It says one time from the beginning to the end, so that everything can be held against one store that was
        /// sent all of it at once.
        case stands
        /// It goes on a little with every step.
        case runs
        /// It is also set, back and ahead, and stands still.
        case steps
    }

    /// From an opening to an end.
    struct Life {
        var options = LifeOptions()
        /// It does not begin before so much time has passed since the first one did, in nanoseconds.
        var beginsAfter: Int64 = 0
        var faults: [SimulatedFault] = []
        /// Bytes that may be written beside those there are, until half of the steps are done; nil: any number.
        var room: Int?
        var steps: [Step] = []
        var ending = Ending.power
    }

    enum Ending: CaseIterable {
        case power, process, close
    }

    enum Step: Equatable {
        /// Sends a batch, again where it was sent before.
        case send(batch: Int, isBulk: Bool)
        /// Has an event of a batch stand for the one of its id that is there.
        case replace(batch: Int, event: Int)
        case rebook(model: String, times: Range<Int64>)
        case seal
        /// What comes once a second.
        case tick
        /// What the one who appends does when nobody waits.
        case makeReady
        /// Begins to make one of small segments.
        case compact
        /// Has the oldest job beside the writer done.
        case runJob
        case letTimePass(nanoseconds: Int64)
        case stopClock(nanoseconds: Int64)
        case setClock(byNanoseconds: Int64)
        /// Begins to let go of events that are old enough.
        case retain
        /// Makes a backup and restores it elsewhere, also up to a share of its positions, in hundredths, if one is
        /// given.
        case backUp(links: Bool, upToShare: Int?)
    }

    /// Whether events go once they are old enough.
    var retains: Bool { lives.contains { $0.options.retains } }

    /// Whether some types go before others of the same conversations.
    var settles: Bool { lives.contains { $0.options.typesGoFirst } }

    /// How long an event stays at the least, whatever life it is in: ns.
    func keptNanoseconds(_ event: PlainEvent) -> Int64 {
        lives.map { $0.options.keptNanoseconds(event) }.min() ?? LifeOptions.retainedNanoseconds
    }

    /// Whether rows come to stand for others.
    var replaces: Bool {
        lives.contains { $0.steps.contains { if case .replace = $0 { true } else { false } } }
    }

    /// The time at which the clock begins.
    static let start: Int64 = 1_785_578_400_000_000_000
}

/// What a life opens the store with.
struct LifeOptions: Equatable {
    var logFileBytes = 16 << 10
    var sealEventsMax = 24
    var compacts = true
    var conversationsAtOnce = 4_096
    /// Jobs beside the writer wait for a step that has them done.
    var holdsJobs = true
    /// Events go once they are as old as ``LifeOptions/periodNanoseconds``.
    var retains = false

    /// Events of ``LifeOptions/earlyTypes`` go as early as otherwise all, and all others stay for twice as long.
    var typesGoFirst = false
    /// The other tenant has a period of its own: ns.
    var otherNanoseconds: Int64?

    static let retainedNanoseconds = RetentionLimits.nanosecondsMin

    /// Answers, and spans.
    static let earlyTypes = ["message.sent", "span.received"]

    /// How long events stay that nothing else is said of: ns.
    private var periodNanoseconds: Int64 { (typesGoFirst ? 2 : 1) * Self.retainedNanoseconds }

    /// How long an event stays at the least: ns.
    func keptNanoseconds(_ event: PlainEvent) -> Int64 {
        let isOther = event.tenant == PlainEvent.otherTenant
        let period = isOther ? otherNanoseconds ?? periodNanoseconds : periodNanoseconds
        return typesGoFirst && Self.earlyTypes.contains(event.type) ? min(period, Self.retainedNanoseconds) : period
    }

    var store: StoreOptions {
        var options = StoreOptions()
        options.logFileBytes = logFileBytes
        // Prices are those of the history; a list takes long to be put in order at each start.
        options.listPrices = []
        options.sealEventsMax = sealEventsMax
        if compacts { options.compaction = CompactionLimits(fanIn: 2, levelEvents: 8, newestLeft: 0) }
        options.foldLimits.keysAtOnce = conversationsAtOnce
        if retains {
            let tenants = otherNanoseconds.map {
                [RetentionLimits.TenantPeriod(PlainEvent.otherTenant, nanoseconds: $0)]
            }
            let limits = RetentionLimits(eventsNanoseconds: periodNanoseconds, tenants: tenants ?? [])
            let types = typesGoFirst ? Self.earlyTypes : []
            options.retention = limits.with(
                types: types.map { RetentionLimits.TypePeriod($0, nanoseconds: Self.retainedNanoseconds) })
        }
        return options
    }
}

/// What happens to files that nobody writes, and are repaired then. Files and places are drawn from `seed` among those
/// there are.
struct Damage: Equatable {
    enum Kind: CaseIterable {
        /// One bit is another.
        case flip
        /// A file ends earlier.
        case cut
        /// A block of 512 or 4096 bytes is zeros.
        case zero
        /// Two blocks have changed places, within a file or between two.
        case swap
        /// A file is what it was at the end of an earlier life.
        case rollBack
        /// A file has the contents of another one.
        case foreign
        /// A file is gone.
        case missing
        /// There is one more file.
        case extra
    }

    var kind: Kind
    var seed: UInt64
}
