import Domain
import JSONTexts
import Testing
import Transfers
import Workload

/// An import warns of what it kept, not of what was there already or was refused.
@Suite struct ImportWarningTests {
    @Test func warningsAreOfWhatIsNew() throws {
        func line(_ id: String, _ time: String, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"feedback.submitted","time":"\#(time)","data":\#(data)}"#
                + "\n"
        }
        let place = MovingTests.Place(91)
        let time = RFC3339.render(WorkloadConfiguration.defaultStart)
        let first = line("a", time, #"{"rating":5}"#) + line("b", "2040-01-01T00:00:00Z", #"{"stars":5,"rating":5}"#)
        var summary = try place.importing(Array(first.utf8))
        #expect(summary.accepted == 1 && summary.rejected == 1 && summary.warned == 1 && summary.warnings.count == 1)
        #expect(summary.warnings.first?.contains("is score") == true)
        // Warnings are of many kinds; the head is true for all of them.
        #expect(summary.text.contains("\n  kept, with warnings: 1\n    "))
        summary = try place.importing(Array(first.utf8))
        #expect(summary.accepted == 0 && summary.duplicates == 1 && summary.rejected == 1)
        #expect(summary.warned == 0 && summary.warnings.isEmpty && !summary.json.contains("warn"))
        let more = first + line("c", time, #"{"rating":4}"#) + line("d", time, #"{"rating":3}"#)
        summary = try place.importing(Array(more.utf8))
        #expect(summary.accepted == 2 && summary.warned == 2 && summary.warnings.count == 1)
    }
}
