import Bytes
import Domain
import Hashing

// Conversations that silence closes are counted as time passes, under the reason idle, for as long as that is their standing close: what
// later events or another setting take from it is taken back, and the silence that closes them then is counted when it is over. So counted
// less taken back is a function of what is known and of the time reached, whatever order it came in.

extension MetricCounters {
    /// After how much silence conversations are closed (ns); nil: never. As the store's log says; not part of the state.
    package var idleAfterNanoseconds: Int64? {
        get { silenceSetting }
        set {
            guard silenceSetting != newValue else { return }
            silenceSetting = newValue
            conversations.settingChanged()
        }
    }

    /// Takes in what a live event says of the silence of its conversation.
    mutating func followSilence(_ bytes: [UInt8], at start: Int) {
        guard let idleAfter = silenceSetting, let placement = program.closings else { return }
        let columns = program.silence
        let meaning = columns.types.meanings[Int(EventRowCursor.type(bytes, at: start))]
        guard meaning.isActivity || meaning == .closed else { return }
        guard let fields = columns.read(bytes, start, meaning) else { return }
        let time = EventRowCursor.time(bytes, at: start)
        let before = conversations[fields.key]
        var conversation = before ?? OpenConversation()
        if fields.moment.isActivity { conversation.lastActivity = max(conversation.lastActivity ?? time, time) }
        if fields.moment.isReturn {
            // A reopening comes after a closing of the same time, a question before it.
            let returned = meaning == .reopened && time < .max ? time + 1 : time
            conversation.lastReturn = max(conversation.lastReturn ?? returned, returned)
        }
        if fields.moment.isClosing { conversation.told = max(conversation.told ?? time, time) }
        if conversation.labelTime == .max || fields.channel != nil && time < conversation.labelTime {
            conversation.set = labelSet(bytes, fields, placement)
            conversation.labelTime = fields.channel == nil ? .max : time
        }
        conversation.isCounted = conversation.isClosedBySilence(after: idleAfter, reached: tracked.scalars.reached)
        if conversations.set(conversation, key: fields.key, idleAfter: idleAfter) {
            countIdle(from: before, to: conversation, placement)
        } else {
            totals.untrackedConversations &+= 1
        }
    }

    /// Counts what stands now and takes back what stood before; labels that are others now move what they count.
    private mutating func countIdle(from before: OpenConversation?, to after: OpenConversation, _ placement: MetricProgram.Placement) {
        let old = before.flatMap { $0.isCounted ? $0.set : nil }
        let new = after.isCounted ? after.set : nil
        guard old != new else { return }
        if let old { totals.corrections[placement.table].count(placement.words.lowerBound, of: old, times: 1) }
        if let new { totals.tables[placement.table].count(placement.words.lowerBound, of: new) }
    }

    /// Counts the conversations whose silence is over by `time`, and takes back those that the setting in force leaves open.
    mutating func reachSilence(_ time: Int64) {
        guard let placement = program.closings else { return }
        let reached = max(time, tracked.scalars.reached)
        let changes: [SilenceChange]
        if let idleAfter = silenceSetting {
            changes = conversations.expire(at: reached, idleAfter: idleAfter, keep: Limits.liveNanosecondsMax)
        } else {
            changes = conversations.removeAll()
        }
        for change in changes { countIdle(from: change.before, to: change.after, placement) }
    }

    /// Whether ``reachSilence(_:)`` would do something.
    func isSilenceDue(at time: Int64) -> Bool {
        silenceSetting.map { conversations.isDue(at: time, idleAfter: $0) } ?? !conversations.isEmpty
    }

