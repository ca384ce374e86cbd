import Bytes
import Dashboarding
import JSONTexts
import Plans
import PromQLEvaluation
import PromQLText

/// The lines of what is marked in all charts.
extension BoardRun {
    /// A question has no more steps.
    private static let stepsMax: Int64 = 10_000
    /// A longer range has longer steps.
    private static let partsMax: Int64 = 12

    /// The bands of an annotation.
    func line(of annotation: BoardAnnotation) throws -> [UInt8] {
        let (times, step) = (request.times, step(of: annotation))
        let timing = PanelTiming(from: times.from, to: times.to, points: 1000, least: 0)
        let found: Result<[Series], BoardRefusal>
        switch text(of: annotation.expression, timing) {
        case .success(let text): found = try series(text, step: step)
        case .failure(let refusal): found = .failure(refusal)
        }
        return try BoardLines.line("annotation") { json in
            json.member("name", annotation.name)
            json.member("step", step)
            switch found {
            case .failure(let refusal):
                json.key("error")
                BoardLines.write(refusal, to: &json)
            case .success(let series):
                let (bands, leftOutCount) = AnnotationBand.bands(series, step: step)
                json.key("bands")
                json.beginArray()
                for band in bands {
                    try options.check()
                    write(band, annotation, to: &json)
                }
                json.endArray()
                if leftOutCount > 0 { json.member("leftOut", leftOutCount) }
            }
        }
    }

    /// The line in place of bands.
    func refused(_ annotation: BoardAnnotation, _ refusal: BoardRefusal) -> [UInt8] {
        BoardLines.line("annotation") { json in
            json.member("name", annotation.name)
            json.member("step", step(of: annotation))
            json.key("error")
            BoardLines.write(refusal, to: &json)
        }
    }

    private func write(_ band: AnnotationBand, _ annotation: BoardAnnotation, to json: inout JSONWriter) {
        json.object { json in
            json.member("from", band.from)
            json.member("to", band.to)
            json.key("title")
            json.value(utf8: annotation.title.name(band.labels, expression: Array(annotation.name.utf8))[...])
            if !annotation.text.isEmpty {
                json.key("text")
                json.value(utf8: annotation.text.name(band.labels, expression: [])[...])
            }
            let tags = annotation.tagKeys.map { band.labels[ByteText($0.utf8)] }.filter { !$0.isEmpty }
            if !tags.isEmpty {
                json.key("tags")
                json.array(tags) { $1.value(utf8: $0.bytes[...]) }
            }
        }
    }

    private func step(of annotation: BoardAnnotation) -> Int64 {
        let length = request.times.to - request.times.from
        let most = Self.stepsMax * Self.partsMax
        return annotation.step.saturatingMultiply(by: max(1, length / annotation.step / most + 1))
    }

    /// The series of the whole range, asked part by part.
    private func series(_ text: [UInt8], step: Int64) throws(SeriesRefusal) -> Result<[Series], BoardRefusal> {
        var start = floorDivide(request.times.from + step - 1, step).saturatingMultiply(by: step)
        let end = floorDivide(request.times.to, step).saturatingMultiply(by: step)
        var (places, samples): ([LabelSet: Int], [(labels: LabelSet, run: SampleRun)]) = ([:], [])
        // The samples are copied, and booked with the answers that they were in.
        var bookings: [MemoryBooking?] = []
        defer { withExtendedLifetime(bookings) {} }
        while start <= end {
            let through = min(end, start + step * (Self.stepsMax - 1))
            switch try answer(Key(text: text, from: start, through: through, step: step)) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let answer):
                bookings.append(answer.booking)
                guard case .matrix(let series) = answer.value else { break }
                for one in series {
                    let place = places[one.labels] ?? samples.count
                    if place == samples.count { samples.append((one.labels, SampleRun())) }
                    places[one.labels] = place
                    for (index, time) in one.samples.times.enumerated() {
                        samples[place].run.append(time, one.samples[index])
                    }
                }
            }
            start = through + step
        }
        return .success(samples.map { Series(labels: $0.labels, samples: $0.run) })
    }
}
