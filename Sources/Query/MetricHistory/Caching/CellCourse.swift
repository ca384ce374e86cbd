import Synchronization

/// When a counter changes, and what it says from there on; before that it is zero.
struct CellCourse: Sendable {
    /// ms since 1970, ascending.
    private(set) var changes: [Int64] = []
    private(set) var values: [Double] = []

    /// - Parameter count: how many changes there may be.
    init(upTo count: Int) {
        changes.reserveCapacity(count)
        values.reserveCapacity(count)
    }

    /// Takes a change behind all others.
    mutating func say(_ value: Double, at point: Int64) {
        changes.append(point * StoreSeries.stepMilliseconds)
        values.append(value)
    }

    /// Roughly.
    var memoryBytes: Int { 64 + changes.count * 16 }
}

/// The courses of all series of a metric's label sets over the pieces of one index, as far as somebody asked for them.
final class KeptCourses: Sendable {
    private let known = Mutex<[Exposition.OutputsKey: [[CellCourse]?]]>([:])
    private static let exposuresMax = 4

    /// By number of the label set, maybe of fewer sets than there are; of each in the order of its series.
    func of(_ key: Exposition.OutputsKey) -> [[CellCourse]?] { known.withLock { $0[key] ?? [] } }

    /// Keeps more of them, of some exposures only.
    func keep(_ courses: [[CellCourse]?], as key: Exposition.OutputsKey) {
        known.withLock { known in
            if known[key] == nil, known.count >= Self.exposuresMax { known = [:] }
            var all = courses
            // Somebody else may have made others meanwhile.
            for (set, own) in (known[key] ?? []).enumerated() where set < all.count && all[set] == nil {
                all[set] = own
            }
            known[key] = all
        }
    }
}
