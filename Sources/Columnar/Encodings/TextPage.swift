internal import Bytes

/// A page of texts whose form is open: with its own texts in it, or with codes of texts that other pages have in
/// common with it (``TextPool``).
package struct TextPage: Sendable {
    /// As of a page with its own texts, lengths left open.
    let header: PageHeader
    let type: ColumnType
    /// What stands before the codes.
    let nullMap: [UInt8]
    /// Of the rows that have a value: codes of `texts`.
    let codes: [UInt32]
    /// Those that occur, each once, in the order of their first use.
    let texts: TextRanges

    /// Rough length of the page with its own texts, bytes.
    package var byteCount: Int { texts.bytes.count + codes.count * 2 }

    /// Its own texts, in the order of their codes.
    package var dictionary: TextDictionary { TextDictionary(bytes: texts.bytes, offsets: texts.offsets) }

    /// nil for what is no column of several texts: it has a shorter form than codes.
    /// - Precondition: at most 65,536 rows.
    /// - Complexity: O(rows + bytes of the texts).
    package init?(_ vector: Vector) {
        precondition(vector.count <= PageLimits.rowsMax)
        guard vector.type == .text, case .text(let codes, let dictionary) = vector.storage else { return nil }
        let nullCount = vector.validity?.nullCount ?? 0
        guard nullCount < vector.count else { return nil }
        let validity = nullCount == 0 ? nil : vector.validity
        (self.codes, texts) = PageEncoder.compacted(PageEncoder.dense(codes, validity), dictionary)
        guard texts.count > 1 else { return nil }
        let summary = PageStatistics.texts(texts, type: vector.type, nullCount: nullCount)
        var sink = ByteSink()
        if let validity { NullMap.write(validity, into: &sink) }
        nullMap = sink.bytes
        type = vector.type
        header = PageHeader(encoding: .texts, rowCount: vector.count, summary: summary)
    }

    /// With its own texts in it: what ``PageEncoder`` makes of the vector.
    package func withOwnTexts(compression: PageEffort) -> EncodedPage {
        encoded(.texts, compression) { sink in
            CodeStream.write(codes, into: &sink)
            let numberBytes = sink.count
            TextBlockEncoder.write(bytes: texts.bytes, offsets: texts.offsets, into: &sink)
            return sink.count - numberBytes
        }
    }

    /// With codes of others' texts.
    /// - Parameter numbers: by own code.
    func withNumbers(_ numbers: [UInt32], compression: PageEffort) -> EncodedPage {
        assert(numbers.count == texts.count, "a number for each text")
        return encoded(.sharedTexts, compression) { sink in
            CodeStream.write(codes.map { numbers[Int($0)] }, into: &sink)
            return 0
        }
    }

    /// - Parameter write: returns how many bytes are texts.
    private func encoded(
        _ encoding: PageEncoding, _ compression: PageEffort, _ write: (inout ByteSink) -> Int
    ) -> EncodedPage {
        var sink = ByteSink()
        sink.append(contentsOf: nullMap)
        let textBytes = write(&sink)
        var page = EncodedPage(type: type, header: header, payload: sink.bytes, textBytes: textBytes)
        page.header.encoding = encoding
        PageEncoder.store(&page, compression)
        return page
    }
}
