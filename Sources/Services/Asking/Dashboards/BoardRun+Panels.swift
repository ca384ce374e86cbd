import Bytes
import Dashboarding
import JSONTexts
import Plans
import PromQLEvaluation
import PromQLText

/// The lines of panels.
extension BoardRun {
    /// Of a question so many series are sent.
    private static let seriesMax = 500

    /// What a panel's questions say.
    func line(of place: PanelPlace, _ questions: [PanelQuestion]) throws -> [UInt8] {
        let panel = place.panel
        return try BoardLines.line("panel") { json in
            place.write(to: &json)
            json.key("targets")
            json.beginArray()
            var (tabled, time): ([PanelTable.Answer], Int64) = ([], request.times.to)
            // The numbers are copied, and booked with the answers that they were in.
            var bookings: [MemoryBooking?] = []
            defer { withExtendedLifetime(bookings) {} }
            for question in questions {
                let outcome = try outcome(of: question)
                try write(question, outcome, to: &json)
                guard panel.isTable, question.target.isInstant, case .success(let answer) = outcome else { continue }
                time = question.timing.to
                bookings.append(answer.booking)
                let values = Self.numbers(answer)
                tabled.append(PanelTable.Answer(refID: question.target.refID, values: values))
            }
            json.endArray()
            if !tabled.isEmpty {
                let table = PanelTable(tabled, at: time, panel.transformations)
                json.key("table")
                try table.write(to: &json, look: options.check)
            }
        }
    }

    private func outcome(of question: PanelQuestion) throws(SeriesRefusal) -> Result<SeriesAnswer, BoardRefusal> {
        switch question.key {
        case .success(let key): try answer(key)
        case .failure(let refusal): .failure(refusal)
        }
    }

    private func write(
        _ question: PanelQuestion, _ outcome: Result<SeriesAnswer, BoardRefusal>, to json: inout JSONWriter
    ) throws {
        json.beginObject()
        json.member("refId", question.target.refID)
        var asked = Array(question.target.expression.utf8)
        if case .success(let key) = question.key { asked = key.text }
        json.key("asked")
        json.value(utf8: asked[...])
        switch outcome {
        case .failure(let refusal):
            json.key("error")
            BoardLines.write(refusal, to: &json)
        case .success(let answer):
            try write(answer, question, asked, to: &json)
            for (name, lines) in [("warnings", answer.warnings), ("infos", answer.infos)] where !lines.isEmpty {
                json.key(name)
                json.array(lines) { $1.value($0) }
            }
        }
        json.endObject()
    }

    private func write(
        _ answer: SeriesAnswer, _ question: PanelQuestion, _ asked: [UInt8], to json: inout JSONWriter
    ) throws {
        let (timing, banded) = (question.timing, Self.banded(answer, question))
        var booking: MemoryBooking?
        defer { withExtendedLifetime(booking) {} }
        if let banded, let pool = options.memoryPool {
            let held = MemoryBooking(in: pool)
            guard held.change(to: HeatBuckets.bytesMost(banded, timing)) else {
                json.key("error")
                BoardLines.write(Self.full, to: &json)
                return
            }
            booking = held
        }
        if question.target.isInstant {
            json.member("time", timing.to)
        } else {
            json.member("start", timing.start)
            json.member("step", timing.step)
            json.member("count", timing.pointCount)
        }
        if let banded { try write(HeatBuckets(banded, timing, look: options.check), to: &json) }
        json.key("series")
        json.beginArray()
        var (shown, histograms) = (0, 0)
        func begin(_ labels: LabelSet) {
            json.beginObject()
            json.key("name")
            json.value(utf8: question.target.legend.name(labels, expression: asked)[...])
            json.key("labels")
            json.value(labels.labels)
        }
        if case .matrix(let all) = answer.value, !question.target.isInstant {
            let series = banded == nil ? all : all.filter(\.samples.histograms.isEmpty)
            for one in series.prefix(Self.seriesMax) {
                try options.check()
                begin(one.labels)
                json.key("values")
                if !write(one.samples, timing, to: &json) { histograms += 1 }
                json.endObject()
            }
            shown = series.count
        } else {
            let numbers = Self.numbers(answer)
            for (labels, value) in numbers.prefix(Self.seriesMax) {
                begin(labels)
                json.key("value")
                json.value(value)
                json.endObject()
            }
            shown = numbers.count
            if case .vector(let samples) = answer.value { histograms = samples.count - numbers.count }
        }
        json.endArray()
        if shown > Self.seriesMax { json.member("leftOut", shown - Self.seriesMax) }
        // Distributions have no one number.
        if histograms > 0 { json.member("histograms", histograms) }
    }

    /// Series of distributions that are shown by their buckets; nil: there are none.
    private static func banded(_ answer: SeriesAnswer, _ question: PanelQuestion) -> [Series]? {
        guard question.isBanded, !question.target.isInstant, case .matrix(let series) = answer.value else {
            return nil
        }
        let found = series.filter { !$0.samples.histograms.isEmpty }
        return found.isEmpty ? nil : found
    }

    private func write(_ buckets: HeatBuckets, to json: inout JSONWriter) throws {
        json.key("buckets")
        json.beginArray()
        for row in buckets.rows {
            try options.check()
            json.object { json in
                json.member("lower", row.lower)
                json.member("upper", row.upper)
                json.key("values")
                json.array(row.counts) { count, json in
                    if let count, !count.isNaN { json.value(count) } else { json.null() }
                }
            }
        }
        json.endArray()
        if buckets.leftOutCount > 0 { json.member("bucketsLeftOut", buckets.leftOutCount) }
    }

    /// What an answer says at one time, as numbers.
    private static func numbers(_ answer: SeriesAnswer) -> [(labels: LabelSet, value: Double)] {
        switch answer.value {
        case .scalar(_, let value): [(LabelSet([]), value)]
        case .vector(let samples):
            samples.compactMap { sample in
                if case .float(let value) = sample.value { (sample.labels, value) } else { nil }
            }
        case .string, .matrix: []
        }
    }

    /// A value for each step, `null` where there is none or it is no number.
    /// - Returns: whether all of them are numbers.
    private func write(_ samples: SampleRun, _ timing: PanelTiming, to json: inout JSONWriter) -> Bool {
        json.beginArray()
        var (next, isPlain) = (timing.start, true)
        for (place, time) in samples.times.enumerated() {
            json.nulls(Int((time - next) / timing.step))
            next = time + timing.step
            if case .float(let value) = samples[place] {
                if value.isNaN { json.null() } else { json.value(value) }
            } else {
                isPlain = false
                json.null()
            }
        }
        if next <= timing.end { json.nulls(Int((timing.end - next) / timing.step) + 1) }
        json.endArray()
        return isPlain
    }
}