    private mutating func labelSet(_ bytes: [UInt8], _ fields: SilenceColumns.Fields, _ placement: MetricProgram.Placement) -> Int {
        var key: [UInt8] = []
        Self.append(fields.tenant.map { bytes[$0] } ?? [], to: &key)
        Self.append(fields.channel.map { bytes[$0] } ?? [], to: &key)
        Self.append(Array(OutcomeSettings.idleReason.utf8), to: &key)
        return totals.tables[placement.table].set(of: key)
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
    private let last: UInt16

    init(_ registry: SchemaRegistry) {
        func column(_ name: String) -> UInt16 {
            guard let id = registry.column(named: name) else { preconditionFailure("the schemas lack \(name)") }
            return id
        }
        types = FoldTypes(registry)
        (tenant, conversation, channel) = (column("tenant"), column("conversation_id"), column("channel"))
        (author, purpose) = (column("author"), column("purpose"))
        last = [tenant, conversation, channel, author, purpose].max() ?? 0
    }

    /// nil outside of conversations.
    func read(_ bytes: [UInt8], _ start: Int, _ meaning: FoldTypes.Meaning) -> Fields? {
        var (tenant, conversation, channel): (Range<Int>?, Range<Int>?, Range<Int>?)
        var event = FoldEvent(meaning: meaning)
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes), cursor.column <= last {
            guard case .text(let range) = cursor.value else { continue }
            switch cursor.column {
            case self.tenant: tenant = range
            case self.conversation: conversation = range
            case self.channel: channel = range
            case author: event.setAuthor(bytes, range)
            case purpose: event.isAnswerCall = equals(bytes, range, Spelling.answer)
            default: break
            }
        }
        guard let conversation else { return nil }
        var name: [UInt8] = []
        name.reserveCapacity(64)
        for range in [tenant ?? 0..<0, conversation] {
            name.append(UInt8(truncatingIfNeeded: range.count))
            name.append(UInt8(truncatingIfNeeded: range.count >> 8))
            name.append(contentsOf: bytes[range])
        }
        let moment = ConversationMoment(
            time: EventRowCursor.time(bytes, at: start), isActivity: event.isActivity, isReturn: event.isReturn,
            isClosing: meaning == .closed)
        return Fields(key: xxh3Wide(name.span), tenant: tenant, channel: channel, moment: moment)
    }
}

extension MetricCounters {
    /// The part of ``serialised`` that tells of silence.
    func appendSilence(to sink: inout ByteSink) {
        sink.append(varint: totals.untrackedConversations)
        guard let placement = program.closings else { return sink.append(varint: 0) }
        let all = conversations.sorted
        sink.append(varint: UInt64(all.count))
        for (key, conversation) in all {
            sink.append(littleEndian: key.high)
            sink.append(littleEndian: key.low)
            for time in [conversation.lastActivity, conversation.lastReturn, conversation.told] { sink.append(littleEndian: time ?? .min) }
            sink.append(UInt8(conversation.isCounted ? 1 : 0))
            sink.append(littleEndian: conversation.labelTime)
            append(conversation.set, of: totals.tables[placement.table], to: &sink)
        }
    }

    /// Reads what ``appendSilence(to:)`` wrote.
    mutating func readSilence(_ cursor: inout ByteCursor) throws(DecodingError) {
        totals.untrackedConversations = try cursor.readVarint()
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 51)) {
            let high = try cursor.read(littleEndian: UInt64.self)
            let key = Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
            var conversation = OpenConversation()
            func time(_ cursor: inout ByteCursor) throws(DecodingError) -> Int64? {
                let time = try cursor.read(littleEndian: Int64.self)
                return time == .min ? nil : time
            }
            (conversation.lastActivity, conversation.lastReturn) = (try time(&cursor), try time(&cursor))
            conversation.told = try time(&cursor)
            conversation.isCounted = try cursor.readByte() != 0
            conversation.labelTime = try cursor.read(littleEndian: Int64.self)
            let labels = try Self.readKey(&cursor)
            guard let placement = program.closings else { continue }
            conversation.set = labels.map { totals.tables[placement.table].set(of: $0) } ?? 0
            // When its silence ends is found at the first look.
            _ = conversations.set(conversation, key: key, idleAfter: silenceSetting ?? .max)
        }
        conversations.settingChanged()
    }
}
