import Bytes
import Domain
import Hashing

// Conversations that silence closes are counted as time passes, under the reason idle, for as long as that is their
// standing close: what other events or another setting take from it is taken back, and the silence that closes them
// then is counted when it is over. So counted less taken back is a function of what is known, of the setting and of the
// time reached, whatever order they came in. A conversation of which all came too late to be counted is none of these;
// what comes too late for another one has its part in it all the same.

extension MetricCounters {
    /// After how much silence conversations are closed (ns); nil: never. As the store's log says; not part of the
    /// state.
    package var idleAfterNanoseconds: Int64? {
        get { silenceSetting }
        set {
            guard silenceSetting != newValue else { return }
            silenceSetting = newValue
            conversations.settingChanged(to: newValue)
        }
    }

    /// Takes in what an event says of the silence of its conversation, and of its labels.
    /// - Parameter isLive: whether the event counts.
    mutating func followSilence(_ row: EventRow, position: Int64, isLive: Bool) {
        guard let placement = program.closings, let fields = silenceFields(row) else { return }
        let known = conversations.find(fields.key)
        let before = known?.conversation
        if before == nil, conversations.done.isForgotten(fields.key) {
            // What was counted of it stands: followed anew it would count twice.
            if fields.moment.tells { totals.untrackedConversations &+= 1 }
            return
        }
        // A closing or a channel of before may be among what is forgotten.
        if before == nil, isLive, conversations.late.isForgotten(fields.key) { totals.untrackedConversations &+= 1 }
        var conversation = before ?? OpenConversation()
        let mayName = fields.channel != nil && fields.moment.time <= conversation.labelOrder.time
        let isPlaced = fields.moment.isReturn || fields.moment.isClosing || mayName
        let order = isPlaced ? orderer.order(row, position: position) : .afterAll
        conversation.take(fields.moment, order)
        if isLive, fields.moment.tells { conversation.isLive = true }
        if mayName, order <= conversation.labelOrder {
            conversation.set = labelSet(row.bytes, fields, placement)
            conversation.labelOrder = order
        } else if before == nil {
            conversation.set = labelSet(row.bytes, fields, placement)
        }
        let idleAfter = conversations.setting(inForce: silenceSetting)
        conversation.isCounted = conversation.isClosedBySilence(after: idleAfter, reached: tracked.scalars.reached)
        guard conversation != before else { return }
        if conversations.set(conversation, key: fields.key, idleAfter: idleAfter, known: known) {
            countIdle(from: before, to: conversation, placement)
        } else {
            totals.untrackedConversations &+= 1
        }
    }

    /// What the row says of silence; nil where that is nothing.
    private mutating func silenceFields(_ row: EventRow) -> SilenceColumns.Fields? {
        let meaning = program.silence.types.meanings[Int(row.type)]
        guard let fields = program.silence.read(row, meaning, &silenceName),
            fields.moment.tells || fields.channel != nil
        else { return nil }
        return fields
    }

    /// Counts what stands now and takes back what stood before; labels that are others now move what they count.
    private mutating func countIdle(
        from before: OpenConversation?, to after: OpenConversation, _ placement: MetricProgram.Placement
    ) {
        let old = before.flatMap { $0.isCounted ? Int($0.set) : nil }
        let new = after.isCounted ? Int(after.set) : nil
        guard old != new else { return }
        if let old { totals.corrections[placement.table].count(placement.words.lowerBound, of: old, times: 1) }
        if let new { totals.tables[placement.table].count(placement.words.lowerBound, of: new) }
    }

    /// Counts the conversations whose silence is over by `time`, and takes back those that the setting in force leaves
    /// open.
    mutating func reachSilence(_ time: Int64) {
        guard let placement = program.closings else { return }
        let (changes, uncorrected) = conversations.reach(max(time, tracked.scalars.reached), idleAfter: silenceSetting)
        for change in changes { countIdle(from: change.before, to: change.after, placement) }
        totals.untrackedConversations &+= uncorrected
    }

    /// Whether ``reachSilence(_:)`` would do something.
    func isSilenceDue(at time: Int64) -> Bool { conversations.isDue(at: time, idleAfter: silenceSetting) }

    private mutating func labelSet(
        _ bytes: [UInt8], _ fields: SilenceColumns.Fields, _ placement: MetricProgram.Placement
    ) -> Int32 {
        var key: [UInt8] = []
        Self.append(fields.tenant.map { bytes[$0] } ?? [], to: &key)
        Self.append(fields.channel.map { bytes[$0] } ?? [], to: &key)
        Self.append(Array(OutcomeSettings.idleReason.utf8), to: &key)
        return Int32(truncatingIfNeeded: totals.tables[placement.table].set(of: key))
    }

    // MARK: Replacing

    /// Takes in the rows that are there now. What only the rows of before told of cannot be taken out of what is known:
    /// where it may have decided, that is counted.
    mutating func followSilence(_ replacements: [RowReplacement]) {
        for replacement in replacements {
            let (old, new) = (silenceFields(replacement.old), silenceFields(replacement.new))
            let isChannelSame =
                old?.channel.map { replacement.old.bytes[$0] } == new?.channel.map { replacement.new.bytes[$0] }
            guard old?.key != new?.key || old?.moment != new?.moment || !isChannelSame else { continue }
            if let old, let known = conversations[old.key], mayMiss(old, new, known) {
                totals.untrackedConversations &+= 1
            }
            followSilence(
                replacement.new, position: replacement.position,
                isLive: replacement.arrival.isLive(replacement.new.time))
        }
    }

