internal import Bytes
internal import Domain
internal import JSONTexts

/// The quick way of a line: fields go from the text into their slots, without a parser and a tape between.
///
/// It takes what is sound and written plainly (``PlainJSON``): each field known, told once, of its type, listed where
/// there is a list, and nothing to warn of. All else is left to ``EventAssembler/append(_:at:line:)``, which knows
/// every refusal; it gives the same rows, so that nobody can tell from a row which way it came.
extension EventAssembler {
    /// So many bytes are there from the place of a key on: its quotes and name, its colon, a number.
    private static let memberBytes = PlainKeys.bytesMax + 48

    /// What the envelope says of an event.
    private struct PlainEvent {
        var type: UInt16
        var isTimeAbsent: Bool
        /// The place behind its closing brace.
        var end: Int
    }

    /// Takes the event of the line that begins at a place.
    /// - Returns: where the next line begins; nil where the event has to be read the other way. Nothing was taken then.
    mutating func appendPlain(_ text: Span<UInt8>, from start: Int) -> Int? {
        guard !origin.isOfExport, let event = readPlain(text, from: start) else { return nil }
        var end = event.end
        if PlainJSON.byte(text, end) == 0x0D { end &+= 1 }
        guard PlainJSON.byte(text, end) == 0x0A, end &- start <= limits.eventBytesMax else { return nil }
        takeRow(text, type: event.type, isTimeAbsent: event.isTimeAbsent)
        return end &+ 1
    }

    private mutating func readPlain(_ text: Span<UInt8>, from start: Int) -> PlainEvent? {
        guard PlainJSON.byte(text, start) == UInt8(ascii: "{") else { return nil }
        begin()
        time = 0
        // They change hands, so that nothing asks for each field whether their memory is ours alone.
        var own: [FieldSlot] = []
        swap(&own, &slots)
        var room = own.mutableSpan
        let event = readPlainMembers(text, from: start, &room)
        swap(&own, &slots)
        guard let event, completePlain(event.type) else { return nil }
        return event
    }

    /// Reads all of an event into slots.
    private mutating func readPlainMembers(
        _ text: Span<UInt8>, from start: Int, _ room: inout MutableSpan<FieldSlot>
    ) -> PlainEvent? {
        var place = start &+ 1
        var seen: UInt32 = 0
        var type: UInt16?
        while true {
            guard place &+ Self.memberBytes <= text.count, text[place] == PlainJSON.quote,
                let (name, bytes) = EnvelopeName.quoted(text, at: place &+ 1),
                seen & 1 &<< UInt32(name.rawValue) == 0, text[place &+ 1 &+ bytes] == UInt8(ascii: ":")
            else { return nil }
            seen |= 1 &<< UInt32(name.rawValue)
            place = PlainJSON.behindBlank(text, place &+ bytes &+ 2)
            if name == .data {
                guard let type, readPlainData(text, &place, type, &room) else { return nil }
            } else {
                guard readPlain(name, text, &place, &type, &room) else { return nil }
            }
            switch PlainJSON.byte(text, place) {
            case UInt8(ascii: ","): place = PlainJSON.behindBlank(text, place &+ 1)
            case UInt8(ascii: "}"):
                guard seen & Self.plainNeeds == Self.plainNeeds, let type else { return nil }
                let isTimeAbsent = seen & 1 &<< UInt32(EnvelopeName.time.rawValue) == 0
                return PlainEvent(type: type, isTimeAbsent: isTimeAbsent, end: place &+ 1)
            default: return nil
            }
        }
    }

    /// The attributes that an event has at least, a bit each.
    private static let plainNeeds: UInt32 = [EnvelopeName.specversion, .id, .source, .type, .data].reduce(0) {
        $0 | 1 << UInt32($1.rawValue)
    }

