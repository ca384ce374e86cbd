internal import Bytes
internal import Domain
internal import JSONParsing
internal import JSONTexts

/// Why an event does not become a row.
enum EventFailure: Error {
    case field(FieldError)
    case unknownType
    /// A line of an export that is no event.
    case aside(type: String)
    /// A span of an export whose events are taken as new.
    case evidence
}

/// The value of one column while an event is put together.
struct FieldSlot {
    enum Kind: UInt8 {
        case integer, double, boolean
        /// Bytes of the tape's strings.
        case text
        /// Bytes of the assembler's scratch.
        case scratchText, scratchJSON
    }

    var kind: Kind = .integer
    /// The number, a double's bits, or where the bytes begin.
    var payload: Int64 = 0
    /// How many bytes a text has.
    var count: Int32 = 0
}

/// Turns parsed events into rows, one after the other, without an allocation per event on the common path.
///
/// Fields come in any order: each lands in the slot of its column; when the event has proved sound, the filled slots
/// are written in ascending order. So an event that is refused leaves no trace in the rows.
///
/// An attribute of the envelope or a field of the data that is told twice refuses the event: two readers could take it
/// for two things. Of a repeated key that is none of ours the last value counts.
///
/// What is asked for each event or field is `mutating`, though some of it changes nothing: else each call would be
/// handed a copy of this value.
struct EventAssembler {
    let registry: SchemaRegistry
    let plan: FieldPlan
    let limits: DecoderLimits
    let misnamed: MisnamedFields
    var slips = SpellingSlips()
    /// Words of the batch that were meant to be others.
    var wordSlips: [WordSlip] = []
    /// Fields that events of all types have and of whose words figures know some.
    let sharedWords: [UInt16]
    /// By type: without which of its columns nobody counts an event.
    private let needed: [[UInt16]]
    /// The same, and the columns that an event is refused without: by type a bit a column.
    private let neededBits: [UInt64]
    private let requiredBits: [UInt64]
    var tokeniser: UserTokeniser
    var harmless = HarmlessTexts()

    /// One bit a column: whether its slot is filled.
    var filled = InlineArray<16, UInt64>(repeating: 0)
    /// The same: whether the data has told it, were it only as null.
    var told = InlineArray<16, UInt64>(repeating: 0)
    /// So many words of these have bits.
    let wordCount: Int
    var slots: [FieldSlot]
    /// Bytes of values that are not on the tape as they are stored.
    var scratch: [UInt8] = []
    /// Places of the envelope's attributes on the tape, 0 for none.
    var envelope = InlineArray<10, Int>(repeating: 0)
    /// Places of the keys that go to `attributes`, in order of rising precedence.
    var attributeKeys: [Int] = []
    /// Whose events they are.
    var origin = LineOrigin.client
    /// What an export says beside the event.
    var exportPlaces = ExportPlaces()
    var attributeWriter = JSONWriter()
    /// Members written to it, at all levels.
    var attributeMembers = 0
    var withheldCounts: [Int]
    var unknownValueCounts: [Int]
    /// Columns whose values this event lost or has unlisted; counted when the event is accepted.
    var withheldColumns: [UInt16] = []
    var unknownValueColumns: [UInt16] = []
    /// Those of the lost ones that looked like what opens something.
    var credentialColumns: [UInt16] = []
    /// Places of keys whose members this event lost, since they may be somebody's.
    var privateKeys: [Int] = []

    /// By type: the columns of the last event's data, in the order of its keys.
    var keyOrder: KeyOrder
    /// The same, types and days of lines that are read without a tape.
    var plainKeys: PlainKeys
    var recentTypes = RecentTypes()
    var recentDay = RecentDay()

    /// The rows, then room for more.
    var rows: [UInt8] = []
    /// Where the rows end.
    var rowsEnd = 0
    /// How long the last batch was.
    var rowsExpected = 0
    /// How long the row at hand is at most.
    var rowBytesMax = 0
    var result = DecodedBatch()

