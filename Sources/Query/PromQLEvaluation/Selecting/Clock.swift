import PromQLText

/// When samples are taken from, at a step.
struct Clock {
    /// Where it stands; nil where it goes with the steps.
    let anchor: Int64?
    /// ms before it.
    let offset: Int64

    func time(at step: Int64) -> Int64 { (anchor ?? step).subtracting(offset) }
}

extension Evaluation {
    func clock(_ time: SelectedTime) throws(EvaluationError) -> Clock {
        let anchor: Int64? =
            switch time.anchor {
            case .timestamp(let timestamp)?: timestamp
            case .start?: timeline.start
            case .end?: end
            case nil: nil
            }
        return Clock(anchor: anchor, offset: try milliseconds(time.offset, mayBeNegative: true))
    }

    /// A duration in ms; what is less is none.
    func milliseconds(_ duration: DurationValue, mayBeNegative: Bool = false) throws(EvaluationError) -> Int64 {
        switch duration {
        case .constant(let nanoseconds): return nanoseconds / 1_000_000
        case .computed(let expression):
            let seconds = try DurationArithmetic(step: step, range: span).value(expression)
            guard seconds > 0 || mayBeNegative else { throw .refused("duration must be greater than 0") }
            guard seconds.magnitude <= 0x1p63 / 1e9 else { throw .refused("duration is out of range") }
            return Int64(seconds * 1000)
        }
    }
}
