internal import CSimdjson

/// Parses JSON (RFC 8259) with simdjson; owns the buffers and is reused from document to document.
///
/// Strict: UTF-8 is checked, lone surrogates, NaN, comments and trailing commas are refused, a byte order mark too.
/// Integers must fit 64 bits (signed or unsigned), other numbers a finite double; what does not is an error, not a
/// rounded value. For one thread at a time.
@safe package struct JSONParser: ~Copyable {
    /// Bytes that may follow a text in its array so that it is parsed without a copy.
    static let paddingBytes = 32
    /// The longest text that is taken; the tape's positions in the strings have 28 bits.
    package static let textBytesMax = 1 << 27

    private let parser: OpaquePointer
    /// Arrays and objects may nest this deep.
    let depthMax: Int

    /// - Precondition: `depthMax` in 1...10,000.
    package init(depthMax: Int = 128) {
        precondition((1...10_000).contains(depthMax))
        guard let parser = unsafe plimsoll_json_parser_create(depthMax) else { preconditionFailure("out of memory") }
        unsafe self.parser = parser
        self.depthMax = depthMax
    }

    deinit { unsafe plimsoll_json_parser_destroy(parser) }

    /// Parses one document into `tape`, whose storage is reused.
    /// - Parameters:
    ///   - text: holds the document; where at least ``paddingBytes`` bytes follow the range, nothing is copied.
    ///   - range: the document's place in `text`; white space around it is allowed.
    /// - Throws: ``JSONError``, its offset counted from the start of `range`. The tape is then empty.
    /// - Complexity: O(length).
    package mutating func parse(
        _ text: Span<UInt8>, _ range: Range<Int>, into tape: inout JSONTape
    ) throws(JSONError) {
        precondition(range.lowerBound >= 0 && range.upperBound <= text.count)
        tape.removeAll()
        guard range.count <= Self.textBytesMax else {
            throw JSONError(offset: Self.textBytesMax, expectation: "at most \(Self.textBytesMax) bytes")
        }
        let code = unsafe text.withUnsafeBufferPointer { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return unsafe plimsoll_json_parse(parser, nil, 0, 0).error }
            // Sound: the range lies within the span; the result's pointers are copied from before the parser's next
            // use.
            let document = unsafe plimsoll_json_parse(
                parser, base + range.lowerBound, range.count, bytes.count - range.lowerBound)
            if unsafe document.error == 0 {
                unsafe tape.assign(
                    words: UnsafeBufferPointer(start: document.tape, count: document.tape_words),
                    strings: UnsafeBufferPointer(start: document.strings, count: document.string_bytes))
            }
            return unsafe document.error
        }
        guard code == 0 else {
            // simdjson does not keep the place; a slower reader finds it.
            var copy: [UInt8] = []
            copy.reserveCapacity(range.count)
            for index in range { copy.append(text[index]) }
            var checker = JSONChecker(copy, depthMax: depthMax)
            if let error = checker.check() { throw error }
            // Sound: the library's texts are static.
            throw JSONError(offset: 0, expectation: unsafe String(cString: plimsoll_json_error_text(code)))
        }
    }

    /// Parses one document; see ``parse(_:_:into:)``.
    package mutating func parse(_ text: [UInt8], into tape: inout JSONTape) throws(JSONError) {
        try parse(text.span, 0..<text.count, into: &tape)
    }

    /// Parses one document; see ``parse(_:_:into:)``.
    package mutating func parse(_ text: ArraySlice<UInt8>, into tape: inout JSONTape) throws(JSONError) {
        try parse(text.span, 0..<text.count, into: &tape)
    }
}
