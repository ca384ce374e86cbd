import Bytes
package import Columnar
package import Domain

/// The events of the conversation being folded, for copying fields of one of them into a row.
struct FoldSource {
    var events: [EventReference]
    var buffers: [[UInt8]]
    /// Their texts are the last buffers.
    var tables: [EventColumns]
    /// Where among its bytes the first event says which conversation it is; nil where it is in none.
    var conversation: Range<Int>?

    init(events: [EventReference], buffers: [[UInt8]], tables: [EventColumns]) {
        (self.events, self.buffers, self.tables) = (events, buffers, tables)
    }

    func row(_ index: Int) -> EventRow { events[index].row(in: buffers) }

    /// Whose texts a buffer is; nil for a buffer of rows.
    @inline(__always) func table(ofBuffer buffer: Int32) -> EventColumns? {
        tables.isEmpty ? nil : EventReference.table(ofBuffer: buffer, of: buffers.count, tables)
    }

    func time(_ index: Int) -> Int64 { events[index].time }

    var conversationID: RowSlot { conversation.map { .text(buffer: events[0].buffer, $0) } ?? .none }
}

/// One value of a row under construction.
struct RowSlot: Sendable {
    /// What ``word`` means.
    enum Kind: UInt8 {
        case none
        /// An integer, or a truth as 0 or 1.
        case number
        /// A text of an event: where it begins in its buffer above, its length below.
        case text
        /// Likewise one of ``RowSlots/texts``.
        case ownText
        /// Index of a number that 64 bits do not hold.
        case wide
    }

    private(set) var kind: Kind
    private(set) var buffer: Int32 = 0
    private(set) var word: UInt64 = 0

    static let none = RowSlot(kind: .none)

    static func integer(_ value: Int64) -> RowSlot { RowSlot(kind: .number, word: UInt64(bitPattern: value)) }

    static func boolean(_ value: Bool) -> RowSlot { RowSlot(kind: .number, word: value ? 1 : 0) }

    static func text(buffer: Int32, _ range: Range<Int>) -> RowSlot {
        RowSlot(kind: .text, buffer: buffer, word: word(range))
    }

    var isNone: Bool { kind == .none }

    fileprivate static func word(_ range: Range<Int>) -> UInt64 {
        UInt64(range.lowerBound) << 32 | UInt64(UInt32(range.count))
    }

    /// Where the text stands.
    var range: Range<Int> {
        let start = Int(word >> 32)
        return start..<(start + Int(word & 0xFFFF_FFFF))
    }
}

/// The values of one row under construction; most columns have none.
struct RowSlots: Sendable {
    private var slots: [RowSlot]
    /// A bit for each column that was given a value.
    private var touched: UInt64 = 0
    /// Texts that no event has, end to end.
    private var texts: [UInt8] = []
    private var wides: [Int128] = []

    init(count: Int) {
        precondition(count <= UInt64.bitWidth, "a bit for each column")
        slots = Array(repeating: .none, count: count)
    }

    subscript(column: Int) -> RowSlot {
        get { slots[column] }
        set {
            slots[column] = newValue
            touched |= 1 &<< UInt64(truncatingIfNeeded: column)
        }
    }

    mutating func set(_ column: Int, _ text: String) {
        let start = texts.count
        texts.append(contentsOf: text.utf8)
        self[column] = RowSlot(kind: .ownText, word: RowSlot.word(start..<texts.count))
    }

    mutating func set(_ column: Int, wide value: Int128) {
        if let narrow = Int64(exactly: value) {
            self[column] = .integer(narrow)
        } else {
            wides.append(value)
            self[column] = RowSlot(kind: .wide, word: UInt64(wides.count - 1))
        }
    }

    /// Hands each value to a tally once and forgets it.
    mutating func drain(into tally: inout RowTally, _ buffers: [[UInt8]]) {
        // As a local, so that the others can be read meanwhile.
        var own: [RowSlot] = []
        swap(&own, &slots)
        tally.stage(&own, touched, texts: texts, wides: wides, buffers)
        swap(&own, &slots)
        clear()
    }

    private mutating func clear() {
        touched = 0
        texts.removeAll(keepingCapacity: true)
        wides.removeAll(keepingCapacity: true)
    }

    /// Hands each value to a table once and forgets it.
    fileprivate mutating func drain(into table: inout RowTable, _ buffers: [[UInt8]]) {
        // As a local, so that the others can be read meanwhile.
        var own: [RowSlot] = []
        swap(&own, &slots)
        let wide = table.stage(&own, touched, texts: texts, buffers)
        swap(&own, &slots)
        for (column, index) in wide { table.append(column, wide: wides[index]) }
        touched = 0
        texts.removeAll(keepingCapacity: true)
        wides.removeAll(keepingCapacity: true)
    }
}

