import PromQLText

/// Which samples of a series lie in the range of one step.
struct RangeWindow {
    /// At least one.
    let range: Range<Int>
    /// ms; the range is open here.
    let start: Int64
    /// ms; the last time of the range.
    let end: Int64
    /// ms; that of the evaluation.
    let time: Int64
    let step: Int
    /// ms.
    let length: Int64
}

/// A function of the floats of a range.
protocol FloatRangeFunction {
    /// Looks at a series whose ranges follow.
    mutating func begin(_ samples: RangeSamples)
    /// Of a range with floats alone; nil for no value.
    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double?
}

extension FloatRangeFunction {
    mutating func begin(_ samples: RangeSamples) {}
}
