import Dashboarding
import Testing

/// Steps and the times of points.
@Suite struct TimingTests {
    private static let hour: Int64 = 3_600_000

    @Test(arguments: [
        (1, 700, 15_000), (6, 700, 60_000), (24, 700, 300_000), (24, 1_200, 120_000), (168, 700, 900_000),
        (720, 700, 7_200_000), (720, 100, 43_200_000), (0, 700, 15_000),
        (876_000, 100, 31_536_000_000), (876_001, 100, 63_072_000_000),
    ])
    func stepsAreNiceAndNoMoreThanNeeded(hours: Int64, points: Int64, step: Int64) {
        let timing = PanelTiming(from: 0, to: hours * Self.hour, points: points, least: 15_000)
        #expect(timing.step == step)
        #expect((timing.end - timing.start) / timing.step <= points)
    }

    @Test func pointsLieOnMultiplesOfTheStep() {
        let timing = PanelTiming(from: 1_000_000_000_123, to: 1_000_003_600_456, points: 700, least: 15_000)
        #expect(timing.step == 15_000 && timing.start % 15_000 == 0 && timing.end % 15_000 == 0)
        #expect(timing.start <= 1_000_000_000_123 && timing.start > 1_000_000_000_123 - 15_000)
        #expect(timing.end <= 1_000_003_600_456 && timing.to == 1_000_003_600_456)
        let early = PanelTiming(from: -40_000, to: -10_000, points: 700, least: 15_000)
        #expect(early.start == -45_000 && early.end == -15_000)
    }

    @Test func arithmeticNeverTraps() {
        for (from, to) in [(Int64.min, Int64.max), (.max, .min), (.min, .min), (0, .max), (.min, 0)] {
            for points in [Int64.min, 0, 1, .max] {
                let timing = PanelTiming(from: from, to: to, points: points, least: 15_000)
                #expect(timing.step >= 15_000 && timing.end >= timing.start)
            }
        }
    }

    /// A panel's share of the page, in hundreds of pixels, decides; so do its own settings.
    @Test(arguments: [
        ("", 12, 1_200, Int64(60_000)), ("", 24, 1_200, 20_000), ("", 12, 250, 300_000),
        (#","maxDataPoints":50"#, 12, 1_200, 600_000), (#","interval":"5m""#, 12, 1_200, 300_000),
        (#","interval":">2m""#, 12, 1_200, 120_000),
    ])
    func panelsHaveStepsOfTheirOwn(members: String, width: Int, page: Int, step: Int64) throws {
        let text = #""type":"timeseries","gridPos":{"w":\#(width),"h":8},"targets":[{"expr":"up"}]"# + members
        let panel = try #require(try Dashboard(panel: text).panels.first)
        let timing = PanelTiming(panel, from: 0, to: 6 * Self.hour, pageWidth: page)
        #expect(timing.step == step)
    }

    /// Points of several questions stand beside each other.
    @Test func questionsOfAPanelHaveOneStep() throws {
        let text =
            #""type":"timeseries","interval":"1m","targets":[{"expr":"up"},{"expr":"down","interval":"10m"},"#
            + #"{"expr":"left","interval":"2m"}]"#
        let panel = try #require(try Dashboard(panel: text).panels.first)
        let timing = PanelTiming(panel, from: 0, to: Self.hour, pageWidth: 1_200)
        #expect(timing.step == 600_000)
    }

    @Test func panelsMayHaveARangeOfTheirOwn() throws {
        let text = #""type":"stat","timeFrom":"1h","timeShift":"1d","targets":[{"expr":"up","instant":true}]"#
        let panel = try #require(try Dashboard(panel: text).panels.first)
        let to = 100 * Self.hour
        let timing = PanelTiming(panel, from: 0, to: to, pageWidth: 1_200)
        #expect(timing.to == to - 24 * Self.hour && timing.from == to - 25 * Self.hour)
        #expect(panel.targets[0].isInstant)
    }
}
