import Foundation

/// How many random requests of each report are tried: one for every fifty of `PLIMSOLL_SEEDS` (`make oracles`).
enum WantedSeeds {
    static let requests =
        ProcessInfo.processInfo.environment["PLIMSOLL_SEEDS"].flatMap(Int.init).map { $0 / 50 + 1 } ?? 30
}
