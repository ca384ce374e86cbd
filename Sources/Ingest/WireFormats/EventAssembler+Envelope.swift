internal import Domain
internal import JSONParsing
internal import JSONTexts

extension EventAssembler {
    /// Reads the attributes of a CloudEvents 1.0 envelope and fills `id` and `source`.
    /// - Returns: the type's id; nil when the type is unknown.
    mutating func readEnvelope(_ tape: JSONTape, _ place: Int) throws(FieldError) -> UInt16? {
        guard tape.tag(place) == JSONTag.object else {
            throw FieldError(field: "event", expected: "a JSON object", found: describe(tape, place))
        }
        let strings = tape.strings.span
        let words = tape.words.span
        var key = tape.firstChild(place)
        let end = tape.end(place)
        var told: UInt32 = 0
        while key < end {
            let isNull = TapeWord.tag(words[key + 1]) == JSONTag.null
            if let name = EnvelopeName.find(strings.extracting(TapeWord.range(words[key]))) {
                guard told & 1 << UInt32(name.rawValue) == 0 else {
                    throw FieldError(field: "\(name)", expected: "one value", found: "two")
                }
                told |= 1 << UInt32(name.rawValue)
                envelope[name.rawValue] = isNull ? 0 : key + 1
            } else if !isNull {
                if origin.isOfExport, exportPlaces.take(strings.extracting(TapeWord.range(words[key])), value: key + 1)
                {
                    key = TapeWord.next(words, key + 1)
                    continue
                }
                attributeKeys.append(key)
            }
            key = TapeWord.next(words, key + 1)
        }
        let version = strings.extracting(try requiredText(tape, .specversion))
        guard version.count == 3, version[0] == 0x31, version[1] == 0x2E, version[2] == 0x30 else {
            throw FieldError(field: "specversion", expected: "\"1.0\"", found: "another version")
        }
        try readName(tape, .id, registry.wellKnown.id)
        try readName(tape, .source, registry.wellKnown.source)
        let type = registry.type(utf8: strings.extracting(try requiredText(tape, .type)))
        try readTime(tape)
        try checkContent(tape)
        return type
    }

    /// Takes `id` or `source`, by which an event is known.
    @inline(__always)
    private mutating func readName(_ tape: JSONTape, _ name: EnvelopeName, _ column: UInt16) throws(FieldError) {
        let range = try requiredText(tape, name)
        // What a store took in once is moved as it is.
        if origin != .export, isBlank(tape, range) { throw Self.nameless("\(name)", isEmpty: false) }
        if mayOpen(tape, range, .certain) { throw Self.credential("\(name)") }
        fillText(column, range)
    }

    @inline(__always)
    mutating func fillText(_ column: UInt16, _ range: Range<Int>) {
        fill(column, FieldSlot(kind: .text, payload: Int64(range.lowerBound), count: Int32(range.count)))
    }

    private mutating func requiredText(_ tape: JSONTape, _ name: EnvelopeName) throws(FieldError) -> Range<Int> {
        let place = envelope[name.rawValue]
        guard place != 0 else {
            throw FieldError(field: "\(name)", expected: "text that is not empty", found: "nothing")
        }
        guard tape.tag(place) == JSONTag.string else {
            throw FieldError(field: "\(name)", expected: "text that is not empty", found: describe(tape, place))
        }
        let range = tape.stringRange(place)
        guard !range.isEmpty else {
            throw Self.nameless("\(name)", isEmpty: true)
        }
        guard range.count <= limits.textBytesMax else {
            throw FieldError(
                field: "\(name)", expected: "at most \(limits.textBytesMax) bytes", found: "\(range.count) bytes")
        }
        return range
    }

    private mutating func readTime(_ tape: JSONTape) throws(FieldError) {
        time = 0
        let place = envelope[EnvelopeName.time.rawValue]
        guard place != 0 else { return }
        guard tape.tag(place) == JSONTag.string else {
            throw FieldError(field: "time", expected: "an RFC 3339 time", found: describe(tape, place))
        }
        time = try told(tape, place, "time")
    }

    /// The time that a text tells. One with no room for periods around it is refused, or a question that rounds times
    /// would fail for the whole table; what a store took in once is still read from its export.
    @inline(__always)
    func told(_ tape: JSONTape, _ place: Int, _ field: @autoclosure () -> String) throws(FieldError) -> Int64 {
        let time: Int64
        do throws(TimestampError) {
            time = try RFC3339.parse(tape.strings.span.extracting(tape.stringRange(place)))
        } catch {
            let expected = error == .outOfRange && origin != .export ? Self.timeExpected : error.description
            throw FieldError(field: field(), expected: expected, found: describe(tape, place))
        }
        guard origin == .export || Limits.times.contains(time) else {
            throw FieldError(field: field(), expected: Self.timeExpected, found: describe(tape, place))
        }
        return time
    }

    private static let timeExpected =
        "an RFC 3339 time from \(RFC3339.render(Limits.times.lowerBound)) on and before \(RFC3339.render(Limits.times.upperBound))"

    /// Events carry JSON: another content type, or binary data, is refused.
    private mutating func checkContent(_ tape: JSONTape) throws(FieldError) {
        guard envelope[EnvelopeName.data_base64.rawValue] == 0 else {
            throw FieldError(field: "data_base64", expected: "the data as JSON in data", found: "binary data")
        }
        let place = envelope[EnvelopeName.datacontenttype.rawValue]
        guard place != 0 else { return }
        guard tape.tag(place) == JSONTag.string, MediaType.isJSON(tape.text(place)) else {
            throw FieldError(field: "datacontenttype", expected: "application/json", found: "another content type")
        }
    }

    /// Text of an envelope attribute for people to read, cut to 200 bytes; nil when it is no text.
    func envelopeText(_ tape: JSONTape, _ name: EnvelopeName) -> String? {
        let place = envelope[name.rawValue]
        guard place != 0, tape.tag(place) == JSONTag.string else { return nil }
        return readable(tape.string(place), bytesMax: 200)
    }
}

/// Bytes as text of at most so many bytes, cut between characters.
func readable(_ utf8: ArraySlice<UInt8>, bytesMax: Int) -> String {
    guard utf8.count > bytesMax else { return String(decoding: utf8, as: UTF8.self) }
    var end = utf8.startIndex + bytesMax
    while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: utf8[..<end], as: UTF8.self) + "…"
}