    /// Reads an attribute other than `data`; the place moves behind its value.
    @inline(__always)
    private mutating func readPlain(
        _ name: EnvelopeName, _ text: Span<UInt8>, _ place: inout Int, _ type: inout UInt16?,
        _ room: inout MutableSpan<FieldSlot>
    ) -> Bool {
        switch name {
        case .specversion:
            // "1.0" with its quotes.
            guard text.loadUInt64(at: place) & 0xFF_FFFF_FFFF == 0x22_302E_3122 else { return false }
            place &+= 5
            return true
        case .datacontenttype:
            // "application/json" with its quotes.
            guard text.loadUInt64(at: place) == 0x6163_696C_7070_6122,
                text.loadUInt64(at: place &+ 8) == 0x6F73_6A2F_6E6F_6974,
                text.loadUInt64(at: place &+ 10) == 0x226E_6F73_6A2F_6E6F
            else { return false }
            place &+= 18
            return true
        case .id, .source, .type, .time:
            guard let range = plainText(text, &place) else { return false }
            switch name {
            case .type: type = recentTypes.find(text, range) ?? newType(text, range)
            case .time:
                guard let told = recentDay.time(text, range) else { return false }
                time = told
            default:
                guard opensNothing(text, range, .certain) else { return false }
                fill(name == .id ? registry.wellKnown.id : registry.wellKnown.source, text: range, &room)
            }
            return true
        default: return false
        }
    }

