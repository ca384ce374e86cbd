import Domain
import Testing
import WireFormats

/// Lines that come in pieces are the batch that they are as one text.
@Suite struct LinePieceDecodingTests {
    private static let lines = (0..<40).map { number -> String in
        switch number % 5 {
        case 0: event("no.such", id: "e\(number)")
        case 1: "{\(number)"
        case 2: event("tool.call", #""tool":"t","duration_ns":-1"#, id: "e\(number)")
        default: PlainLineTests.call.replacing("019fc830-2626", with: "019fc830-\(2000 + number)")
        }
    }

    @Test(arguments: [1, 3, 40]) func piecesAreOneBatch(linesOfPiece: Int) {
        let whole = Array((Self.lines.joined(separator: "\n") + "\n").utf8)
        var decoder = makeDecoder()
        let expected = decoder.decodeLines(whole.span)
        var first = 0
        while first < Self.lines.count {
            let end = min(first + linesOfPiece, Self.lines.count)
            let text = Array((Self.lines[first..<end].joined(separator: "\n") + "\n").utf8)
            // Of the next line there is a part.
            let more = end < Self.lines.count ? Array(Self.lines[end].utf8.dropLast(5)) : []
            decoder.takeLines((text + more).span, upTo: text.count, from: .client)
            first = end
        }
        let found = decoder.finish()
        #expect(found.batch.bytes == expected.batch.bytes && found.batch.starts == expected.batch.starts)
        #expect(found.eventIndexes == expected.eventIndexes && found.eventCount == expected.eventCount)
        #expect(found.rejections == expected.rejections && found.rejectedCount == expected.rejectedCount)
        #expect(found.deadLetterCount == expected.deadLetterCount && found.warnings == expected.warnings)
        #expect(decoder.finish().eventCount == 0)
    }

    /// The end of a text is no place for words to be read at: what stands behind the last line makes up for it.
    @Test func lastLinesOfPiecesNeedNoParser() {
        let text = Array((PlainLineTests.call + "\n").utf8)
        var decoder = makeDecoder()
        for _ in 0..<4 { decoder.takeLines((text + text.dropLast()).span, upTo: text.count, from: .client) }
        #expect(decoder.plainLines == 4)
        #expect(decoder.finish().batch.count == 4)
    }

    /// The rows of a batch like the one before fit into the room that is made for them at once: had it been too little,
    /// all of them would have been copied into twice as much.
    @Test(arguments: [1, 7, 400, 3_000]) func roomIsMadeOnceForBatchesAlike(lineCount: Int) {
        var decoder = makeDecoder()
        for round in 0..<4 {
            // Some longer, some shorter than the one before.
            let count = lineCount + (round % 2 == 0 ? 0 : lineCount / 10)
            let text = Array(String(repeating: PlainLineTests.call + "\n", count: count).utf8)
            decoder.takeLines(text.span, upTo: text.count, from: .client)
            let rows = decoder.finish().batch
            #expect(rows.count == count)
            // What is left behind the rows: an eighth, what the longest row may have, and what allocators add.
            if round > 0 { #expect(rows.bytes.capacity <= rows.bytes.count * 5 / 4 + 8_192) }
        }
    }
}
