import Domain
import Hashing
import Testing
import WireFormats

/// Lines of an export mean something where an export is expected; from a client they are events of an unknown type.
@Suite struct ExportLineTests {
    private func decode(_ lines: [String], from origin: LineOrigin) -> DecodedBatch {
        var decoder = makeDecoder()
        return decoder.decodeLines(Array(lines.joined(separator: "\n").utf8).span, from: origin)
    }

    @Test(arguments: ["export.finished", "export.record", "export.ended", "export.", "export.begun"])
    func oneEventOfAClientIsOneRejection(type: String) {
        let batch = decode([event(), event(type), event()], from: .client)
        #expect(
            batch.asides.isEmpty && batch.batch.count == 2 && batch.rejectedCount == 1 && batch.deadLetterCount == 1)
        #expect(batch.rejections.first?.index == 1 && batch.rejections.first?.field == "type")
        #expect(batch.deadLetters.first?.type == type)
    }

    @Test func onlyTheFirstPlaceBeginsAnExport() {
        #expect(decode([event("export.begun"), event()], from: .client).asides.map(\.index) == [0])
        #expect(decode([event("export.record"), event()], from: .client).asides.isEmpty)
        #expect(decode(["{", event("export.begun")], from: .client).asides.isEmpty)
    }

    @Test func aFileOfEventsTellsOfAnExportInIt() {
        let batch = decode([event(), event("export.begun"), event("export.finished")], from: .file)
        #expect(batch.asides.map(\.index) == [1] && batch.rejectedCount == 1)
        #expect(
            decode([event("llm.call", #""reported_cost_usd":"0.5","currency":"EUR""#)], from: .file).rejectedCount == 1)
    }

    @Test func inAnExportAllAreAsides() {
        let lines = ["export.begun", "export.record", "export.finished", "export.ended"].map { event($0) }
        let batch = decode(lines, from: .export)
        #expect(batch.asides.map(\.index) == [0, 1, 2, 3] && batch.rejectedCount == 0)
    }

    @Test(arguments: ["export.record", "export.checkpoint", "export.ended"])
    func aFileWithoutItsFirstLineIsNoWholeExport(type: String) {
        #expect(decode([event(), event(type)], from: .file).asides.map(\.index) == [1])
    }

    /// Spans are evidence: of an export that is moved they come along, of one whose events are new they would be
    /// settled a second time.
    @Test func spansComeInByOTLPAlone() throws {
        let lines = [event(), event("span.received", #""trace_id":"a","span_id":"b""#), event("tool.call")]
        #expect(decode(lines, from: .export).batch.count == 3)
        let new = decode(lines, from: .newEvents)
        #expect(new.batch.count == 2 && new.evidenceLeftOut == 1 && new.rejectedCount == 0 && new.eventCount == 3)
        for origin in [LineOrigin.client, .file] {
            let batch = decode(lines, from: origin)
            let rejection = try #require(batch.rejections.first)
            #expect(
                batch.batch.count == 2 && rejection.index == 1 && rejection.field == "type"
                    && rejection.error.contains("/v1/traces"))
        }
    }

    @Test func linesOfAnExportHaveChecksums() {
        let lines = [event("export.begun"), "", event(), "{broken", event() + "\r"]
        let batch = decode(lines, from: .export)
        #expect(batch.eventCount == 4 && batch.lineHashes.count == 4)
        #expect(batch.lineHashes[1] == batch.lineHashes[3] && batch.lineHashes[1] != batch.lineHashes[2])
        #expect(decode(lines, from: .newEvents).lineHashes.isEmpty)
    }
}
