internal import Bytes
internal import Domain
internal import JSONParsing
internal import JSONTexts

extension EventAssembler {
    /// Puts the members of `data` into slots, or among the attributes.
    mutating func readData(_ tape: JSONTape, _ type: UInt16) throws(FieldError) {
        let data = envelope[EnvelopeName.data.rawValue]
        guard data != 0 else { return }
        guard tape.kind(data) == .object else {
            throw FieldError(field: "data", expected: "a JSON object", found: describe(tape, data))
        }
        let strings = tape.strings.span
        let words = tape.words.span
        var key = tape.firstChild(data)
        let end = tape.end(data)
        var order = 0
        told = InlineArray(repeating: 0)
        while key < end {
            let name = strings.extracting(TapeWord.range(words[key]))
            if let column = keyOrder.guess(type, order, name) {
                try readField(tape, words, key, column, type)
            } else if let column = registry.column(utf8: name) {
                keyOrder.learn(type, order, column)
                try readField(tape, words, key, column, type)
            } else if TapeWord.tag(words[key + 1]) != JSONTag.null {
                attributeKeys.append(key)
            }
            key = TapeWord.next(words, key + 1)
            order += 1
        }
    }

    @inline(__always)
    private mutating func readField(
        _ tape: JSONTape, _ words: Span<UInt64>, _ key: Int, _ column: UInt16, _ type: UInt16
    ) throws(FieldError) {
        let place = key + 1
        let word = words[place]
        let kind = TapeWord.tag(word)
        let action = plan.action(column, in: type)
        try note(column)
        if kind == JSONTag.null {
            if action != .attribute { clear(column) }
            return
        }
        switch action {
        case .text:
            guard kind == JSONTag.string else { throw mismatch(tape, place, column) }
            try fillLimitedText(column, TapeWord.range(word), tape, type)
        case .integer: try fillInteger(column, tape, words, place, kind)
        case .listedText:
            guard kind == JSONTag.string else { throw mismatch(tape, place, column) }
            let range = TapeWord.range(word)
            // A word of ours is short and opens nothing.
            if plan.isListed(tape.strings.span.extracting(range), of: column, in: type) {
                return fillText(column, range)
            }
            if registry.columns[Int(column)].isClosed { throw mismatch(tape, place, column) }
            if isNothing(tape, range, column) { return clear(column) }
            unknownValueColumns.append(column)
            try fillLimitedText(column, TapeWord.range(word), tape, type)
        case .token:
            guard kind == JSONTag.string else { throw mismatch(tape, place, column) }
            if isNothing(tape, TapeWord.range(word), column) { return clear(column) }
            let start = scratch.count
            tokeniser.append(tape.strings.span.extracting(TapeWord.range(word)), to: &scratch)
            fill(column, FieldSlot(kind: .scratchText, payload: Int64(start), count: Int32(scratch.count - start)))
        case .withheld: withheldColumns.append(column)
        case .attribute:
            if plan.isWithheld[Int(column)] { withheldColumns.append(column) } else { attributeKeys.append(key) }
        case .attributes: try readAttributes(tape, place, column)
        case .double: try fillDouble(column, tape, place, kind)
        case .boolean:
            guard kind == JSONTag.true || kind == JSONTag.false else { throw mismatch(tape, place, column) }
            fill(column, FieldSlot(kind: .boolean, payload: kind == JSONTag.true ? 1 : 0))
        case .timestamp: try fillTimestamp(column, tape, place, kind)
        case .money: try fillMoney(column, tape, place, kind)
        case .json: try fillJSON(column, tape, place, kind)
        }
    }

    /// A field that is told twice is one thing to us and another to the next reader.
    @inline(__always)
    private mutating func note(_ column: UInt16) throws(FieldError) {
        let bit: UInt64 = 1 << UInt64(column & 63)
        guard told[Int(column) >> 6] & bit == 0 else {
            throw FieldError(field: registry.columns[Int(column)].name, expected: "one value", found: "two")
        }
        told[Int(column) >> 6] |= bit
    }

    @inline(__always)
    private mutating func fillLimitedText(
        _ column: UInt16, _ range: Range<Int>, _ tape: JSONTape, _ type: UInt16
    ) throws(FieldError) {
        guard range.count <= limits.textBytesMax else {
            throw FieldError(
                field: registry.columns[Int(column)].name, expected: "at most \(limits.textBytesMax) bytes of text",
                found: "\(range.count) bytes")
        }
        if isNothing(tape, range, column) { return clear(column) }
        if mayOpen(tape, range, plan.suspicions[Int(column)]) { return try withholdCredential(column, type) }
        fillText(column, range)
    }

    /// Whether a text is as good as none: it should name something, and nobody can see it. What a store took in once is
    /// so in exports that are moved.
    @inline(__always)
    private func isNothing(_ tape: JSONTape, _ range: Range<Int>, _ column: UInt16) -> Bool {
        isBlank(tape, range) && plan.isNothingWhenBlank[Int(column)] && origin != .export
    }

    /// Whether a text names nothing; nearly all begin with a letter.
    @inline(__always)
    func isBlank(_ tape: JSONTape, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        let first = tape.strings[range.lowerBound]
        return (first <= 0x20 || first >= 0x7F) && namesNothing(tape.strings.span.extracting(range))
    }

    /// The refusal of an event by which nothing would be named.
    static func nameless(_ field: String, isEmpty: Bool) -> FieldError {
        FieldError(
            field: field, expected: "text that is not empty",
            found: isEmpty ? "empty text" : "text without a visible character")
    }

    /// Whether a text looks like what opens something; what an export holds was looked at when it came.
    mutating func mayOpen(
        _ tape: JSONTape, _ range: Range<Int>, _ suspicion: CredentialText.Suspicion
    ) -> Bool {
        !origin.isOfExport && harmless.holds(tape.strings, range, suspicion)
    }

