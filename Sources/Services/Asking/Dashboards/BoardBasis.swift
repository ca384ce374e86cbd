import Dashboarding
import JSONTexts

/// The last line of a dashboard's answer: what all figures before it stand on.
package struct BoardBasis: Sendable {
    private let request: BoardRequest
    private let counts: BoardRun.Counts
    private let asOf: Int64
    private let watermark: Int64
    private let position: Int64
    private let remarks: [String]

    /// - Parameters:
    ///   - asOf: ns since 1970 UTC: when it was asked.
    ///   - watermark: every event received up to this time (ns since 1970 UTC) is in it.
    ///   - position: the last event that is in it for sure.
    ///   - remarks: what answers lack.
    package init(
        _ request: BoardRequest, _ counts: BoardRun.Counts, asOf: Int64, watermark: Int64, position: Int64,
        remarks: [String]
    ) {
        (self.request, self.counts, self.asOf, self.watermark) = (request, counts, asOf, watermark)
        (self.position, self.remarks) = (position, request.times.remarks + remarks)
    }

    /// The line with its end. Its step is that of a panel of the whole width.
    package var line: [UInt8] {
        let (times, points) = (request.times, Int64(request.pageWidth / 100 * 100))
        let least = PinnedSeries.stepNanoseconds / 1_000_000
        let timing = PanelTiming(from: times.from, to: times.to, points: points, least: least)
        return BoardLines.line("basis") { json in
            json.member("from", times.from)
            json.member("to", times.to)
            json.member("timezone", times.zone)
            json.member("step", timing.step)
            json.key("asOf")
            json.value(time: asOf)
            json.key("watermark")
            json.value(time: watermark)
            json.member("position", position)
            json.member("questions", counts.questions)
            json.member("asked", counts.asked)
            json.key("remarks")
            json.array(remarks) { $1.value($0) }
        }
    }
}
