internal import Synchronization

/// Where tables of a segment stand, by numbers that their names have for good: every question asks every segment for
/// dozens of them, most of which it has not got. Found out once for each. Safe from any thread.
final class NumberedTables: Sendable {
    private enum Place {
        case unknown, nowhere
        case at(Int)
    }

    private let places = Mutex<[Place]>([])

    /// The place of a number's table; nil where there is none.
    /// - Parameter find: finds it, for the first who asks.
    func place(of number: UInt16, find: () -> Int?) -> Int? {
        places.withLock { places in
            if number >= places.count {
                places += repeatElement(.unknown, count: Int(number) + 1 - places.count)
            }
            switch places[Int(number)] {
            case .at(let place): return place
            case .nowhere: return nil
            case .unknown:
                let found = find()
                places[Int(number)] = found.map { .at($0) } ?? .nowhere
                return found
            }
        }
    }
}
