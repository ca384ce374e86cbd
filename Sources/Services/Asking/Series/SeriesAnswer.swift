import Bytes
package import Plans
import PromQLEvaluation
import PromQLText

/// What an expression says, what people should know of it, and what it took.
package struct SeriesAnswer: Sendable {
    /// What was asked for.
    private(set) var value: PromQLAnswer.Value
    /// What may be wrong, each with its place.
    package var warnings: [String]
    /// What is worth a look, likewise.
    package var infos: [String]
    /// What it takes of the memory that answers share, as long as it is held.
    package var booking: MemoryBooking?
    /// When it was asked for, or from when on: ms since 1970.
    let time: Int64
    /// Samples that the source gave.
    var samplesRead = 0
    /// The most samples that were held at a time.
    let samplesMost: Int
    /// ns until the expression was read.
    var preparationNanoseconds: Int64 = 0
    /// ns from then on.
    var evaluationNanoseconds: Int64 = 0

    init(_ answer: PromQLAnswer, at times: PromQLQuestion.Times) {
        (value, warnings, infos) = (answer.value, answer.warnings, answer.infos)
        samplesMost = answer.samplesMost
        switch times {
        case .instant(let time), .range(let time, _, _): self.time = time
        }
    }

    /// Shows the first series alone, and says so.
    mutating func show(atMost count: Int) {
        switch value {
        case .vector(let samples) where samples.count > count: value = .vector(Array(samples.prefix(count)))
        case .matrix(let series) where series.count > count: value = .matrix(Array(series.prefix(count)))
        default: return
        }
        warnings.append(Self.truncated)
    }

    /// What is said where not everything is shown.
    package static let truncated = "results truncated due to limit"

    /// About how many bytes of memory it takes.
    /// - Complexity: O(series and histograms).
    package var heldBytes: Int {
        switch value {
        case .scalar: 64
        case .string(let text): 64 + text.bytes.count
        case .vector(let samples):
            samples.reduce(64) { sum, sample in
                var bytes = sum + sample.labels.heldBytes + 256
                if case .histogram(let histogram) = sample.value { bytes += histogram.heldBytes }
                return bytes
            }
        case .matrix(let series):
            series.reduce(64) { $0 + $1.heldBytes }
        }
    }
}
