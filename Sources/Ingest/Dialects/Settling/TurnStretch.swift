/// From the question of a turn to its answer: from the first start of the runs that it is made of to the last end. The
/// run that ended last says how it went, since one that failed before was tried again.
struct TurnInterval {
    private(set) var start: Int64
    private(set) var end: Int64
    /// Of the span that ended last.
    private(set) var last: Int
    /// nil where a time is in doubt.
    private(set) var durationNanoseconds: Int64?

    /// - Precondition: at least one span.
    init(of spans: [Int], _ tree: SpanTree) {
        let records = spans.map { tree.spans[$0].record }
        (start, end, last) = (records[0].start, records[0].end, spans[0])
        for (index, record) in zip(spans, records) {
            start = min(start, record.start)
            if record.end >= end { (end, last) = (record.end, index) }
        }
        if spans.count == 1 {
            durationNanoseconds = records[0].durationNanoseconds
        } else if records.allSatisfy({ $0.durationNanoseconds != nil }) {
            let (duration, isBeyond) = end.subtractingReportingOverflow(start)
            durationNanoseconds = isBeyond || duration >= SpanTimeDoubt.durationNanosecondsMax ? nil : duration
        }
    }

    /// A wait that one of its runs tells, from the start of all; nil where it is out of range.
    func waited(_ nanoseconds: Int64, from start: Int64) -> Int64? {
        let (before, isBeyond) = start.subtractingReportingOverflow(self.start)
        let (sum, isSumBeyond) = before.addingReportingOverflow(nanoseconds)
        return isBeyond || isSumBeyond || sum >= SpanTimeDoubt.durationNanosecondsMax ? nil : sum
    }
}