    /// Whether what the old row told may be what is known, and the new one does not tell it.
    private func mayMiss(_ old: SilenceColumns.Fields, _ new: SilenceColumns.Fields?, _ known: OpenConversation) -> Bool
    {
        let time = old.moment.time
        let isSame = new?.key == old.key
        if old.channel != nil, known.labelOrder.time == time, !isSame || new?.channel == nil { return true }
        if old.moment.isActivity, known.lastActivity == time {
            guard isSame, let new, new.moment.isActivity, new.moment.time >= time else { return true }
        }
        // Returns and closings decide only where there are both.
        guard known.told != .unknown, !isSame || old.moment != new?.moment else { return false }
        return old.moment.isClosing
            || old.moment.isReturn && known.lastReturn.time == time && known.lastReturn > known.told
    }
}

/// What the silence of conversations follows from, resolved from the registry once.
struct SilenceColumns: Sendable {
    /// What one event says.
    struct Fields {
        var key: Hash128
        var tenant: Range<Int>?
        var channel: Range<Int>?
        var moment: ConversationMoment
    }

    let types: FoldTypes
    private let tenant, conversation, channel, author, purpose: UInt16
    /// The last column that says where an event belongs, and the last that says anything of it: rows are in the order
    /// of columns, and of most events the rest need not be looked at.
    private let lastOfContext, last: UInt16

    init(_ registry: SchemaRegistry) {
        func column(_ name: String) -> UInt16 {
            guard let id = registry.column(named: name) else { preconditionFailure("the schemas lack \(name)") }
            return id
        }
        types = FoldTypes(registry)
        (tenant, conversation, channel) = (column("tenant"), column("conversation_id"), column("channel"))
        (author, purpose) = (column(QuestionRule.authorColumn), column("purpose"))
        lastOfContext = max(tenant, conversation, channel)
        last = max(lastOfContext, author, purpose)
    }

    /// nil outside of conversations.
    /// - Parameter name: room for the name that is hashed, so that none is made for each event.
    func read(_ row: EventRow, _ meaning: FoldTypes.Meaning, _ name: inout [UInt8]) -> Fields? {
        var (tenant, conversation, channel): (Range<Int>?, Range<Int>?, Range<Int>?)
        var event = FoldEvent(meaning: meaning)
        let isDetailed = meaning == .question || meaning == .answer || meaning == .modelCall
        let end = isDetailed ? last : lastOfContext
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row), cursor.column <= end {
            guard case .text(let range) = cursor.value else { continue }
            switch cursor.column {
            case self.tenant: tenant = range
            case self.conversation: conversation = range
            case self.channel: channel = range
            case author: event.setAuthor(row.bytes, range)
            case purpose: event.isAnswerCall = equals(row.bytes, range, Spelling.answer)
            default: break
            }
        }
        guard let conversation else { return nil }
        let key = Self.key(tenant ?? 0..<0, conversation, of: row.bytes.span, &name)
        let moment = ConversationMoment(
            time: row.time, isActivity: event.isActivity, isReturn: event.isReturn,
            isClosing: meaning == .closed)
        return Fields(key: key, tenant: tenant, channel: channel, moment: moment)
    }

    /// The hash of a conversation's name, whose parts stand in it as ``append(_:of:to:)`` puts them: written into room
    /// that is there, since this is done for each event.
    private static func key(
        _ tenant: Range<Int>, _ conversation: Range<Int>, of bytes: Span<UInt8>, _ name: inout [UInt8]
    ) -> Hash128 {
        let end = 4 &+ tenant.count &+ conversation.count
        // Words are written whole.
        if name.count < end &+ 8 { name.append(contentsOf: repeatElement(0, count: end &+ 8 &- name.count)) }
        var room = name.mutableSpan
        put(tenant, of: bytes, in: &room, at: 0)
        put(conversation, of: bytes, in: &room, at: 2 &+ tenant.count)
        return xxh3Wide(name.span.extracting(0..<end))
    }

    @inline(__always) private static func put(
        _ range: Range<Int>, of bytes: Span<UInt8>, in room: inout MutableSpan<UInt8>, at place: Int
    ) {
        room[place] = UInt8(truncatingIfNeeded: range.count)
        room[place &+ 1] = UInt8(truncatingIfNeeded: range.count >> 8)
        room.copy(bytes, from: range.lowerBound, length: range.count, to: place &+ 2)
    }

    /// Appends a part of a conversation's name, after its length.
    static func append(_ range: Range<Int>, of bytes: [UInt8], to name: inout [UInt8]) {
        name.append(UInt8(truncatingIfNeeded: range.count))
        name.append(UInt8(truncatingIfNeeded: range.count >> 8))
        name.append(contentsOf: bytes.span.extracting(range))
    }
}