    init(registry: SchemaRegistry, tokeniser: UserTokeniser, limits: DecoderLimits) {
        self.registry = registry
        self.tokeniser = tokeniser
        self.limits = limits
        plan = FieldPlan(registry)
        misnamed = MisnamedFields(registry)
        needed = registry.neededColumns
        sharedWords = registry.heededFields.filter { $0.type == nil }.map(\.column)
        let columnCount = registry.columns.count
        keyOrder = KeyOrder(registry)
        plainKeys = PlainKeys(registry)
        let words = (columnCount + 63) / 64
        wordCount = words
        neededBits = Self.bits(registry.neededColumns, words)
        requiredBits = Self.bits(registry.types.map(\.requiredColumns), words)
        slots = [FieldSlot](repeating: FieldSlot(), count: columnCount)
        withheldCounts = [Int](repeating: 0, count: columnCount)
        unknownValueCounts = [Int](repeating: 0, count: columnCount)
        precondition(wordCount <= filled.count, "each column has a bit")
        assert(EnvelopeName.allCases.count == envelope.count, "each attribute has a place")
    }

    /// Ends the batch and hands it over.
    mutating func finish() -> DecodedBatch {
        var finished = result
        rowsExpected = min(rowsEnd, 8 << 20)
        rows.removeLast(rows.count - rowsEnd)
        swap(&rows, &finished.batch.bytes)
        rowsEnd = 0
        finished.withheld = Self.counts(&withheldCounts)
        finished.unknownValues = Self.counts(&unknownValueCounts)
        result = DecodedBatch()
        // The next one is mostly as long.
        result.batch.starts.reserveCapacity(min(finished.batch.count, 1 << 16))
        result.eventIndexes.reserveCapacity(min(finished.batch.count, 1 << 16))
        slips.endBatch()
        finished.slips = wordSlips
        wordSlips = []
        return finished
    }

