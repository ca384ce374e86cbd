import PromQLEvaluation
import PromQLText
import Testing

/// What is said of an answer, and of why there is none.
@Suite struct RemarkTests {
    private func remarks(_ text: String, _ lines: String...) throws -> [String] {
        var series = MemorySeries()
        for line in lines { series.load(try SeriesDescription(Array(line.utf8)), step: 60_000) }
        let answer = try Asking(series).answer(text, .instant(120_000))
        return answer.warnings + answer.infos
    }

    @Test func places() throws {
        #expect(
            try remarks("1 +\n  quantile(2, m)", "m 1")
                == ["PromQL warning: quantile value should be between 0 and 1, got 2 (2:12)"])
        #expect(
            try remarks("sum((rate((m[5m]))))", "m 1 2 3") == [
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" "
                    + "(1:12)"
            ])
        #expect(
            try remarks("m + ignoring() h", "m 1", "h {{count:1}}") == [
                "PromQL info: incompatible sample types encountered for binary operator \"+\": float + histogram (1:1)"
            ])
    }

    /// However many series are concerned, a remark stands once; buckets that had to be changed are counted.
    @Test func once() throws {
        let series = (0..<50).map { "m{i='\($0)'} {{count:1}}" }
        var source = MemorySeries()
        for one in series { source.load(try SeriesDescription(Array(one.utf8)), step: 60_000) }
        let answer = try Asking(source).answer("max(m) or min(m)", .instant(0))
        #expect(
            answer.infos == [
                "PromQL info: ignored histogram in max aggregation (1:5)",
                "PromQL info: ignored histogram in min aggregation (1:15)",
            ])
        let buckets = try Asking("b{le='1'} 5 5", "b{le='2'} 4 3", "b{le='+Inf'} 9 9")
        let range = try buckets.answer("histogram_quantile(0.5, b)", .range(from: 0, through: 60_000, step: 60_000))
        #expect(range.infos.count == 1)
        #expect(
            range.infos.first?.hasSuffix(
                ", from buckets 2 to 2, with a max diff of 2, over 2 samples from 1970-01-01T00:00:00Z to "
                    + "1970-01-01T00:01:00Z (1:25)") == true)
    }

    /// Names go with the function that makes them wrong, unless the question says otherwise.
    @Test func names() throws {
        let asking = try Asking("a_total 0+1x9", "b_total 0+1x9")
        #expect(
            asking.lines("rate({__name__=~'._total'}[5m])", at: 9)
                == ["vector cannot contain metrics with the same labelset"])
        #expect(asking.lines("sum by (__name__) ({__name__=~'._total'})", at: 9) == ["a_total 9.0", "b_total 9.0"])
        #expect(asking.lines("a_total * 2", at: 9) == ["{} 18.0"])
        #expect(asking.lines("a_total > 1", at: 9) == ["a_total 9.0"])
        #expect(asking.lines("label_replace(deriv(a_total[5m]), 'n', '$1', '__name__', '(.*)')", at: 9).count == 1)
        var question = PromQLQuestion(
            try PromQLExpression(Array("label_replace(deriv(a_total[5m]), 'n', '$1', '__name__', '(.*)')".utf8)),
            at: .instant(540_000))
        question.delaysNameRemoval = true
        (question.lookback, question.defaultStep) = (60_000, 60_000)
        let answer = try PromQLEvaluator.answer(question, over: asking.source)
        guard case .vector(let samples) = answer.value else {
            Issue.record("a vector")
            return
        }
        #expect(samples.map { "\($0.labels)" } == ["{n=\"a_total\"}"])
        #expect(samples.map(\.time) == [540_000])
    }

    @Test func features() throws {
        let asking = try Asking("m 1")
        #expect(asking.lines("info(m)", at: 0) == ["function info is not supported"])
        #expect(asking.lines("m[step()]", at: 0) == ["duration must be greater than 0"])
    }

    @Test func writtenErrors() {
        #expect(
            "\(EvaluationError.tooManySamples)"
                == "query processing would load too many samples into memory in query execution")
        #expect("\(EvaluationError.timedOut)" == "query timed out in expression evaluation")
        #expect("\(EvaluationError.cancelled)" == "query was canceled in expression evaluation")
        #expect(
            "\(EvaluationError.outOfMemory)"
                == "query processing would take more memory than there is; ask for fewer series, or for less time")
    }
}
