import Bytes
import PromQLText

// Aggregations that choose among the series of a group.
extension Evaluation {
    /// `topk`, `bottomk`, `limitk`.
    func choose(
        _ matrix: StepMatrix, _ node: Aggregation, _ counts: [Double], _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        guard try mayChoose(counts) else {
            matrix.done(ledger)
            return StepMatrix()
        }
        let isLimit = node.operation == .limitk
        if !isLimit, matrix.series.contains(where: { one in one.histograms.contains { $0 != nil } }) {
            remarks.add(.ignoredInAggregation(node.operation.rawValue), at: node.place)
        }
        var chosen = [StepSeries](repeating: StepSeries(labels: .empty), count: matrix.series.count)
        for (index, one) in matrix.series.enumerated() {
            chosen[index] = StepSeries(labels: one.labels, dropsName: one.dropsName)
        }
        // The order that is shown: of the one step of a question that is asked once.
        var order: [Int] = []
        for members in AggregationGroups(matrix, node).members {
            for step in 0..<timeline.count where counts[step] >= 1 {
                let count = Int(min(counts[step], Double(members.count)))
                try ledger.spend(members.count)
                let best = isLimit
                    ? Array(members.filter { matrix.series[$0].has(step) }.prefix(count))
                    : ranked(matrix, members, step, count, isDescending: node.operation == .topk)
                for index in best {
                    if let value = matrix.series[index][step] { chosen[index].append(value, at: step) }
                }
                order += best
            }
        }
        let shown = timeline.isInstant ? order : Array(chosen.indices)
        let result = try StepMatrix(shown.map { chosen[$0] }.filter { !$0.floats.isEmpty }, ledger)
        matrix.done(ledger)
        return result
    }

    private func mayChoose(_ counts: [Double]) throws(EvaluationError) -> Bool {
        // What is no number is neither less nor more.
        var (least, greatest) = (Double.infinity, -Double.infinity)
        for count in counts { (least, greatest) = (min(count, least), max(count, greatest)) }
        if counts.contains(where: \.isNaN) { throw .refused("Parameter value is NaN") }
        if greatest < 1 { return false }
        if least <= -0x1p63 { throw .refused("Scalar value \(WrittenNumber.general(least)) underflows int64") }
        if greatest >= 0x1p63 { throw .refused("Scalar value \(WrittenNumber.general(greatest)) overflows int64") }
        return true
    }

    /// The first of a group's floats by value, of equal ones the first met; what is no number stands last.
    private func ranked(
        _ matrix: StepMatrix, _ members: [Int], _ step: Int, _ count: Int, isDescending: Bool
    ) -> [Int] {
        var candidates: [(value: Double, index: Int)] = []
        for index in members {
            let value = matrix.series[index].float(step)
            if !value.isNothing { candidates.append((value, index)) }
        }
        candidates.sort { left, right in
            if left.value.isNaN || right.value.isNaN {
                return left.value.isNaN == right.value.isNaN ? left.index < right.index : right.value.isNaN
            }
            if left.value == right.value { return left.index < right.index }
            return isDescending ? left.value > right.value : left.value < right.value
        }
        return candidates.prefix(count).map(\.index)
    }

    /// `limit_ratio`: the share of series whose labels' hash says so, the same ones every time; a negative share are
    /// those that the rest would leave.
    func chooseShare(
        _ matrix: StepMatrix, _ node: Aggregation, _ ratios: [Double]
    ) throws(EvaluationError) -> StepMatrix {
        if ratios.contains(where: \.isNaN) { throw .refused("Ratio value is NaN") }
        let place = node.parameter?.inner.place ?? node.place
        if let most = ratios.max(), most > 1 {
            remarks.add(.invalidRatio(WrittenNumber.general(most), cappedTo: "1"), at: place)
        }
        if let least = ratios.min(), least < -1 {
            remarks.add(.invalidRatio(WrittenNumber.general(least), cappedTo: "-1"), at: place)
        }
        var result = StepMatrix()
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            let share = LabelHash.share(of: one.labels)
            var chosen = StepSeries(labels: one.labels, dropsName: one.dropsName)
            for step in one.first..<one.end {
                let ratio = min(1, max(-1, ratios[step]))
                let isIn = ratio >= 0 ? share < ratio : share >= 1 + ratio
                if isIn, ratio != 0, let value = one[step] { chosen.append(value, at: step) }
            }
            if !chosen.floats.isEmpty { try result.append(chosen, ledger) }
        }
        matrix.done(ledger)
        return result
    }
}

/// Where a set of labels stands between 0 and 1, evenly spread and always the same.
private enum LabelHash {
    static func share(of labels: LabelSet) -> Double {
        // FNV-1a, mixed at the end.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for label in labels.labels {
            for byte in label.name.bytes { mix(byte) }
            mix(0xFF)
            for byte in label.value.bytes { mix(byte) }
            mix(0xFF)
        }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Double(hash >> 11) / 0x1p53
    }
}
