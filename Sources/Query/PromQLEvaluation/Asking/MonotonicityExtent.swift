import Bytes
import Foundation
import PromQLText

/// How much had to be changed so that buckets count up: which buckets, by how much, how often, when.
struct MonotonicityExtent {
    private var times: ClosedRange<Int64>
    private var lowest: Double
    private var highest: Double
    private var differenceMax: Double
    private var count = 1

    init(at time: Int64, buckets: (lowest: Double, highest: Double), differenceMax: Double) {
        times = time...time
        (lowest, highest) = buckets
        self.differenceMax = differenceMax
    }

    mutating func extend(by other: MonotonicityExtent) {
        times = min(times.lowerBound, other.times.lowerBound)...max(times.upperBound, other.times.upperBound)
        lowest = min(lowest, other.lowest)
        highest = max(highest, other.highest)
        differenceMax = max(differenceMax, other.differenceMax)
        count += other.count
    }

    var text: String {
        ", from buckets \(WrittenNumber.general(lowest)) to \(WrittenNumber.general(highest)), with a max diff of "
            + String(format: "%.2g", differenceMax)
            + ", over \(count) samples from \(Self.written(times.lowerBound)) to \(Self.written(times.upperBound))"
    }

    private static func written(_ time: Int64) -> String {
        let time = CivilTime(seconds: time / 1000)
        let date = time.date
        func digits(_ value: Int64, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T"
            + digits(time.hour, 2) + ":" + digits(time.minute, 2) + ":" + digits(time.second, 2) + "Z"
    }
}
