/// A fold that knows how to join two of its kind, so that ranges which overlap much need not be gone through each
/// time: two stacks, one of which holds folds of all that is above it.
struct SlidingFunction<Fold: JoinableFold>: FloatRangeFunction {
    let result: (Fold) -> Double
    /// The folds from each sample up to the turning point, the last sample first.
    private var older: [Fold] = []
    private var newer: Fold?
    /// The samples of the older ones begin here, those of the newer ones end there.
    private var first = 0
    private var turn = 0
    private var end = 0

    init(_ type: Fold.Type, _ result: @escaping (Fold) -> Double) { self.result = result }

    mutating func begin(_ samples: RangeSamples) {
        older.removeAll(keepingCapacity: true)
        newer = nil
        (first, turn, end) = (0, 0, 0)
    }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        let range = window.range
        while end < range.upperBound {
            var fold = newer ?? Fold()
            fold.add(samples.floats[end])
            newer = fold
            end += 1
        }
        if range.lowerBound >= turn, range.lowerBound > first { turnOver(samples, range) }
        while first < range.lowerBound {
            older.removeLast()
            first += 1
        }
        switch (older.last, newer) {
        case (let old?, let new?): return result(old.joined(with: new))
        case (let fold?, nil), (nil, let fold?): return result(fold)
        case (nil, nil): return nil
        }
    }

    /// All samples of the range become the older ones.
    private mutating func turnOver(_ samples: RangeSamples, _ range: Range<Int>) {
        older.removeAll(keepingCapacity: true)
        var fold: Fold?
        for index in range.reversed() {
            var one = Fold()
            one.add(samples.floats[index])
            fold = fold.map { one.joined(with: $0) } ?? one
            if let fold { older.append(fold) }
        }
        newer = nil
        (first, turn, end) = (range.lowerBound, range.upperBound, range.upperBound)
    }
}

/// A fold of the samples of two stretches, one behind the other, from the folds of each.
protocol JoinableFold: FloatFold {
    func joined(with other: Self) -> Self
}

extension CompensatedSum: JoinableFold {
    func joined(with other: CompensatedSum) -> CompensatedSum {
        var result = self
        result.add(other.sum)
        if !result.sum.isInfinite { result.compensation += other.compensation }
        return result
    }
}

extension Least: JoinableFold {
    func joined(with other: Least) -> Least {
        var result = self
        result.add(other.value)
        return result
    }
}

extension Greatest: JoinableFold {
    func joined(with other: Greatest) -> Greatest {
        var result = self
        result.add(other.value)
        return result
    }
}

/// The mean of a stretch by its sum, as long as that is finite.
struct JoinableMean: JoinableFold {
    private var count = 0.0
    private var sum = CompensatedSum()

    mutating func add(_ value: Double) {
        count += 1
        sum.add(value)
    }

    func joined(with other: JoinableMean) -> JoinableMean {
        var result = self
        result.count += other.count
        result.sum = sum.joined(with: other.sum)
        return result
    }

    /// Not finite where the sum overflows, which the values need not do.
    var value: Double { sum.sum / count + sum.compensation / count }
}

/// The variance of a stretch, as Chan's.
struct JoinableSpread: JoinableFold {
    private var count = 0.0
    private var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let difference = value - mean
        mean += difference / count
        squares += difference * (value - mean)
    }

    func joined(with other: JoinableSpread) -> JoinableSpread {
        var result = self
        result.count = count + other.count
        let difference = other.mean - mean
        result.mean = mean + difference * (other.count / result.count)
        result.squares = squares + other.squares + difference * difference * (count * other.count / result.count)
        return result
    }

    var variance: Double { squares / count }
}

/// `avg_over_time` over ranges that overlap much.
struct SlidingMeanFunction: FloatRangeFunction {
    private var sliding = SlidingFunction(JoinableMean.self) { $0.value }
    private var whole = FoldFunction(CompensatedMean.self) { $0.value }

    mutating func begin(_ samples: RangeSamples) { sliding.begin(samples) }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        guard let value = sliding.value(samples, window) else { return nil }
        return value.isFinite ? value : whole.value(samples, window)
    }
}