    private mutating func newType(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt16? {
        guard let type = registry.type(utf8: text.extracting(range)) else { return nil }
        recentTypes.learn(text, range, type)
        return type
    }

    /// The text that stands at a place, which moves behind it; nil for one that names nothing, is too long, or is not
    /// plain.
    @inline(__always)
    private mutating func plainText(_ text: Span<UInt8>, _ place: inout Int) -> Range<Int>? {
        guard text[place] == PlainJSON.quote, let end = PlainJSON.textEnd(text, place &+ 1) else { return nil }
        let start = place &+ 1
        // What begins with a blank may have nothing else.
        guard end > start, end &- start <= limits.textBytesMax, text[start] != 0x20 else { return nil }
        place = end &+ 1
        return start..<end
    }

    /// Whether a text opens nothing; a search, where it was not looked at lately.
    @inline(__always)
    private mutating func opensNothing(
        _ text: Span<UInt8>, _ range: Range<Int>, _ suspicion: CredentialText.Suspicion
    ) -> Bool {
        harmless.knows(text, range, suspicion) || isHarmless(text, range, suspicion)
    }

    private mutating func isHarmless(
        _ text: Span<UInt8>, _ range: Range<Int>, _ suspicion: CredentialText.Suspicion
    ) -> Bool {
        let copy = text.extracting(range).indices.map { text[range.lowerBound + $0] }
        return !harmless.holds(copy, 0..<copy.count, suspicion)
    }

    private mutating func readPlainData(
        _ text: Span<UInt8>, _ place: inout Int, _ type: UInt16, _ room: inout MutableSpan<FieldSlot>
    ) -> Bool {
        guard text[place] == UInt8(ascii: "{") else { return false }
        place &+= 1
        told = InlineArray(repeating: 0)
        var before: UInt16?
        while true {
            guard place &+ Self.memberBytes <= text.count, text[place] == PlainJSON.quote else { return false }
            let column: UInt16
            if let guess = plainKeys.guess(type, after: before, text, place &+ 1) {
                column = guess.column
                place &+= 1 &+ guess.bytes
            } else {
                guard let end = PlainJSON.textEnd(text, place &+ 1), end &+ Self.memberBytes <= text.count,
                    let found = registry.column(utf8: text.extracting((place &+ 1)..<end))
                else { return false }
                plainKeys.learn(type, after: before, found)
                column = found
                place = end &+ 1
            }
            guard text[place] == UInt8(ascii: ":") else { return false }
            place = PlainJSON.behindBlank(text, place &+ 1)
            guard readPlainField(text, &place, column, type, &room) else { return false }
            before = column
            switch PlainJSON.byte(text, place) {
            case UInt8(ascii: ","): place = PlainJSON.behindBlank(text, place &+ 1)
            case UInt8(ascii: "}"):
                place &+= 1
                return true
            default: return false
            }
        }
    }

    /// Reads the value of a field into its slot; the place moves behind it.
    @inline(__always)
    private mutating func readPlainField(
        _ text: Span<UInt8>, _ place: inout Int, _ column: UInt16, _ type: UInt16,
        _ room: inout MutableSpan<FieldSlot>
    ) -> Bool {
        let bit: UInt64 = 1 &<< UInt64(column & 63)
        guard told[Int(column) &>> 6] & bit == 0 else { return false }
        told[Int(column) &>> 6] |= bit
        // null is as good as nothing.
        if text[place] == UInt8(ascii: "n") {
            guard text.loadUInt64(at: place) & 0xFFFF_FFFF == 0x6C6C_756E else { return false }
            place &+= 4
            return true
        }
        switch plan.action(column, in: type) {
        case .text:
            guard let range = plainText(text, &place), opensNothing(text, range, plan.suspicions[Int(column)]) else {
                return false
            }
            fill(column, text: range, &room)
        case .listedText:
            guard let range = plainText(text, &place), plan.isListed(text.extracting(range), of: column, in: type)
            else { return false }
            fill(column, text: range, &room)
        case .integer:
            guard let value = PlainJSON.integer(text, &place), value >= plan.minimums[Int(column)],
                value <= plan.maximums[Int(column)]
            else { return false }
            fill(column, FieldSlot(kind: .integer, payload: value), &room)
        case .token:
            guard let range = plainText(text, &place) else { return false }
            let start = scratch.count
            tokeniser.append(text.extracting(range), to: &scratch)
            let count = Int32(scratch.count - start)
            fill(column, FieldSlot(kind: .scratchText, payload: Int64(start), count: count), &room)
        case .boolean:
            let word = text.loadUInt64(at: place)
            if word & 0xFFFF_FFFF == 0x6575_7274 {
                place &+= 4
                fill(column, FieldSlot(kind: .boolean, payload: 1), &room)
            } else {
                guard word & 0xFF_FFFF_FFFF == 0x65_736C_6166 else { return false }
                place &+= 5
                fill(column, FieldSlot(kind: .boolean, payload: 0), &room)
            }
        case .timestamp:
            guard let range = plainText(text, &place), let time = recentDay.time(text, range) else { return false }
            fill(column, FieldSlot(kind: .integer, payload: time), &room)
        case .double: return readPlainDouble(text, &place, column, &room)
        case .money: return readPlainMoney(text, &place, column, &room)
        case .attribute, .attributes, .withheld, .json: return false
        }
        return true
    }

    private mutating func readPlainDouble(
        _ text: Span<UInt8>, _ place: inout Int, _ column: UInt16, _ room: inout MutableSpan<FieldSlot>
    ) -> Bool {
        guard let value = PlainJSON.double(text, &place) else { return false }
        let description = registry.columns[Int(column)]
        guard description.minimum.map({ value >= Double($0) }) ?? true,
            description.maximum.map({ value <= Double($0) }) ?? true
        else { return false }
        fill(column, FieldSlot(kind: .double, payload: Int64(bitPattern: value.bitPattern)), &room)
        return true
    }

    private mutating func readPlainMoney(
        _ text: Span<UInt8>, _ place: inout Int, _ column: UInt16, _ room: inout MutableSpan<FieldSlot>
    ) -> Bool {
        guard let range = plainText(text, &place),
            let value = try? DecimalText.parse(
                text.extracting(range), scale: registry.columns[Int(column)].decimalScale),
            value >= plan.minimums[Int(column)], value <= plan.maximums[Int(column)]
        else { return false }
        fill(column, FieldSlot(kind: .integer, payload: value), &room)
        return true
    }

    /// As ``fill(_:_:)``, into slots that have changed hands.
    @inline(__always)
    private mutating func fill(_ column: UInt16, _ slot: FieldSlot, _ room: inout MutableSpan<FieldSlot>) {
        filled[Int(column) >> 6] |= 1 << UInt64(column & 63)
        room[Int(column)] = slot
        rowBytesMax &+= EventRowRoom.fieldBytesMax &+ Int(slot.count)
    }

    @inline(__always)
    private mutating func fill(_ column: UInt16, text range: Range<Int>, _ room: inout MutableSpan<FieldSlot>) {
        fill(column, FieldSlot(kind: .text, payload: Int64(range.lowerBound), count: Int32(range.count)), &room)
    }

    /// Fills what the event leaves to us; false where something in it as a whole is to be refused or warned of, or has
    /// a meaning beyond its row.
    @inline(__always)
    private mutating func completePlain(_ type: UInt16) -> Bool {
        let (types, columns) = (registry.wellKnownTypes, registry.wellKnown)
        guard type != types.spanReceived, type != types.priceSet, !lacksRequired(type), !lacksNeeded(type) else {
            return false
        }
        if let told = integer(columns.reportedCost), told < 0 { return false }
        if !isFilled(columns.tenant) { fillDefaultTenant() }
        do throws(FieldError) { try checkUsage() } catch { return false }
        return true
    }
}
