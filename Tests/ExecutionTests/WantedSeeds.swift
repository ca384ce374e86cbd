import Foundation

/// How many random plans are tried; `PLIMSOLL_SEEDS` (`make oracles`) asks for more.
enum WantedSeeds {
    static let plans = ProcessInfo.processInfo.environment["PLIMSOLL_SEEDS"].flatMap(Int.init) ?? 2_000
}
