import Bytes
import PromQLText

// The order of series, which only a question that is asked once shows.
extension Evaluation {
    func sorted(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        var matrix = try vector(node.arguments[0], timeline)
        let name = node.function.name
        if !timeline.isInstant {
            remarks.add(.sortWithoutEffect, at: node.place)
        }
        if name.hasPrefix("sort_by_label") {
            let labels = node.arguments.dropFirst().map(\.text)
            let isDescending = name == "sort_by_label_desc"
            matrix.series.sort { isDescending ? Self.precedes($1, $0, labels) : Self.precedes($0, $1, labels) }
            return matrix
        }
        matrix.series = matrix.series.compactMap { one in
            if one.histograms.isEmpty { return one }
            var floats = one
            floats.histograms = []
            return floats.isEmpty ? nil : floats
        }
        guard timeline.isInstant else { return matrix }
        let isDescending = name == "sort_desc"
        let order = matrix.series.enumerated().sorted { left, right in
            let (one, other) = (left.element.float(0), right.element.float(0))
            if one.isNaN || other.isNaN {
                return one.isNaN == other.isNaN ? left.offset < right.offset : other.isNaN
            }
            if one == other { return left.offset < right.offset }
            return isDescending ? one > other : one < other
        }
        matrix.series = order.map(\.element)
        return matrix
    }

    private static func precedes(_ left: StepSeries, _ right: StepSeries, _ labels: [ByteText]) -> Bool {
        for label in labels {
            let (one, other) = (left.labels[label], right.labels[label])
            if one == other { continue }
            return NaturalOrder.precedes(one.bytes, other.bytes)
        }
        return left.labels < right.labels
    }
}

/// The order in which people number things: digits in a row count as a number.
enum NaturalOrder {
    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var (one, other) = (left[...], right[...])
        while let first = one.first, let second = other.first {
            let (numbers, others) = (one.prefix(while: isDigit), other.prefix(while: isDigit))
            if !numbers.isEmpty, !others.isEmpty {
                let (number, another) = (significant(numbers), significant(others))
                if number.count != another.count { return number.count < another.count }
                if !number.elementsEqual(another) { return number.lexicographicallyPrecedes(another) }
                if numbers.count != others.count { return numbers.count < others.count }
                one = one.dropFirst(numbers.count)
                other = other.dropFirst(others.count)
                continue
            }
            if first != second { return first < second }
            one = one.dropFirst()
            other = other.dropFirst()
        }
        return one.isEmpty && !other.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func significant(_ digits: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        digits.drop { $0 == UInt8(ascii: "0") }
    }
}
