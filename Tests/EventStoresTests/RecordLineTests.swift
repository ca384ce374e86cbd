import Domain
import EventStores
import JSONTexts
import Testing

/// Records are JSON by one writer: their bytes stay what they were, and texts of any kind come back.
@Suite struct RecordLineTests {
    private static func line(_ data: (inout JSONWriter) -> Void) -> String {
        let text = JSONWriter.object(data)
        return #"{"specversion":"1.0","id":"7","source":"plimsoll","type":"export.record","data":"# + text + "}\n"
    }

    @Test(arguments: ["", "plain", "a\"b\\c", "\n\r\t\u{01}\u{1F}", "é👍"]) func recordsComeBackFromTheirLines(
        text: String
    ) throws {
        let note = Self.line { json in
            json.member("position", 7)
            json.member("received_time", "2026-08-01T00:00:00.000000001Z")
            json.member("kind", "note.made")
            json.member("record", text)
        }
        let record = try #require(SystemRecord(parsing: Array(note.utf8)))
        #expect(record.content == .event(type: "note.made", data: text) && record.position == 7)
        #expect(record.line == note && note.utf8.count { $0 == 0x0A } == 1)

        let letter = Self.line { json in
            json.member("position", 7)
            json.member("received_time", "2026-08-01T00:00:00.000000001Z")
            json.member("kind", "dead_letter")
            for name in ["id", "source", "type"] { json.member(name, text) }
            json.member("time", "2026-08-01T00:00:00.000000002Z")
            for name in ["error", "fields"] { json.member(name, text) }
        }
        #expect(try #require(SystemRecord(parsing: Array(letter.utf8))).line == letter)
    }

    @Test func bytesAreKnown() throws {
        let end = ExportTrailer(events: 3, records: 1)
        #expect(
            end.line
                == #"{"specversion":"1.0","id":"ended","source":"plimsoll","type":"export.ended","#
                + #""data":{"events":3,"records":1}}"# + "\n")
        #expect(ExportTrailer(parsing: Array(end.line.utf8)) == end)
        let checked = ExportTrailer(events: 3, records: 1, checksum: "0f")
        #expect(
            checked.line.contains(#""records":1,"checksum":"0f"}}"#)
                && ExportTrailer(parsing: Array(checked.line.utf8)) == checked)
        let checkpoint = ExportCheckpoint(lines: 256, checksum: "0f")
        #expect(
            checkpoint.line
                == #"{"specversion":"1.0","id":"checkpoint-256","source":"plimsoll","type":"export.checkpoint","#
                + #""data":{"lines":256,"checksum":"0f"}}"# + "\n")
        #expect(ExportCheckpoint(parsing: Array(checkpoint.line.utf8)) == checkpoint)
        let begun =
            #"{"specversion":"1.0","id":"begun","source":"plimsoll/ab","type":"export.begun","#
            + #""data":{"format":1,"store":"ab","is_whole":true,"has_users":false,"position":9,"records":2,"corrections":1,"price_book":"00ff"}}"#
            + "\n"
        #expect(try ExportHeader(parsing: Array(begun.utf8)).line == begun)
        #expect(OutcomeSettings.standard.data == #"{"idle_after_ns":"86400000000000","rule":"house-1"}"#)
        #expect(OutcomeSettings.unsaid.data == #"{"idle_after_ns":null,"rule":"house-1"}"#)
    }

    /// What this version notes an import takes, or an export of this store would be refused.
    @Test(arguments: SystemNote.Kind.allCases) func everyNoteIsOfAKnownKind(kind: SystemNote.Kind) throws {
        let note = SystemNote(kind, data: "{}")
        let line = Self.line { json in
            json.member("position", 7)
            json.member("received_time", "2026-08-01T00:00:00.000000001Z")
            json.member("kind", note.type)
            json.member("record", note.data)
        }
        #expect(note.type == kind.rawValue)
        #expect(try #require(SystemRecord(parsing: Array(line.utf8))).isOfKnownKind)
        #expect(try !#require(SystemRecord(parsing: Array(line.replacingKind(note.type).utf8))).isOfKnownKind)
    }
}

extension String {
    /// The line with a kind that no version has.
    fileprivate func replacingKind(_ kind: String) -> String {
        let parts = split(separator: kind, maxSplits: 1, omittingEmptySubsequences: false)
        return parts.joined(separator: "x." + kind)
    }
}
