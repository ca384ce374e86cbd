import Domain
import EventStores
import Plans
import Reports
import Testing

/// What a report takes while it is written is a question's to pay: rows and texts are up to whoever sends events.
@Suite struct RenderingMemoryTests {
    /// A report of many rows with long names, and a runner that may hold so much.
    private static func report(_ sample: inout SampleStore) throws -> Report {
        for number in 0..<400 {
            let model = "model-\(number)-" + String(repeating: "x", count: 200)
            sample.add("llm.call", at: 1, ["provider": .text("maker"), "request_model": .text(model)])
        }
        return try sample.runner().report(.cost, ReportRequest(by: [.model]))
    }

    @Test(arguments: ReportFormat.allCases) func aTinyBudgetRefuses(format: ReportFormat) throws {
        var sample = try SampleStore()
        let report = try Self.report(&sample)
        var options = QueryOptions()
        options.memoryBudgetBytes = 64 << 10
        let tiny = try sample.runner(within: options)
        let error = #expect(throws: QueryError.self) { try tiny.rendered(report, format) }
        #expect(error?.kind == .memoryExceeded && error?.message.contains("in this format") == true)
        // Nothing is lost where there is room.
        options.memoryBudgetBytes = 64 << 20
        #expect(try sample.runner(within: options).rendered(report, format) == report.rendered(format))
    }

    @Test func whatOthersHoldIsNotThere() throws {
        var sample = try SampleStore()
        let report = try Self.report(&sample)
        var options = QueryOptions()
        options.memoryPool = MemoryPool(limitBytes: 128 << 10)
        let poor = try sample.runner(within: options)
        for format in ReportFormat.allCases {
            let error = #expect(throws: QueryError.self) { try poor.rendered(report, format) }
            #expect(error == .memoryTaken, "\(format)")
        }
        #expect(throws: QueryError.memoryTaken) { try poor.multipart(report) }
        // All of it was given back.
        #expect(options.memoryPool?.usedBytes == 0)
        let short = try poor.rendered(report, .json, section: "tokens")
        #expect(short == (try report.rendered(.json, section: "tokens")) && options.memoryPool?.usedBytes == 0)
    }

    /// Texts that hold every boundary that is tried would have each looked for in all of them.
    @Test func boundariesAreFoundInOneLook() throws {
        var sample = try SampleStore()
        for number in 0..<40 {
            let model = "plimsoll-section-\(number)"
            sample.add("llm.call", at: 1, ["provider": .text("maker"), "request_model": .text(model)])
        }
        let report = try sample.runner().report(.cost, ReportRequest(by: [.model]))
        let (body, boundary) = ReportFiles(report).multipart
        #expect(boundary == "plimsoll-section-40")
        #expect(ReportFiles(multipart: body) == ReportFiles(report))
    }
}
