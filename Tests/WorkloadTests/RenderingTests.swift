import Bytes
import Foundation
import JSONTexts
import Testing
import Workload

@Suite struct RenderingTests {
    private func text(_ body: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        body(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func instantsAreRFC3339WithNineDecimals() {
        #expect(text { RFC3339.append(0, decimals: .nine, to: &$0) } == "1970-01-01T00:00:00.000000000Z")
        #expect(text { RFC3339.append(-1, decimals: .nine, to: &$0) } == "1969-12-31T23:59:59.999999999Z")
        let leap: Int64 = 1_709_209_845_000_000_007
        #expect(text { RFC3339.append(leap, decimals: .nine, to: &$0) } == "2024-02-29T12:30:45.000000007Z")
        let start = WorkloadConfiguration.defaultStart
        #expect(text { RFC3339.append(start, decimals: .nine, to: &$0) } == "2026-08-03T00:00:00.000000000Z")
        #expect(text { RFC3339.append(.max, decimals: .nine, to: &$0) } == "2262-04-11T23:47:16.854775807Z")
    }

    @Test func everyDayOfFourCenturiesFollowsItsPredecessor() {
        var previous = CivilDate(daysSince1970: -1)
        for day in Int64(0)..<146_097 {
            let date = CivilDate(daysSince1970: day)
            let isNextDay = date.day == previous.day + 1 && date.month == previous.month && date.year == previous.year
            let isNextMonth = date.day == 1 && previous.day >= 28
            #expect(isNextDay || isNextMonth)
            previous = date
        }
        #expect(previous == CivilDate(year: 2369, month: 12, day: 31))
    }

    @Test func weekendsAreSaturdayAndSunday() {
        let monday = WorkloadConfiguration.defaultStart
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
            id: .text("a \"b\"\n\\é"), source: "agent/1", type: "message.received", time: 1, context: WorkloadContext([]), ownFields: [
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
