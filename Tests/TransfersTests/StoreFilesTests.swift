import Asking
import Domain
import EventStores
import Foundation
import Platform
import Testing
import Transfers
import Workload

/// Import and export over a store on disk.
@Suite struct StoreFilesTests {
    private let fileSystem = POSIXFileSystem()

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.path)
    }

    private var context: StoreContext {
        StoreContext(
            fileSystem: fileSystem, clock: SystemClock(), randomness: SystemRandomness(),
            workers: ThreadWorkers(parallelism: 2))
    }

    private func open(_ directory: String) throws -> EventStore {
        try EventStore.open(at: directory, context: context)
    }

    private func traffic(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in SupportTraffic(WorkloadConfiguration(seed: 11)).generate(eventCount: count) {
            event.render(into: &bytes)
        }
        return bytes
    }

    private func importing(_ bytes: [UInt8], into store: EventStore) throws -> ImportSummary {
        var bulk = BulkImport(
            store: store, workers: ThreadWorkers(parallelism: 2), clock: SystemClock(),
            progress: ProgressLine(clock: SystemClock(), form: .none))
        return try bulk.run([BytesSource(bytes, name: "traffic")])
    }

    private func bytes(_ store: EventStore, as format: ExportFormat, in times: Range<Int64>) throws -> [UInt8] {
        let export = EventExport(
            try store.exportReader(in: times), registry: store.registry, as: format, pieceBytes: 1000)
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        return bytes
    }

    private func export(_ store: EventStore, in times: Range<Int64> = .min ..< .max) throws -> [String] {
        let bytes = try bytes(store, as: .ndjson, in: times)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func anExportImportsToTheSameEvents() throws {
        let traffic = traffic(3000)
        try withDirectory { first in
            try withDirectory { second in
                let store = try open(first)
                let summary = try importing(traffic, into: store)
                #expect(summary.accepted + summary.rejected == 3000)
                let again = try importing(traffic, into: store)
                #expect(again.accepted == 0 && again.duplicates == summary.accepted)
                let exported = try export(store)
                // Its first and its last line, the checksums and the records of settings are no events.
                let records = exported.filter { $0.contains("\"type\":\"export.") }
                #expect(records.first == exported.first && records.last == exported.last)
                #expect(exported.count == summary.accepted + records.count)
                try StoreKey.install(from: first + "/keys/store.key", into: second, context: context)
                let copy = try open(second)
                let copied = try importing(Array((exported.joined(separator: "\n") + "\n").utf8), into: copy)
                #expect(copied.accepted == summary.accepted && copied.rejected == 0)
                #expect(try export(copy) == exported)
                try store.close()
                try copy.close()
            }
        }
    }

    /// What the last segment of an import makes superfluous goes with it, without a seal.
    @Test func anImportLeavesOneState() throws {
        let lines = String(decoding: traffic(1500), as: UTF8.self).split(separator: "\n")
        try withDirectory { directory in
            func states() throws -> [String] {
                try fileSystem.list(directory + "/segments").map(\.name).filter { $0.contains("state-") }.sorted()
            }
            let store = try open(directory)
            var accepted = 0
            for part in [lines[..<500], lines[500..<1000], lines[1000...]] {
                accepted += try importing(Array((part.joined(separator: "\n") + "\n").utf8), into: store).accepted
                let names = try states()
                #expect(names.count == 2 && names[0] == "copy-of-" + names[1])
            }
            #expect(try store.verify().findings == [])
            try store.close()
            let again = try open(directory)
            #expect(again.position == Int64(accepted))
            #expect(try importing(Array((lines.joined(separator: "\n") + "\n").utf8), into: again).accepted == 0)
            try again.close()
        }
    }

    @Test func anExportKeepsToItsTimes() throws {
        try withDirectory { directory in
            let store = try open(directory)
            let summary = try importing(traffic(2000), into: store)
            let middle = WorkloadConfiguration.defaultStart + 9 * 3_600_000_000_000 + 1_200_000_000_000
            let before = try export(store, in: .min..<middle)
            let after = try export(store, in: middle ..< .max)
            #expect(!before.isEmpty && !after.isEmpty)
            let events = (before + after).filter { !$0.contains(#""type":"export.checkpoint""#) }
            #expect(events.count == summary.accepted + 4)
            try store.close()
        }
    }

    @Test func csvHasAColumnForEachFieldAndQuotesWhatNeedsIt() throws {
        try withDirectory { directory in
            let store = try open(directory)
            let event =
                #"{"specversion":"1.0","id":"a,\"b\"","source":"s","type":"tool.call","time":"2026-08-01T09:00:00Z","#
                + #""data":{"tool":"say \n","cost_usd":"0.0305","duration_ns":5}}"#
            #expect(try importing(Array((event + "\n").utf8), into: store).accepted == 1)
            let text = String(decoding: try bytes(store, as: .csv, in: .min ..< .max), as: UTF8.self)
            let names = text.prefix { $0 != "\r\n" }.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
            #expect(names.prefix(2) == ["type", "time"] && names.count == store.registry.columns.count + 6)
            let row = text.dropFirst(names.joined(separator: ",").count + 1)
            #expect(row.hasPrefix("tool.call,2026-08-01T09:00:00Z,\"a,\"\"b\"\"\",s,"))
            #expect(row.contains(",\"say \n\",") && row.contains(",0.0305,") && row.hasSuffix("\r\n"))
            // One comma is in the id; the others stand between fields.
            #expect(row.filter { $0 == "," }.count == names.count - 1 + 1)
            try store.close()
        }
    }

    @Test func csvTellsWhatCallsCost() throws {
        try withDirectory { directory in
            let store = try open(directory)
            func event(_ id: String, _ type: String, _ data: String) -> String {
                #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"\#(type)","time":"2026-08-01T09:00:00Z","#
                    + #""data":{\#(data)}}"# + "\n"
            }
            let price = #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":"2.5""#
            let call = #""provider":"p","request_model":"m","input_tokens":1000,"output_tokens":"#
            let lines =
                event("p", "price.set", price) + event("a", "llm.call", call + "0") + event("b", "llm.call", call + "5")
            #expect(try importing(Array(lines.utf8), into: store).accepted == 3)
            let text = String(decoding: try bytes(store, as: .csv, in: .min ..< .max), as: UTF8.self)
            let rows = text.split(separator: "\r\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let cost = try #require(rows[0].firstIndex(of: "cost_usd"))
            #expect(rows[0].suffix(4) == ["cost_low_usd", "cost_high_usd", "price_state", "price_gaps"])
            #expect(rows[2][cost] == "0.0025" && rows[2].suffix(4) == ["0.0025", "0.0025", "priced", ""])
            #expect(rows[3][cost] == "" && rows[3].suffix(4) == ["0.0025", "", "partly", "output"])
            #expect(Set(rows.map(\.count)).count == 1)
            // Of a part of the times the same.
            let part = String(decoding: try bytes(store, as: .csv, in: 0 ..< .max), as: UTF8.self)
            #expect(part.contains(",0.0025,0.0025,priced,\r\n"))
            try store.close()
        }
    }

    @Test func rejectionsNameTheirLine() throws {
        try withDirectory { directory in
            let store = try open(directory)
            let good =
                #"{"specversion":"1.0","id":"a","source":"s","type":"cache.lookup","time":"2026-08-01T09:00:00Z","data":{}}"#
            let text = "\(good)\n\n{nonsense\n" + good.replacingOccurrences(of: "cache.lookup", with: "no.such") + "\n"
            let summary = try importing(Array(text.utf8), into: store)
            #expect(summary.accepted == 1 && summary.rejected == 2)
            #expect(summary.rejections.map(\.line) == [2, 3])
            #expect(summary.json.contains(#""rejected":2,"rejections":[{"source":"traffic","line":2"#))
            try store.close()
        }
    }
}