/// A table that grows row by row through named slots. Some rows are gathered before their values go into the columns, a
/// column at a time.
struct RowTable: Sendable {
    private var builders: [ColumnBuilder]
    /// Rows that the builders have.
    private var rowCount = 0
    /// Rows that they have not.
    private var gathered = 0
    /// By column, ``rowsAtOnce`` each: numbers as they are, of a text where it begins in ``texts`` above, its length
    /// below.
    private var words: [UInt64]
    /// Beside each word its row, of those that are gathered.
    private var rows: [UInt16]
    /// By column.
    private var counts: [Int]
    private var texts: [UInt8] = []

    private static let rowsAtOnce = 64

    init(_ columns: [TableColumn]) {
        builders = columns.map { ColumnBuilder(type: $0.type) }
        words = Array(repeating: 0, count: columns.count * Self.rowsAtOnce)
        rows = Array(repeating: 0, count: columns.count * Self.rowsAtOnce)
        counts = Array(repeating: 0, count: columns.count)
    }

    mutating func append(_ row: inout RowSlots, buffers: [[UInt8]]) {
        if gathered == Self.rowsAtOnce { flush() }
        row.drain(into: &self, buffers)
        gathered += 1
    }

    /// Gathers the values of one row and empties its slots.
    /// - Parameters:
    ///   - touched: a bit for each slot that may have a value.
    ///   - own: texts that no event has.
    /// - Returns: columns with numbers that 64 bits do not hold, which are not gathered, each with its index.
    fileprivate mutating func stage(
        _ slots: inout [RowSlot], _ touched: UInt64, texts own: [UInt8], _ buffers: [[UInt8]]
    ) -> [(column: Int, index: Int)] {
        // As locals, so that nothing asks for each value whether the memory is ours alone.
        var (words, rows, counts, texts): ([UInt64], [UInt16], [Int], [UInt8]) = ([], [], [], [])
        swap(&words, &self.words)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
        swap(&texts, &self.texts)
        let wide = Self.stage(
            &slots, touched, own, buffers, number: UInt16(gathered), words: &words, rows: &rows, counts: &counts,
            texts: &texts)
        swap(&words, &self.words)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
        swap(&texts, &self.texts)
        return wide
    }

    private static func stage(
        _ slots: inout [RowSlot], _ touched: UInt64, _ own: [UInt8], _ buffers: [[UInt8]], number: UInt16,
        words: inout [UInt64], rows: inout [UInt16], counts: inout [Int], texts: inout [UInt8]
    ) -> [(column: Int, index: Int)] {
        var wide: [(column: Int, index: Int)] = []
        var slots = slots.mutableSpan
        var words = words.mutableSpan
        var rows = rows.mutableSpan
        var counts = counts.mutableSpan
        // Most texts of a row are of one buffer, which other threads read, too: it is not counted for each.
        var (known, buffer): (Int32, [UInt8]) = (-1, [])
        var bits = touched
        while bits != 0 {
            let column = bits.trailingZeroBitCount
            bits &= bits &- 1
            let slot = slots[column]
            slots[column] = .none
            var word = slot.word
            switch slot.kind {
            case .none: continue
            case .number: break
            case .text:
                if slot.buffer != known { (known, buffer) = (slot.buffer, buffers[Int(slot.buffer)]) }
                word = append(buffer.span.extracting(slot.range), to: &texts)
            case .ownText: word = append(own.span.extracting(slot.range), to: &texts)
            case .wide:
                wide.append((column, Int(word)))
                continue
            }
            let count = counts[column]
            assert(count <= Int(number), "a row has one value in a column")
            words[column &* rowsAtOnce &+ count] = word
            rows[column &* rowsAtOnce &+ count] = number
            counts[column] = count &+ 1
        }
        return wide
    }

    /// - Returns: where the text begins and its length.
    private static func append(_ text: Span<UInt8>, to texts: inout [UInt8]) -> UInt64 {
        let start = texts.count
        texts.append(contentsOf: text)
        return RowSlot.word(start..<texts.count)
    }

    /// Numbers that 64 bits do not hold are few: what was gathered before one goes into the column first.
    fileprivate mutating func append(_ column: Int, wide value: Int128) {
        flush(column)
        builders[column].padNulls(to: rowCount + gathered)
        builders[column].append(wide: value)
    }

