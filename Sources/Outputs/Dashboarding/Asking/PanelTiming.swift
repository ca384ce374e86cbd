import Bytes
import PromQLText

/// When a panel's questions are asked, and what an expression's `$__interval` and its kin stand for.
package struct PanelTiming: Hashable, Sendable {
    /// ms since 1970: where the panel's range begins and ends, the end not included.
    package var from: Int64
    /// See ``from``.
    package var to: Int64
    /// ms from one point to the next.
    package var step: Int64
    /// ms since 1970, a multiple of the step: the first point.
    package var start: Int64
    /// Likewise, the last one.
    package var end: Int64

    /// How many points there are.
    package var pointCount: Int { Int((end - start) / step) + 1 }

    /// ms between two samples of a series, as dashboards are told (`timeInterval` of the data source).
    static let sampleInterval: Int64 = 15_000

    /// Those of a panel's questions: all have one step, since their points stand beside each other in a chart.
    /// - Parameters:
    ///   - from: ms since 1970, as its end; within the years that ns since 1970 reach.
    ///   - pageWidth: CSS pixels of all columns together.
    package init(_ panel: Panel, from: Int64, to: Int64, pageWidth: Int) {
        let end = to.saturatingSubtract(panel.shift)
        let start = panel.ownLength.map { end.saturatingSubtract($0) } ?? from.saturatingSubtract(panel.shift)
        let pixels = min(max(pageWidth, 100), 10_000) * panel.columns / 24 / 100 * 100
        let points = Int64(panel.pointsMax ?? max(100, pixels))
        let least = max(panel.targets.compactMap(\.stepMin).max() ?? panel.stepMin ?? 0, Self.sampleInterval)
        self.init(from: start, to: end, points: points, least: least)
    }

    /// - Parameters:
    ///   - points: how many a series has at most, about.
    ///   - least: no step is shorter, in ms.
    package init(from: Int64, to: Int64, points: Int64, least: Int64) {
        (self.from, self.to) = (from, max(from, to))
        step = Self.niceStep(Self.length(from, to), points: points, least: least)
        start = floorDivide(from, step).saturatingMultiply(by: step)
        end = floorDivide(self.to, step).saturatingMultiply(by: step)
    }

    private static func length(_ from: Int64, _ to: Int64) -> Int64 { max(0, to.saturatingSubtract(from)) }

    private static let niceSteps: [Int64] =
        [1, 2, 5, 10, 15, 20, 30].map { $0 * 1_000 } + [1, 2, 5, 10, 15, 20, 30].map { $0 * 60_000 }
        + [1, 2, 3, 6, 12].map { $0 * 3_600_000 } + [1, 7, 30, 365].map { $0 * 86_400_000 }

    /// The first step that people find round, of which no more than these points are needed; in years beyond all.
    private static func niceStep(_ length: Int64, points: Int64, least: Int64) -> Int64 {
        let points = max(1, points)
        let needed = max(length / points + (length % points > 0 ? 1 : 0), least)
        if let step = niceSteps.first(where: { $0 >= needed }) { return step }
        let year: Int64 = 365 * 86_400_000
        return (needed / year + 1).saturatingMultiply(by: year)
    }

    /// ms over which a rate has samples enough.
    var rateInterval: Int64 { max(step.saturatingAdd(Self.sampleInterval), 4 * Self.sampleInterval) }

    /// What a built-in variable stands for; nil: there is none of the name.
    func builtIn(_ name: String) -> String? {
        switch name {
        case "__interval": Self.written(step)
        case "__interval_ms": String(step)
        case "__rate_interval": Self.written(rateInterval)
        case "__range": "\(max(1, Self.length(from, to) / 1000))s"
        case "__range_s": String(max(1, Self.length(from, to) / 1000))
        case "__range_ms": String(max(1, Self.length(from, to)))
        case "__from": String(from)
        case "__to": String(to)
        default: nil
        }
    }

    private static func written(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }

    /// ms of a length of time in the words of PromQL; `>` before it, as Grafana has it, changes nothing.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let digits = bytes.first == UInt8(ascii: ">") ? Array(bytes.dropFirst()) : bytes
        return (try? PromQLDuration.nanoseconds(digits)).map { $0 / 1_000_000 }
    }
}
