/// Points of an hour and of the one behind it, of which all others of the time between are one: windows begin behind
/// the sample at which others end.
enum CoarsePoint {
    static let perHour: Int64 = 3_600_000 / StoreSeries.stepMilliseconds

    /// How far behind the full hour a point lies.
    private static func place(of point: Int64) -> Int64 {
        let rest = point % perHour
        return rest < 0 ? rest + perHour : rest
    }

    /// The coarse point that stands for a point, at or after it.
    static func containing(_ point: Int64) -> Int64 {
        let place = place(of: point)
        return place <= 1 ? point : point + perHour - place
    }

    /// The points that one stands for.
    static func points(of coarse: Int64) -> ClosedRange<Int64> {
        let isHour = place(of: coarse) == 0
        return isHour ? (coarse - perHour + 2)...coarse : coarse...coarse
    }

    /// Coarse points within which a wanted one lies before the last one, ascending: what they stand for has to be told
    /// apart.
    /// - Parameter range: what points there are.
    /// - Complexity: O(wanted points, or hours).
    static func splits(_ wanted: WantedPoints, within range: ClosedRange<Int64>) -> [Int64] {
        var (splits, wanted) = ([Int64](), wanted)
        var next = max(wanted.points.lower, range.lowerBound)
        let last = containing(range.upperBound)
        while next <= last, let point = wanted.wanted(from: next), point <= last {
            let coarse = containing(point)
            if point < coarse {
                splits.append(coarse)
                next = coarse
            } else {
                next = point + 1
            }
        }
        return splits
    }
}
