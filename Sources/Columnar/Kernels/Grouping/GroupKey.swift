/// A column of keys, as whoever groups by it has it.
package enum GroupKey: Sendable {
    /// A value for each row.
    case column(Vector)
    /// Runs of equal values that are stored as integers, as the days and hours of sorted times come.
    case runs(RunColumn)

    /// How many rows.
    var rowCount: Int {
        switch self {
        case .column(let vector): vector.count
        case .runs(let runs): runs.rowCount
        }
    }
}

/// Values that stay the same for stretches of rows: one for each stretch. None is null.
package struct RunColumn: Sendable {
    /// Of each run; those of neighbours differ.
    package private(set) var values: [Int64] = []
    /// Behind the last row of each run.
    package private(set) var ends: [Int] = []

    /// No rows.
    init() {}

    /// How many rows.
    package var rowCount: Int { ends.last ?? 0 }

    /// Bytes held, roughly.
    package var memoryBytes: Int { 160 + (values.capacity + ends.capacity) * 8 }

    /// Goes on with a value up to a row.
    mutating func append(_ value: Int64, upTo end: Int) {
        assert(end > rowCount, "a run has rows")
        if value == values.last {
            ends[ends.count - 1] = end
        } else {
            values.append(value)
            ends.append(end)
        }
    }

    /// The rows of a run.
    func rows(_ run: Int) -> Range<Int> { (run == 0 ? 0 : ends[run - 1])..<ends[run] }

    /// The same for the rows that stay; nil where runs are then too short to serve.
    /// - Precondition: each is a row.
    /// - Complexity: O(runs · log(rows that stay)), or O(runs of both).
    package func gather(_ rows: KeptRows) -> RunColumn? {
        var kept = RunColumn()
        let counts = rows.counts(before: ends)
        for run in values.indices where counts[run] > kept.rowCount { kept.append(values[run], upTo: counts[run]) }
        assert(kept.rowCount == rows.count, "runs make up the rows that stay")
        return kept.values.count <= GroupAssignment.runsMax(rows: kept.rowCount) ? kept : nil
    }
}

extension Span<Int64> {
    /// As ``buckets(_:)``, the beginnings as runs; nil also where these would be too short to serve.
    /// - Complexity: O(values), and a call for each stretch of values of one bucket.
    package func bucketRuns(_ bucket: (Int64) throws -> (start: Int64, end: Int64)?) rethrows -> RunColumn? {
        var runs = RunColumn()
        var stretches = 0
        let most = GroupAssignment.runsMax(rows: count)
        var row = 0
        while row < count {
            stretches += 1
            let value = self[row]
            guard stretches <= most, let (start, end) = try bucket(value) else { return nil }
            row = endOfBucket(from: row, start: start, end: end)
            runs.append(start, upTo: row)
        }
        return runs
    }
}
