package import Domain
import Hashing

/// The counters of `/metrics`: a pure fold over accepted events in the order of their positions and over the passing of
/// time.
///
/// An event counts when it was received within ``Limits/liveNanosecondsMax`` of its time; older ones are counted by
/// type as backfill and nowhere else, though as answers, ratings and closings they decide about what was counted. All
/// words are integers, so the fold of any split is the fold of the whole.
package struct MetricCounters: Sendable {
    /// What is shown; cheap to copy.
    package internal(set) var totals: MetricTotals
    var tracked = TrackedConversations()
    var conversations: OpenConversations
    var rated: RatedConversations
    /// Room for the name of a conversation; no part of the state.
    var silenceName: [UInt8] = []
    /// See ``idleAfterNanoseconds``.
    var silenceSetting: Int64?
    let program: MetricProgram
    /// Within which time questions that come from now on must be answered ok.
    var answerLimits: AnswerLimits
    let orderer: EventOrderer
    private(set) var slots: [Slot]
    private(set) var key: [UInt8] = []

    /// A field of the event at hand.
    struct Slot: Sendable {
        var kind: Kind = .absent
        var number: Int64 = 0
        var text = 0..<0

        enum Kind: UInt8, Sendable { case absent, number, boolean, text }
    }

    /// Counters at zero.
    /// - Parameters:
    ///   - objectives: those in force: how long questions wait, and where buckets of histograms end.
    ///   - openConversationsMax: so many conversations are followed until silence closes them, and at least half as
    ///     many are remembered
    ///     after that, so that memory stays bounded.
    ///   - ratedConversationsMax: the ratings of so many conversations are remembered for sure, of twice as many at
    ///     most.
    package init(
        registry: SchemaRegistry, definitions: [MetricDefinition] = MetricCatalogue.all,
        objectives: ObjectiveSet = .builtIn,
        openConversationsMax: Int = 1 << 18, ratedConversationsMax: Int = 1 << 16
    ) {
        rated = RatedConversations(countMax: ratedConversationsMax)
        conversations = OpenConversations(countMax: openConversationsMax)
        program = MetricProgram(definitions, registry: registry, bounds: objectives.bucketBounds)
        answerLimits = objectives.answerLimits
        totals = MetricTotals(program)
        orderer = EventOrderer(registry)
        slots = Array(repeating: Slot(), count: program.types.map(\.slotCount).max() ?? 1)
        key.reserveCapacity(1024)
    }

    // MARK: Events

    /// Counts one accepted event.
    /// - Parameters:
    ///   - position: of the event.
    ///   - arrival: when it came.
    ///   - cost: what a call was booked at; not asked for where the event is history.
    /// - Precondition: the row is of a type of the registry.
    package mutating func fold(
        _ event: EventRow, position: Int64 = 0, arrival: EventArrival, cost: @autoclosure () -> CallCost?
    ) {
        let type = Int(event.type)
        totals.accepted[type] &+= 1
        let isLive = arrival.isLive(event.time)
        followSilence(event, position: position, isLive: isLive)
        guard isLive else {
            totals.backfilled[type] &+= 1
            followLate(event, position, arrival)
            return
        }
        count(event, cost())
        follow(event, position, arrival)
    }

    /// Counts accepted events in order, each as ``fold(_:position:arrival:cost:)`` does.
    /// - Parameters:
    ///   - position: of a row, by its index.
    ///   - arrival: when a row came, by its position and its index.
    ///   - cost: what a row was booked at, by its index.
    package mutating func fold(
        _ rows: EventRows, position: (_ row: Int) -> Int64, arrival: (_ position: Int64, _ row: Int) -> EventArrival,
        cost: (_ row: Int) -> CallCost?
    ) {
        for row in rows.indices {
            let position = position(row)
            fold(rows[row], position: position, arrival: arrival(position, row), cost: cost(row))
        }
    }

    // tests: a step that comes to a conversation again and again does not grow with it.
    /// What the step would have to put back of what is known of silence.
    package var silenceNotes: Int { conversations.noteCount }

    /// Counts what the event adds to the metrics, apart from questions.
    mutating func count(_ event: EventRow, _ cost: CallCost?) {
        let entry = program.types[Int(event.type)]
        guard !entry.steps.isEmpty else { return }
        read(event, entry)
        for step in entry.steps { apply(program.steps[step], event.bytes, cost) }
    }

    mutating func read(_ event: EventRow, _ entry: MetricProgram.TypeProgram) {
        for slot in 0..<entry.slotCount { slots[slot].kind = .absent }
        var cursor = EventRowCursor(event)
        while cursor.advance(in: event), cursor.column <= entry.lastColumn {
            let slot = Int(program.roles[entry.firstRole + Int(cursor.column)])
            guard slot != 0 else { continue }
            switch cursor.value {
            case .integer(let value): (slots[slot].kind, slots[slot].number) = (.number, value)
            case .boolean(let value): (slots[slot].kind, slots[slot].number) = (.boolean, value ? 1 : 0)
            case .text(let range): (slots[slot].kind, slots[slot].text) = (.text, range)
            case .double, .json: break
            }
        }
    }

    private mutating func apply(_ step: MetricProgram.Step, _ bytes: [UInt8], _ cost: CallCost?) {
        // The key is made for the first metric that counts the event: a set that nothing counts takes no place.
        var known = -1
        for index in step.actions {
            let action = program.actions[index]
            guard action.kind != .question, action.kind != .answer, holds(action.conditions, bytes), adds(action, cost)
            else { continue }
            if known < 0 {
                makeKey(step.labels, bytes)
                known = totals.tables[step.table].set(of: key)
            }
            let set = known
            switch action.kind {
            case .count, .unpriced: totals.tables[step.table].count(action.word, of: set)
            case .sum:
                totals.tables[step.table].count(action.word, of: set)
                totals.tables[step.table].add(Int128(slots[Int(action.slot)].number), at: action.word + 1, of: set)
            case .observe: observe(slots[Int(action.slot)].number, step.table, action, set)
            case .cost:
                totals.tables[step.table].count(action.word, of: set)
                totals.tables[step.table].add(cost?.costPicoUSD ?? 0, at: action.word + 1, of: set)
            case .question, .answer, .rating: break
            }
        }
    }

    func holds(_ conditions: Range<Int>, _ bytes: [UInt8]) -> Bool {
        for index in conditions {
            let condition = program.conditions[index]
            let slot = slots[Int(condition.slot)]
            if slot.kind == .absent {
                guard condition.acceptsNull else { return false }
            } else if !condition.texts.isEmpty {
                guard slot.kind == .text,
                    condition.texts.contains(where: { isEqual(program.texts[$0], bytes, slot.text) })
                else {
                    return false
                }
            }
        }
        return true
    }

    func isEqual(_ text: [UInt8], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard text.count == range.count else { return false }
        for index in text.indices where text[index] != bytes[range.lowerBound + index] { return false }
        return true
    }

    /// Whether the event has something for the metric.
    private func adds(_ action: MetricProgram.Action, _ cost: CallCost?) -> Bool {
        switch action.kind {
        case .count, .question, .answer: true
        case .sum, .observe: slots[Int(action.slot)].kind == .number
        case .cost: cost?.costPicoUSD != nil
        case .unpriced: cost.map { $0.state != .priced } ?? false
        case .rating: false
        }
    }

    private mutating func observe(_ nanoseconds: Int64, _ table: Int, _ action: MetricProgram.Action, _ set: Int) {
        assert(action.histogram >= 0, "what is observed has a histogram")
        let word = action.word
        var bucket = 0
        while bucket < program.bounds.count, nanoseconds > program.bounds[bucket] { bucket += 1 }
        totals.tables[table].count(word + bucket, of: set)
        totals.tables[table].add(Int128(nanoseconds), at: word + program.bounds.count + 1, of: set)
        totals.exponential.add(
            1, histogram: action.histogram, set: set, bucket: ExponentialBuckets.index(nanoseconds: nanoseconds))
    }

    // MARK: Keys

    mutating func makeKey(_ labels: Range<Int>, _ bytes: [UInt8]) {
        key.removeAll(keepingCapacity: true)
        for index in labels {
            let label = program.labels[index]
            var slot = slots[Int(label.slot)]
            switch label.kind {
            case .constant:
                append(program.texts[Int(label.text)])
                continue
            case .boolean where slot.kind == .boolean:
                append(program.texts[Int(label.text) + (slot.number != 0 ? 0 : 1)])
                continue
            case .eitherField where slot.kind == .absent: slot = slots[Int(label.otherSlot)]
            default: break
            }
            switch slot.kind {
            case .text: append(bytes[slot.text])
            case .number: append(Array(String(slot.number).utf8))
            case .absent, .boolean: key.append(0)
            }
        }
    }

    private mutating func append(_ value: some RandomAccessCollection<UInt8>) { Self.append(value, to: &key) }

    /// Appends a label's value, too long ones as `other`.
    static func append(_ value: some RandomAccessCollection<UInt8>, to key: inout [UInt8]) {
        guard value.count <= Limits.labelBytesMax else {
            return append(Array(MetricCatalogue.otherLabel.utf8), to: &key)
        }
        key.append(UInt8(value.count))
        key.append(contentsOf: value)
    }

    // MARK: Late prices and corrections

    /// Under which labels a call was counted.
    package enum CountedUnder {
        /// Those of its event.
        case event(EventRow)
        /// These, in the metric's order, empty text for null: of calls whose rows are in segments.
        case labels([String])
    }

    /// Adds what a call costs that was counted without a cost and has got its first prices now: it is none of the
    /// unpriced ones any more.
    /// - Precondition: the call was live when it came.
    package mutating func addLateCost(_ picoUSD: Int128, _ call: CountedUnder) {
        guard let placement = program.cost, let set = set(of: call, placement) else { return }
        totals.tables[placement.table].count(placement.words.lowerBound, of: set)
        totals.tables[placement.table].add(picoUSD, at: placement.words.lowerBound + 1, of: set)
        // Both metrics have the same labels, and so the same sets.
        guard let unpriced = program.unpriced, unpriced.table == placement.table else { return }
        totals.corrections[unpriced.table].count(unpriced.words.lowerBound, of: set, times: 1)
    }

    /// Counts calls among the unpriced ones that have no exact cost any more since a correction booked them again, or
    /// takes them back from among them where they have one now. The cost stays as it was counted.
    /// - Precondition: the calls were live when they came.
    package mutating func countCorrection(_ calls: CorrectedCalls, _ call: CountedUnder) {
        guard let placement = program.unpriced, let set = set(of: call, placement) else { return }
        totals.tables[placement.table].count(placement.words.lowerBound, of: set, times: calls.unpriced)
        totals.corrections[placement.table].count(placement.words.lowerBound, of: set, times: calls.priced)
    }

    /// The label set of a call in a metric; nil where its event's type does not count for it.
    private mutating func set(of call: CountedUnder, _ placement: MetricProgram.Placement) -> Int? {
        switch call {
        case .event(let event):
            let entry = program.types[Int(event.type)]
            guard let step = entry.steps.first(where: { program.steps[$0].table == placement.table }) else {
                return nil
            }
            read(event, entry)
            makeKey(program.steps[step].labels, event.bytes)
        case .labels(let labels):
            key.removeAll(keepingCapacity: true)
            for label in labels { append(Array(label.utf8)) }
        }
        return totals.tables[placement.table].set(of: key)
    }

    // MARK: Steps

    /// Begins what ``rollBack(to:)`` can take back.
    package mutating func beginStep() {
        tracked.beginStep()
        rated.beginStep()
        conversations.beginStep()
    }

    /// Returns to where the step began.
    package mutating func rollBack(to totals: MetricTotals) {
        self.totals = totals
        tracked.rollBack()
        rated.rollBack()
        conversations.rollBack()
    }
}
