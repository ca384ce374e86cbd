package import Domain
package import JSONParsing

/// What a JSON body must be by its media type (CloudEvents 1.0, JSON format, sections 3 and 4).
package enum DocumentShape: Sendable {
    /// One event, an object.
    case event
    /// An array of events.
    case batch
    /// One of the two.
    case either
}

/// Decodes CloudEvents 1.0 in JSON into rows: newline-delimited, structured, batch, and the HTTP binary mode.
///
/// One decoder serves one thread and is reused from body to body. Every event is either a row or a rejection; only a
/// body that is no JSON at all fails as a whole.
package struct EventDecoder: ~Copyable {
    private var parser: JSONParser
    private var tape = JSONTape()
    private var assembler: EventAssembler
    private let limits: DecoderLimits
    /// Whether lines may be read without the parser: where the depth of documents is no narrower than an event's.
    package var readsPlainly: Bool
    /// Lines in a row that had to be parsed.
    private var missedLines = 0
    // tests: that both ways are tried there.
    /// Lines that were read without the parser.
    package private(set) var plainLines = 0

    package init(registry: SchemaRegistry, tokeniser: UserTokeniser, limits: DecoderLimits = DecoderLimits()) {
        parser = JSONParser(depthMax: limits.documentDepthMax)
        assembler = EventAssembler(registry: registry, tokeniser: tokeniser, limits: limits)
        self.limits = limits
        readsPlainly = limits.documentDepthMax >= 4
    }

    /// Decodes one event a line. Blank lines count for nothing; the last line may lack its line feed. A line that is no
    /// JSON, or longer than the limit, is a rejection with the position inside the line.
    ///
    /// With ``JSONParser/paddingBytes`` more bytes in the array after the text, no line is copied.
    /// - Parameter origin: whose lines they are.
    package mutating func decodeLines(_ text: Span<UInt8>, from origin: LineOrigin = .client) -> DecodedBatch {
        takeLines(text, upTo: text.count, from: origin)
        return finish()
    }

    /// Decodes lines of a batch that comes in several pieces, each as ``decodeLines(_:from:)`` does those of one;
    /// ``finish()`` hands the batch over.
    /// - Parameters:
    ///   - end: where the last line ends. What stands behind, the beginning of a line that the next piece has, is not
    ///     taken; it spares the line before it the parser.
    ///   - origin: whose lines they are.
    /// - Precondition: the text ends at `end`, or a line feed stands before it.
    package mutating func takeLines(_ text: Span<UInt8>, upTo end: Int, from origin: LineOrigin) {
        precondition(end == text.count || end > 0 && text[end - 1] == 0x0A, "whole lines")
        assembler.origin = origin
        defer { assembler.origin = .client }
        var start = 0
        while start < end {
            if let next = appendPlain(text, from: start) {
                start = next
                continue
            }
            let lineEnd = JSONLines.end(text, from: start)
            decodeLine(text, start..<lineEnd)
            start = lineEnd + 1
        }
    }

    /// The batch of what was taken since the last one; with it that is done with, also where it is not wanted.
    package mutating func finish() -> DecodedBatch { assembler.finish() }

    /// Reads a line without the parser, where it is written so; of senders who write otherwise a line is tried now and
    /// then.
    @inline(__always)
    private mutating func appendPlain(_ text: Span<UInt8>, from start: Int) -> Int? {
        // Where bodies are of few lines, whose last one is always parsed, it must not be the same one each time.
        guard readsPlainly, missedLines < 8 || missedLines % 17 == 0 else {
            missedLines &+= 1
            return nil
        }
        guard let next = assembler.appendPlain(text, from: start) else {
            missedLines &+= 1
            return nil
        }
        missedLines = 0
        plainLines &+= 1
        return next
    }

    private mutating func decodeLine(_ text: Span<UInt8>, _ line: Range<Int>) {
        guard line.count <= limits.eventBytesMax else {
            assembler.note(line: text.extracting(line))
            return assembler.append(
                broken: JSONError(
                    offset: limits.eventBytesMax, expectation: "a line of at most \(limits.eventBytesMax) bytes"))
        }
        do throws(JSONError) {
            try parser.parse(text, line, into: &tape)
        } catch {
            guard !JSONLines.isBlank(text, line) else { return }
            assembler.note(line: text.extracting(line))
            return assembler.append(broken: error)
        }
        assembler.note(line: text.extracting(line))
        assembler.append(tape, at: tape.root, line: text.extracting(line))
    }

    /// Decodes a JSON body: one event, or an array of events.
    /// - Parameter shape: which of the two its media type promises.
    /// - Throws: ``JSONError`` with the byte position when the body is no JSON, or is not what was promised. An element
    ///   of an array with a number out of range, with too many levels, or with a text or a word that is no JSON is one
    ///   rejection.
    package mutating func decodeDocument(_ body: Span<UInt8>, shape: DocumentShape = .either) throws(JSONError)
        -> DecodedBatch
    {
        do throws(JSONError) {
            try parser.parse(body, 0..<body.count, into: &tape)
        } catch {
            guard shape != .event, JSONElements.areSound(body) else { throw error }
            return decodeElements(body)
        }
        try checkShape(shape, body)
        guard tape.kind(tape.root) == .array else {
            assembler.append(tape, at: tape.root)
            return assembler.finish()
        }
        var place = tape.firstChild(tape.root)
        let end = tape.end(tape.root)
        while place < end {
            assembler.append(tape, at: place)
            place = tape.next(place)
        }
        return assembler.finish()
    }

    /// Decodes an array of which some element cannot be read, each element for itself: one bad event is not the end of
    /// its body.
    private mutating func decodeElements(_ body: Span<UInt8>) -> DecodedBatch {
        var place = 0
        while let element = JSONElements.next(body, &place) {
            do throws(JSONError) {
                try parser.parse(body, element, into: &tape)
                assembler.append(tape, at: tape.root)
            } catch {
                var broken = error
                broken.offset += element.lowerBound
                assembler.append(broken: broken)
            }
        }
        return assembler.finish()
    }

    private func checkShape(_ shape: DocumentShape, _ body: Span<UInt8>) throws(JSONError) {
        let expectation: String
        switch (shape, tape.kind(tape.root)) {
        case (.either, _), (.event, .object), (.batch, .array): return
        case (.event, .array):
            expectation = "one event; an array of events is sent as application/cloudevents-batch+json"
        case (.event, _): expectation = "one event, a JSON object"
        case (.batch, .object):
            expectation = "an array of events; a single event is sent as application/cloudevents+json"
        case (.batch, _): expectation = "an array of events"
        }
        var offset = 0
        while offset < body.count, body[offset] == 0x20 || (0x09...0x0D).contains(body[offset]) { offset += 1 }
        throw JSONError(offset: offset, expectation: expectation)
    }

    /// Decodes an event in HTTP binary mode: attributes in `ce-` headers, `data` as the body.
    /// - Parameter headers: names in any case; others than `ce-…`, `content-type` and `traceparent` are left alone.
    /// - Throws: ``JSONError`` with the byte position when the body is neither empty nor JSON.
    mutating func decodeBinary(
        headers: [(name: String, value: String)], body: Span<UInt8>
    ) throws(JSONError) -> DecodedBatch {
        let hasData = !JSONLines.isBlank(body, 0..<body.count)
        // The body must be a document of its own before it is put inside another.
        if hasData { try parser.parse(body, 0..<body.count, into: &tape) }
        let event: [UInt8]
        do throws(FieldError) {
            event = try BinaryMode.structured(headers: headers, data: body.extracting(0..<(hasData ? body.count : 0)))
        } catch {
            assembler.append(refused: error)
            return assembler.finish()
        }
        try parser.parse(event, into: &tape)
        assembler.append(tape, at: tape.root)
        return assembler.finish()
    }
}
