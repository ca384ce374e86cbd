/// A sum that carries what its additions round off, as Neumaier's does.
struct CompensatedSum {
    var sum = 0.0
    var compensation = 0.0

    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else {
            compensation += Self.lost(sum, value, total)
        }
        sum = total
    }

    var value: Double { sum.isInfinite ? sum : sum + compensation }

    /// What an addition rounds off.
    static func lost(_ left: Double, _ right: Double, _ total: Double) -> Double {
        left.magnitude >= right.magnitude ? (left - total) + right : (right - total) + left
    }
}

/// A mean: the sum over the count as long as the sum does not overflow, step by step from then on.
struct CompensatedMean {
    private(set) var count = 0.0
    private var sum = CompensatedSum()
    private var isIncremental = false

    mutating func add(_ value: Double) {
        count += 1
        if count == 1 {
            sum.sum = value
            return
        }
        if !isIncremental {
            var next = sum
            next.add(value)
            if !next.sum.isInfinite {
                sum = next
                return
            }
            isIncremental = true
            sum.sum /= count - 1
            sum.compensation /= count - 1
        }
        let weight = (count - 1) / count
        sum.sum *= weight
        sum.compensation *= weight
        sum.add(value / count)
    }

    var value: Double {
        isIncremental ? sum.sum + sum.compensation : sum.sum / count + sum.compensation / count
    }
}

/// Variance, value by value, as Welford's.
struct Spread {
    private(set) var count = 0.0
    private var mean = CompensatedSum()
    private var squares = CompensatedSum()

    mutating func add(_ value: Double) {
        count += 1
        let difference = value - (mean.sum + mean.compensation)
        mean.add(difference / count)
        squares.add(difference * (value - (mean.sum + mean.compensation)))
    }

    var variance: Double { (squares.sum + squares.compensation) / count }
}