    private static func bits(_ columnsByType: [[UInt16]], _ words: Int) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: columnsByType.count * words)
        for (type, columns) in columnsByType.enumerated() {
            for column in columns { bits[type * words + Int(column) >> 6] |= 1 << UInt64(column & 63) }
        }
        return bits
    }

    private static func counts(_ counts: inout [Int]) -> [FieldCount] {
        var found: [FieldCount] = []
        for column in counts.indices where counts[column] > 0 {
            found.append(FieldCount(column: UInt16(column), count: counts[column]))
            counts[column] = 0
        }
        return found
    }

    /// Takes the event at a place of a tape: a row more, a rejection more, or an aside more.
    /// - Parameter line: the text that it stands in, for an aside to keep.
    mutating func append(_ tape: JSONTape, at place: Int, line: Span<UInt8> = Span()) {
        let index = result.eventCount
        result.eventCount += 1
        do throws(EventFailure) {
            let type = try assemble(tape, place)
            try write(tape, type: type, index: index)
            let isAmiss = !unknownValueColumns.isEmpty || !credentialColumns.isEmpty || lacksNeeded(type)
            if isAmiss || !attributeKeys.isEmpty { warn(tape, type, index) }
        } catch {
            switch error {
            case .aside(let type):
                result.asides.append(ExportControlLine(index: index, type: type, line: line.indices.map { line[$0] }))
            case .evidence: result.evidenceLeftOut += 1
            case .field, .unknownType: reject(tape, error, index)
            }
        }
    }

    /// Notes the checksum of a line that counts, where an export is moved.
    mutating func note(line: Span<UInt8>) {
        if origin == .export { result.lineHashes.append(ExportLineHash.of(line)) }
    }

    /// Counts an event whose text is not JSON.
    mutating func append(broken error: JSONError) {
        reject(index: result.eventCount, id: nil, field: nil, expected: error.expectation, sentence: error.description)
        result.eventCount += 1
    }

    /// Counts an event whose envelope cannot be put together.
    mutating func append(refused error: FieldError) {
        reject(
            index: result.eventCount, id: nil, field: error.field, expected: error.expected, sentence: error.description
        )
        result.eventCount += 1
    }

    /// Forgets the event before.
    mutating func begin() {
        filled = InlineArray(repeating: 0)
        rowBytesMax = EventRowRoom.rowBytesMax
        // Most are empty, and emptying what is empty takes as long.
        if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
        if !attributeKeys.isEmpty { attributeKeys.removeAll(keepingCapacity: true) }
        if !withheldColumns.isEmpty { withheldColumns.removeAll(keepingCapacity: true) }
        if !unknownValueColumns.isEmpty { unknownValueColumns.removeAll(keepingCapacity: true) }
        if !credentialColumns.isEmpty { credentialColumns.removeAll(keepingCapacity: true) }
        if !privateKeys.isEmpty { privateKeys.removeAll(keepingCapacity: true) }
    }

    private mutating func assemble(_ tape: JSONTape, _ place: Int) throws(EventFailure) -> UInt16 {
        begin()
        envelope = InlineArray(repeating: 0)
        if origin.isOfExport { exportPlaces = ExportPlaces() }
        let type: UInt16?
        do throws(FieldError) { type = try readEnvelope(tape, place) } catch { throw .field(error) }
        guard let type else { throw unknownType(tape) }
        if type == registry.wellKnownTypes.spanReceived { try checkEvidence() }
        do throws(FieldError) {
            try readData(tape, type)
            try completeContext(tape)
            try checkWhole(type, tape)
            if !attributeKeys.isEmpty { try writeAttributes(tape) }
        } catch { throw .field(error) }
        return type
    }

    /// Spans are evidence that is settled where it comes in. In an export that is moved both are there, the spans and
    /// what was derived from them. A store that takes the events as new cannot know the derived ones for its own, so it
    /// takes those and no spans: with both, all that they tell would be there twice.
    private func checkEvidence() throws(EventFailure) {
        switch origin {
        case .export: return
        case .newEvents: throw .evidence
        case .client, .file:
            throw .field(
                FieldError(
                    field: "type", expected: "an event; spans come in by POST /v1/traces (OTLP)",
                    found: "evidence, span.received"))
        }
    }

    // MARK: Slots

    @inline(__always)
    func isFilled(_ column: UInt16) -> Bool { filled[Int(column) >> 6] & 1 << UInt64(column & 63) != 0 }

    @inline(__always)
    mutating func fill(_ column: UInt16, _ slot: FieldSlot) {
        filled[Int(column) >> 6] |= 1 << UInt64(column & 63)
        slots[Int(column)] = slot
        rowBytesMax &+= EventRowRoom.fieldBytesMax &+ Int(slot.count)
    }

    mutating func clear(_ column: UInt16) { filled[Int(column) >> 6] &= ~(1 << UInt64(column & 63)) }

    /// The integer of a column; nil when it has none.
    @inline(__always)
    func integer(_ column: UInt16) -> Int64? { isFilled(column) ? slots[Int(column)].payload : nil }

    func slot(_ column: UInt16) -> FieldSlot { slots[Int(column)] }

    // MARK: Rows

    /// The event's own time; set by the envelope.
    var time: Int64 = 0

    private mutating func write(_ tape: JSONTape, type: UInt16, index: Int) throws(EventFailure) {
        var isTimeAbsent = envelope[EnvelopeName.time.rawValue] == 0
        if origin.isOfExport {
            do throws(FieldError) { isTimeAbsent = try noteExportPlaces(tape) || isTimeAbsent } catch {
                throw .field(error)
            }
        }
        writeRow(tape.strings.span, type: type, isTimeAbsent: isTimeAbsent, index: index)
    }

    /// Takes the event whose slots are filled, with texts of `strings`: a row more.
    mutating func takeRow(_ strings: Span<UInt8>, type: UInt16, isTimeAbsent: Bool) {
        result.eventCount += 1
        writeRow(strings, type: type, isTimeAbsent: isTimeAbsent, index: result.eventCount - 1)
    }

    // MARK: Warnings and refusals

    /// The columns that the event lacks and without which nobody counts it. Of an export that was said long ago.
    func lacking(_ type: UInt16) -> [UInt16] {
        var lacking: [UInt16] = []
        guard !origin.isOfExport else { return lacking }
        for column in needed[Int(type)] where !isFilled(column) { lacking.append(column) }
        return lacking
    }

    /// Whether there are any.
    @inline(__always)
    func lacksNeeded(_ type: UInt16) -> Bool { !origin.isOfExport && lacks(neededBits, type) }

    /// Whether the event lacks one of the columns that it is refused without.
    @inline(__always)
    func lacksRequired(_ type: UInt16) -> Bool { lacks(requiredBits, type) }

    @inline(__always)
    private func lacks(_ bits: [UInt64], _ type: UInt16) -> Bool {
        let first = Int(type) * wordCount
        for word in 0..<wordCount where bits[first + word] & ~filled[word] != 0 { return true }
        return false
    }

    private mutating func warn(_ tape: JSONTape, _ type: UInt16, _ index: Int) {
        guard let warning = warning(tape, type) else { return }
        result.warnedIndexes.append(UInt32(index))
        guard result.warnings.count < limits.rejectionsMax else { return }
        result.warnings.append(EventWarning(index: index, id: envelopeText(tape, .id), warning: warning))
    }

    private mutating func reject(_ tape: JSONTape, _ failure: EventFailure, _ index: Int) {
        let id = envelopeText(tape, .id)
        switch failure {
        case .aside, .evidence: preconditionFailure("what is left out is no refusal")
        case .field(let error):
            reject(index: index, id: id, field: error.field, expected: error.expected, sentence: error.description)
        case .unknownType:
            let known = registry.typeNames.joined(separator: ", ")
            // As in the dead letter: answers end in logs of their own.
            let type = CredentialText.without(envelopeText(tape, .type) ?? "")
            // Of those that are told alone: whoever sends nothing but these is not to cost more than others.
            let isTold = result.rejections.count < limits.rejectionsMax
            let near = isTold ? nearestName(to: type, among: registry.typeNames) : nil
            reject(
                index: index, id: id, field: "type", expected: "one of \(known)",
                sentence: "type: unknown event type \"\(type)\", "
                    + nameHint(near: near.map { "\"\($0)\"" }, orElse: "expected one of \(known)"))
            result.deadLetterCount += 1
            if result.deadLetters.count < limits.deadLettersMax {
                result.deadLetters.append(deadLetter(tape, "unknown event type"))
            }
        }
    }

    /// An unknown type; lines of an export that are no events have types of their own, which mean something where an
    /// export is expected, or begins.
    private func unknownType(_ tape: JSONTape) -> EventFailure {
        let type = envelopeText(tape, .type) ?? ""
        let isAside =
            switch origin {
            case .export, .newEvents: type.utf8.starts(with: ExportNames.typePrefix.utf8)
            case .file: ExportNames.all.contains { type.hasSameBytes(as: $0) }
            // This one is counted already.
            case .client: type.hasSameBytes(as: ExportNames.begun) && result.eventCount == 1
            }
        return isAside ? .aside(type: type) : .unknownType
    }

    /// Keeps what an export says beside the row that is about to be written.
    /// - Returns: whether the event's time is one that it was given.
    private mutating func noteExportPlaces(_ tape: JSONTape) throws(FieldError) -> Bool {
        let places = exportPlaces
        if places.timeGiven != 0 {
            guard tape.kind(places.timeGiven) == .true, envelope[EnvelopeName.time.rawValue] != 0 else {
                throw FieldError(
                    field: ExportNames.timeGiven, expected: "true, beside a time",
                    found: describe(tape, places.timeGiven))
            }
        }
        if places.bookedCost != 0, tape.kind(places.bookedCost) != .string {
            throw FieldError(field: ExportNames.bookedCost, expected: "text", found: describe(tape, places.bookedCost))
        }
        var received: Int64?
        if places.receivedTime != 0 {
            guard tape.kind(places.receivedTime) == .string,
                let time = try? RFC3339.parse(tape.strings.span.extracting(tape.stringRange(places.receivedTime)))
            else {
                throw FieldError(
                    field: ExportNames.receivedTime, expected: "an RFC 3339 time",
                    found: describe(tape, places.receivedTime))
            }
            received = time
        }
        result.receivedTimes.append(received)
        if places.bookedCost != 0 {
            result.bookedCosts.append((result.batch.count, tape.text(places.bookedCost)))
        }
        return places.timeGiven != 0
    }

    private mutating func reject(index: Int, id: String?, field: String?, expected: String, sentence: String) {
        result.rejectedCount += 1
        guard result.rejections.count < limits.rejectionsMax else { return }
        result.rejections.append(Rejection(index: index, id: id, field: field, expected: expected, error: sentence))
    }
}
