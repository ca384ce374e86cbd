import PromQLEvaluation
import PromQLText
import Testing

/// When samples are taken from.
@Suite struct TimeTests {
    @Test func instants() throws {
        let asking = try Asking("m{a='1'} 1 2 _ 4", "m{a='2'} 5 stale")
        #expect(asking.lines("m", at: 0) == ["m{a=\"1\"} 1.0", "m{a=\"2\"} 5.0"])
        #expect(asking.lines("m", at: 2) == ["m{a=\"1\"} 2.0"])
        #expect(asking.lines("m", .instant(8 * 60_000 - 1)) == ["m{a=\"1\"} 4.0"])
        #expect(asking.lines("m", at: 8).isEmpty, "a sample holds for less than the lookback")
        #expect(asking.lines("'text'", at: 8) == ["text"])
        #expect(asking.lines("m[2m]", at: 3) == ["m{a=\"1\"} 4.0@180"])
    }

    @Test func ranges() throws {
        let asking = try Asking("m 1 2 _ 4")
        let times = PromQLQuestion.Times.range(from: 0, through: 200_000, step: 60_000)
        #expect(asking.lines("m", times) == ["m 1.0@0 2.0@60 2.0@120 4.0@180"])
        #expect(asking.lines("m > 1 < 4", times) == ["m 2.0@60 2.0@120"])
        #expect(asking.lines("m @ end() - m @ start()", times) == ["{} 3.0@0 3.0@60 3.0@120 3.0@180"])
        #expect(asking.lines("1", times) == ["{} 1.0@0 1.0@60 1.0@120 1.0@180"])
        #expect(
            asking.lines("m[1m]", times)
                == ["invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"])
        #expect(
            asking.lines("m", .range(from: 1, through: 0, step: 1)) == ["end timestamp must not be before start time"])
        #expect(
            asking.lines("m", .range(from: 0, through: 1, step: 0))
                == ["zero or negative query resolution step widths are not accepted"])
    }

    /// The end of a question is what it names, not its last step.
    @Test func endsBetweenSteps() throws {
        let asking = try Asking("m 1 2 _ 4")
        let times = PromQLQuestion.Times.range(from: 0, through: 190_000, step: 120_000)
        #expect(asking.lines("m", times) == ["m 1.0@0 2.0@120"])
        #expect(asking.lines("m @ end()", times) == ["m 4.0@0 4.0@120"])
        #expect(asking.lines("vector(range())", times) == ["{} 190.0@0 190.0@120"])
        #expect(asking.lines("vector(end())", times) == ["{} 190.0@0 190.0@120"])
        #expect(asking.lines("sum_over_time(m[range()] @ end())", times) == ["{} 6.0@0 6.0@120"])
        #expect(asking.lines("max_over_time((m @ end())[1m:1m])", times) == ["{} 4.0@0 4.0@120"])
    }

    /// No time and no duration, however far away, is too much.
    @Test(arguments: [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max - 1, Int64.max])
    func ends(_ time: Int64) throws {
        let asking = try Asking("m 1 2 3")
        for text in [
            "m", "m offset 290y", "m offset -290y", "m[290y]", "rate(m[290y] offset -290y)", "timestamp(m)", "year()",
            "m @ 9223372036854774", "m @ -9223372036854774 offset 290y", "absent_over_time(m[290y] @ 9223372036854774)",
            "year(vector(time()))", "day_of_year(vector(1e300))", "predict_linear(m[290y] @ 120, 1e308)",
            "hour(vector(-4e15))", "sum_over_time(m[1m:1m] offset 290y)", "sum_over_time(m[290y:290y] offset -290y)",
        ] {
            _ = asking.lines(text, .instant(time))
            _ = asking.lines(text, .range(from: time, through: time, step: .max))
        }
        let all = PromQLQuestion.Times.range(from: .min, through: time, step: .max)
        #expect(asking.lines("vector(range())", all).count == 1)
    }

    @Test func subqueriesBegin() throws {
        let asking = try Asking("m 0+1x20")
        // Multiples of the step, before 1970 as well.
        #expect(asking.lines("m[3m:2m]", .instant(301_000)) == ["m 4.0@240"])
        #expect(asking.lines("vector(time())[90s:1m]", .instant(-1_000)) == ["{} -60.0@-60"])
        #expect(asking.lines("m[2m:]", at: 5) == ["m 4.0@240 5.0@300"])
        let times = PromQLQuestion.Times.range(from: 300_000, through: 420_000, step: 60_000)
        #expect(asking.lines("sum_over_time(m[2m:1m])", times) == ["{} 9.0@300 11.0@360 13.0@420"])
    }
}
