import Bytes
import Columnar

/// The least and the greatest value of a column's chunk, as Parquet's statistics write them: as in a page.
///
/// They are values that occur, never bounds, since many readers take them for such: of texts longer than
/// ``textBytesMax`` nothing is said.
struct ValueRange: Sendable {
    static let textBytesMax = 64

    private enum Values: Sendable {
        case none
        case integers(ClosedRange<Int64>)
        case wides(ClosedRange<Int128>)
        case doubles(ClosedRange<Double>)
        case booleans(least: Bool, greatest: Bool)
        case texts(least: [UInt8], greatest: [UInt8])
        /// Nothing can be said, of a NaN or a long text.
        case unknown
    }

    private var values = Values.none

    mutating func add(_ more: [Int64]) {
        guard let least = more.min(), let greatest = more.max() else { return }
        if case .integers(let range) = values {
            values = .integers(min(range.lowerBound, least)...max(range.upperBound, greatest))
        } else {
            values = .integers(least...greatest)
        }
    }

    mutating func add(_ more: [Int128]) {
        guard let least = more.min(), let greatest = more.max() else { return }
        if case .wides(let range) = values {
            values = .wides(min(range.lowerBound, least)...max(range.upperBound, greatest))
        } else {
            values = .wides(least...greatest)
        }
    }

    mutating func add(_ more: [Double]) {
        if more.contains(where: \.isNaN) { values = .unknown }
        if case .unknown = values { return }
        guard let least = more.min(), let greatest = more.max() else { return }
        if case .doubles(let range) = values {
            values = .doubles(min(range.lowerBound, least)...max(range.upperBound, greatest))
        } else {
            values = .doubles(least...greatest)
        }
    }

    mutating func add(_ more: [Bool]) {
        guard !more.isEmpty else { return }
        let (hasFalse, hasTrue) = (more.contains(false), more.contains(true))
        if case .booleans(let least, let greatest) = values {
            values = .booleans(least: least && !hasFalse, greatest: greatest || hasTrue)
        } else {
            values = .booleans(least: !hasFalse, greatest: hasTrue)
        }
    }

    mutating func add(text: ArraySlice<UInt8>) {
        switch values {
        case .unknown: return
        case .texts(let least, let greatest):
            if text.lexicographicallyPrecedes(least) {
                values = .texts(least: Array(text), greatest: greatest)
            } else if greatest.lexicographicallyPrecedes(text) {
                values = .texts(least: least, greatest: Array(text))
            }
        default: values = .texts(least: Array(text), greatest: Array(text))
        }
    }

    /// The least and the greatest; nil where there is none, or nothing is said.
    func encoded(as form: ParquetColumn.Form) -> (least: [UInt8], greatest: [UInt8])? {
        switch values {
        case .none, .unknown: return nil
        case .integers(let range):
            let count = form == .int32 ? 4 : 8
            return (Self.bytes(range.lowerBound, count), Self.bytes(range.upperBound, count))
        case .wides(let range): return (Self.bytes(range.lowerBound), Self.bytes(range.upperBound))
        case .doubles(let range):
            // Which zero occurs nobody has looked at: the range holds both.
            let least = range.lowerBound == 0 ? -0.0 : range.lowerBound
            let greatest = range.upperBound == 0 ? 0.0 : range.upperBound
            return (Self.bytes(least), Self.bytes(greatest))
        case .booleans(let least, let greatest): return ([least ? 1 : 0], [greatest ? 1 : 0])
        case .texts(let least, let greatest):
            return max(least.count, greatest.count) > Self.textBytesMax ? nil : (least, greatest)
        }
    }

    private static func bytes(_ value: Int64, _ count: Int) -> [UInt8] {
        var sink = ByteSink()
        sink.append(word: UInt64(bitPattern: value), count: count)
        return sink.bytes
    }

    private static func bytes(_ value: Int128) -> [UInt8] {
        var sink = ByteSink()
        PlainValues.append(value, to: &sink)
        return sink.bytes
    }

    private static func bytes(_ value: Double) -> [UInt8] {
        var sink = ByteSink()
        sink.append(value)
        return sink.bytes
    }
}
