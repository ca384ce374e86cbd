import Domain
import Foundation
import Testing
import WireFormats

/// The decode rate on one core, over a file of events named by `PLIMSOLL_DECODE_FILE`; run it with `-c release`.
@Suite struct DecodeRateTests {
    static let path = ProcessInfo.processInfo.environment["PLIMSOLL_DECODE_FILE"]

    @Test(.enabled(if: path != nil)) func rate() throws {
        let content = try [UInt8](Data(contentsOf: URL(filePath: #require(Self.path))))
        var decoder = makeDecoder()
        var (start, events, rejected, rowBytes) = (0, 0, 0, 0)
        let clock = ContinuousClock()
        let duration = clock.measure {
            while start < content.count {
                let piece = content.span.extracting(start..<min(start + (4 << 20), content.count))
                let whole = Self.endOfLastLine(piece)
                // The last line may lack its line feed.
                let end = whole == 0 ? piece.count : whole
                let batch = decoder.decodeLines(piece.extracting(0..<end))
                events += batch.eventCount
                rejected += batch.rejectedCount
                rowBytes += batch.batch.bytes.count
                start += end
            }
        }
        let seconds = duration / .seconds(1)
        print(
            "\(events) events in \(seconds) s: \(Int(Double(events) / seconds)) events/s, \(rowBytes / max(events, 1)) row bytes an event"
        )
        #expect(events > 0 && rejected == 0)
    }

    /// The place after the last line feed; 0 when there is none.
    private static func endOfLastLine(_ text: Span<UInt8>) -> Int {
        var end = text.count
        while end > 0, text[end - 1] != 0x0A { end -= 1 }
        return end
    }
}
