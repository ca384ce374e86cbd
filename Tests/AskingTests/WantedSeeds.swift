import Foundation

/// How many histories are kept in every way: one for every two thousand of `PLIMSOLL_SEEDS` (`make oracles`).
enum WantedSeeds {
    static let histories =
        ProcessInfo.processInfo.environment["PLIMSOLL_SEEDS"].flatMap(Int.init).map { $0 / 2_000 + 1 } ?? 1
}