    /// Leaves a field out; without some an event would be another one, or none.
    private mutating func withholdCredential(_ column: UInt16, _ type: UInt16) throws(FieldError) {
        let isNeeded = column == registry.wellKnown.tenant || column == registry.wellKnown.conversationID
        if isNeeded || registry.types[Int(type)].requiredColumns.contains(column) {
            throw Self.credential(registry.columns[Int(column)].name)
        }
        clear(column)
        withheldColumns.append(column)
        credentialColumns.append(column)
    }

    /// The refusal of an event that would be known by a secret.
    static func credential(_ field: String) -> FieldError {
        FieldError(field: field, expected: "text that opens nothing", found: "what looks like a credential")
    }

    @inline(__always)
    private mutating func fillInteger(
        _ column: UInt16, _ tape: JSONTape, _ words: Span<UInt64>, _ place: Int, _ kind: UInt8
    ) throws(FieldError) {
        let value: Int64
        switch kind {
        case JSONTag.integer: value = Int64(bitPattern: words[place + 1])
        case JSONTag.double:
            // Some senders have no integers; a whole number that a double holds exactly is one.
            guard let exact = Int64(exactly: tape.double(place)), exact.magnitude <= 1 << 53 else {
                throw mismatch(tape, place, column)
            }
            value = exact
        default: throw mismatch(tape, place, column)
        }
        guard value >= plan.minimums[Int(column)], value <= plan.maximums[Int(column)] else {
            throw mismatch(tape, place, column)
        }
        fill(column, FieldSlot(kind: .integer, payload: value))
    }

    private mutating func fillDouble(_ column: UInt16, _ tape: JSONTape, _ place: Int, _ kind: UInt8) throws(FieldError)
    {
        let value: Double
        switch kind {
        case JSONTag.integer: value = Double(tape.integer(place))
        case JSONTag.unsigned: value = Double(tape.unsigned(place))
        case JSONTag.double: value = tape.double(place)
        default: throw mismatch(tape, place, column)
        }
        let description = registry.columns[Int(column)]
        guard description.minimum.map({ value >= Double($0) }) ?? true,
            description.maximum.map({ value <= Double($0) }) ?? true
        else {
            throw mismatch(tape, place, column)
        }
        fill(column, FieldSlot(kind: .double, payload: Int64(bitPattern: value.bitPattern)))
    }

    private mutating func fillTimestamp(_ column: UInt16, _ tape: JSONTape, _ place: Int, _ kind: UInt8)
        throws(FieldError)
    {
        guard kind == JSONTag.string else { throw mismatch(tape, place, column) }
        fill(column, FieldSlot(kind: .integer, payload: try told(tape, place, registry.columns[Int(column)].name)))
    }

    /// Decimal text, exactly. A JSON number is taken by its shortest decimal form, which is the sender's own for up to
    /// 15 digits; one that carries the noise of binary sums has more decimals than a price and is refused.
    private mutating func fillMoney(_ column: UInt16, _ tape: JSONTape, _ place: Int, _ kind: UInt8) throws(FieldError)
    {
        let scale = registry.columns[Int(column)].decimalScale
        do throws(DecimalError) {
            let value: Int64
            switch kind {
            case JSONTag.string:
                value = try DecimalText.parse(tape.strings.span.extracting(tape.stringRange(place)), scale: scale)
            case JSONTag.integer: value = try DecimalText.parse(tape.integer(place).description, scale: scale)
            case JSONTag.double: value = try DecimalText.parse(tape.double(place).description, scale: scale)
            default: throw DecimalError.malformed(offset: 0)
            }
            guard value >= plan.minimums[Int(column)], value <= plan.maximums[Int(column)] else {
                throw DecimalError.outOfRange(decimals: scale)
            }
            fill(column, FieldSlot(kind: .integer, payload: value))
        } catch {
            guard case .outOfRange = error else { throw mismatch(tape, place, column) }
            let bounds = [plan.minimums[Int(column)], plan.maximums[Int(column)]].map {
                DecimalText.render(Int128($0), scale: scale)
            }
            throw mismatch(tape, place, column, expected: "an amount in USD from \(bounds[0]) to \(bounds[1])")
        }
    }

    private mutating func fillJSON(_ column: UInt16, _ tape: JSONTape, _ place: Int, _ kind: UInt8) throws(FieldError) {
        guard kind == JSONTag.object else { throw mismatch(tape, place, column) }
        beginMap()
        try writeMap(tape, place, registry.columns[Int(column)].name, depth: 0)
        fillFromAttributeWriter(column)
    }

    /// What the schema expects of a field, and what kind of value came instead; never the text itself.
    func mismatch(_ tape: JSONTape, _ place: Int, _ column: UInt16, expected: String? = nil) -> FieldError {
        let schema = registry.columns[Int(column)]
        let found: String
        switch tape.kind(place) {
        // Numbers help and identify nobody, unless the field is a person's.
        case .integer where schema.privacy == .public: found = "\(tape.integer(place))"
        case .unsigned where schema.privacy == .public: found = "\(tape.unsigned(place))"
        case .double where schema.privacy == .public: found = "\(tape.double(place))"
        default: found = describe(tape, place)
        }
        return FieldError(field: schema.name, expected: expected ?? schema.wireDescription, found: found)
    }

    /// The kind of a value in words, with its size but without the value.
    func describe(_ tape: JSONTape, _ place: Int) -> String {
        switch tape.kind(place) {
        case .object: "an object"
        case .array: "an array"
        case .string: "text of \(tape.stringRange(place).count) bytes"
        case .integer, .unsigned, .double: "a number"
        case .true, .false: "a boolean"
        case .null: "null"
        }
    }
}