    private mutating func flush() {
        for column in builders.indices { flush(column) }
        rowCount += gathered
        gathered = 0
        texts.removeAll(keepingCapacity: true)
    }

    private mutating func flush(_ column: Int) {
        guard counts[column] > 0 else { return }
        let range = (column * Self.rowsAtOnce)..<(column * Self.rowsAtOnce + counts[column])
        let (words, rows, texts) = (words, rows, texts)
        let (values, places) = (words.span.extracting(range), rows.span.extracting(range))
        if builders[column].type == .text || builders[column].type == .json {
            builders[column].append(texts: values, of: texts, rows: places, from: rowCount)
        } else {
            builders[column].append(words: values, rows: places, from: rowCount)
        }
        counts[column] = 0
    }

    mutating func finish() -> Chunk {
        flush()
        let vectors = builders.indices.map { index in
            builders[index].padNulls(to: rowCount)
            return builders[index].finish()
        }
        return Chunk(columns: vectors, rowCount: rowCount)
    }
}

/// Grows the tables `turns` and `conversations` row by row.
package struct ReadModelBuilder: Sendable {
    private var turns = RowTable(ReadModelColumns.turns)
    private var conversations = RowTable(ReadModelColumns.conversations)
    /// Where turns go of which no rows are made.
    private var turnTally: RowTally?
    private let places: ReadModelPlaces
    private var turnSlots = RowSlots(count: ReadModelColumns.turns.count)
    private var conversationSlots = RowSlots(count: ReadModelColumns.conversations.count)

    /// Empty tables.
    /// - Parameter talliesTurns: whether of turns no rows are made, and ``takeTurnSum()`` tells what they come to.
    package init(registry: SchemaRegistry, talliesTurns: Bool = false) {
        places = ReadModelPlaces(registry)
        turnTally = talliesTurns ? RowTally(ReadModelColumns.turns) : nil
    }

    /// Turns since the last call, as columns of them would be summed up; none unless they are tallied.
    package mutating func takeTurnSum() -> RowSum { turnTally?.take() ?? RowSum() }

    /// The rows so far, as one chunk each; columns as in ``ReadModelColumns``.
    package mutating func finish() -> (turns: Chunk, conversations: Chunk) { (turns.finish(), conversations.finish()) }

    mutating func appendTurn(_ turn: TurnState, _ source: FoldSource) {
        assert(turn.question >= 0 || turn.answer >= 0, "a turn was asked or answered")
        if turn.question >= 0 { copy(turn.question, places.fromQuestion, source) }
        if turn.answer >= 0 {
            turnSlots.set(places.turn.status, "ok")
            copy(turn.answer, turn.question >= 0 ? places.fromAnswer : places.fromAnswerAlone, source)
        }
        let at = places.turn
        if turn.call >= 0 {
            copy(turn.call, places.fromCall, source)
            // Where nobody answered, the model is the one that was asked for.
            if turnSlots[at.model].isNone { turnSlots[at.model] = turnSlots[at.requestModel] }
        }
        if let number = turn.number { turnSlots[at.turn] = .integer(number) }
        if turn.question >= 0 { turnSlots[at.askedTime] = .integer(source.time(turn.question)) }
        turnSlots[at.time] = .integer(source.time(turn.answer >= 0 ? turn.answer : turn.question))
        for index in turn.tokens.indices { turnSlots[at.tokens + index] = .integer(turn.tokens[index]) }
        Self.put(turn.cost, at: at.money, &turnSlots)
        turnSlots[at.modelCalls] = .integer(Int64(turn.modelCalls))
        turnSlots[at.toolCalls] = .integer(Int64(turn.toolCalls))
        turnSlots[at.retrievals] = .integer(Int64(turn.retrievals))
        turnSlots[at.cacheHits] = .integer(Int64(turn.cacheHits))
        turnSlots[at.escalated] = .boolean(turn.isEscalated)
        if let score = turn.score { turnSlots[at.score] = .integer(score) }
        if turnTally?.append(&turnSlots, buffers: source.buffers) == nil {
            turns.append(&turnSlots, buffers: source.buffers)
        }
    }

    mutating func appendConversation(
        _ summary: ConversationSummary, _ source: FoldSource, contextEvents: [Int], contextRanges: [Range<Int>]
    ) {
        let at = places.conversation
        assert(!source.events.isEmpty && summary.startTime <= summary.lastTime, "a conversation has an event")
        assert(contextEvents.count == contextRanges.count, "a place for each context column")
        conversationSlots[at.conversation] = source.conversationID
        conversationSlots[at.startTime] = .integer(summary.startTime)
        conversationSlots[at.lastTime] = .integer(summary.lastTime)
        for (index, event) in contextEvents.enumerated() where event >= 0 {
            conversationSlots[at.context + index] = .text(buffer: source.events[event].buffer, contextRanges[index])
        }
        if let kept = summary.cutAfter {
            conversationSlots[at.cutAfter] = .integer(kept)
        } else {
            appendStanding(summary)
        }
        if let topic = summary.topic { conversationSlots.set(at.topic, topic) }
        conversationSlots[at.turns] = .integer(summary.turns)
        conversationSlots[at.answers] = .integer(summary.answers)
        conversationSlots[at.errors] = .integer(summary.errors)
        for (index, count) in summary.tokens.enumerated() { conversationSlots[at.tokens + index] = .integer(count) }
        if summary.cutAfter == nil {
            Self.put(summary.cost, at: at.money, &conversationSlots)
        } else {
            // What the other calls cost is not known.
            conversationSlots.set(at.money + 1, wide: summary.cost.low)
        }
        conversationSlots[at.escalations] = .integer(Int64(summary.facts.escalations))
        conversationSlots[at.feedbackRequests] = .integer(summary.feedbackRequests)
        conversations.append(&conversationSlots, buffers: source.buffers)
    }

    /// What any later event may change: the last word, verdict, closing and rating. Of a conversation of which events
    /// were left out nobody knows them.
    private mutating func appendStanding(_ summary: ConversationSummary) {
        let (at, facts) = (places.conversation, summary.facts)
        if let closed = facts.standingClose {
            conversationSlots[at.closedTime] = .integer(closed.time)
            if let reason = facts.closeReason { conversationSlots.set(at.closedReason, reason) }
        }
        if let time = summary.lastActivityTime { conversationSlots[at.lastActivityTime] = .integer(time) }
        if let last = facts.lastWord { conversationSlots.set(at.lastMessage, last.rawValue) }
        conversationSlots.set(at.outcome, OutcomeRule.house1.outcome(of: facts, at: summary.lastTime).rawValue)
        conversationSlots.set(at.outcomeFin, OutcomeRule.intercomFin.outcome(of: facts, at: summary.lastTime).rawValue)
        if let verdict = facts.verdict, verdict.isResolved {
            conversationSlots[at.resolvedTime] = .integer(verdict.instant.time)
            conversationSlots.set(at.resolvedBy, verdict.by ?? "agent")
            conversationSlots.set(at.resolvedCertainty, verdict.certainty ?? "assumed")
        }
        conversationSlots[at.reopened] = .boolean(facts.reopenings > 0)
        if let reason = facts.escalationReason { conversationSlots.set(at.escalationReason, reason) }
        if let score = summary.score { conversationSlots[at.score] = .integer(score) }
        if let time = summary.ratedTime { conversationSlots[at.ratedTime] = .integer(time) }
    }

    private static func put(_ cost: CostSum, at first: Int, _ slots: inout RowSlots) {
        assert((cost.exact == nil) == (cost.state != .priced), "only what is priced is exact")
        if let exact = cost.exact { slots.set(first, wide: exact) }
        slots.set(first + 1, wide: cost.low)
        if let high = cost.high { slots.set(first + 2, wide: high) }
        slots.set(first + 3, cost.state.name)
    }

    /// Copies the fields of one event to the slots that `targets` names for their columns; −1 stays out.
    private mutating func copy(_ index: Int, _ targets: [Int], _ source: FoldSource) {
        let event = source.events[index]
        if let table = source.table(ofBuffer: event.buffer) {
            var bits = table.present[Int(event.start)]
            while bits != 0 {
                let (column, value) = table.next(Int(event.start), &bits)
                put(value, of: event.buffer, at: targets[column])
            }
            return
        }
        let row = source.row(index)
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) { put(cursor.value, of: event.buffer, at: targets[Int(cursor.column)]) }
    }

    /// - Parameter target: −1 for what stays out.
    @inline(__always)
    private mutating func put(_ value: EventRowCursor.Value, of buffer: Int32, at target: Int) {
        guard target >= 0 else { return }
        switch value {
        case .integer(let value): turnSlots[target] = .integer(value)
        case .boolean(let value): turnSlots[target] = .boolean(value)
        case .text(let range), .json(let range): turnSlots[target] = .text(buffer: buffer, range)
        case .double: break
        }
    }
}
