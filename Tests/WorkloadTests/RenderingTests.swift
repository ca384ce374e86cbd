import Bytes
import Foundation
import Testing
import Workload

@Suite struct RenderingTests {
    private func text(_ body: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        body(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func weekendsAreSaturdayAndSunday() {
        // 2026-08-03T00:00:00Z
        let monday = WorkloadConfiguration.defaultStart
        #expect(monday == 1_785_715_200_000_000_000)
        let marks = (0..<7).map { isWeekend(monday + Int64($0) * Nanoseconds.day) }
        #expect(marks == [false, false, false, false, false, true, true])
    }

    @Test func numbersKeepTheirDigits() {
        #expect(text { appendDecimal(.min, to: &$0) } == "-9223372036854775808")
        #expect(text { appendDecimal(0, to: &$0) } == "0")
        #expect(text { appendHexadecimal(0xABC, digits: 5, to: &$0) } == "00abc")
    }

    @Test func anEventIsOneLineOfJSON() throws {
        let event = WorkloadEvent(
            id: .text("a \"b\"\n\\é"), source: "agent/1", type: "message.received", time: 1,
            context: WorkloadContext([]),
            ownFields: [
                WorkloadField("content", .text("\u{1}\"x\"")), WorkloadField("turn", .integer(-3)),
                WorkloadField("confidence", .decimal(units: 71, digits: 3)), WorkloadField("pii_found", .boolean(true)),
                WorkloadField("trace_id", .hexadecimal128(1, 2)), WorkloadField("span_id", .hexadecimal64(255)),
            ])
        let line = rendered([event])
        #expect(line.count { $0 == 10 } == 1 && line.last == 10)
        let document = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        #expect(document["id"] as? String == "a \"b\"\n\\é")
        #expect(document["time"] as? String == "1970-01-01T00:00:00.000000001Z")
        let data = try #require(document["data"] as? [String: Any])
        #expect(data["content"] as? String == "\u{1}\"x\"")
        #expect(data["turn"] as? Int == -3)
        #expect(data["confidence"] as? Double == 0.071)
        #expect(data["pii_found"] as? Bool == true)
        #expect(data["trace_id"] as? String == "00000000000000010000000000000002")
        #expect(data["span_id"] as? String == "00000000000000ff")
    }

    @Test func anEventWithoutFieldsHasEmptyData() {
        let event = WorkloadEvent(
            id: .text("x"), source: "s", type: "t", time: 0, context: WorkloadContext([]), ownFields: [])
        #expect(String(decoding: rendered([event]), as: UTF8.self).hasSuffix(#""data":{}}"# + "\n"))
    }
}
