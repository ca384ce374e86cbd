import Foundation
import PromQLText

extension BinaryOperator {
    /// Of two numbers; of a comparison, 1 where it holds and 0 where not.
    func value(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        case .atan2: Foundation.atan2(left, right)
        default: holds(left, right) ? 1 : 0
        }
    }

    /// Whether a comparison does.
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }

    /// Whether what it gives is another metric.
    var changesMetric: Bool { !isComparison && !isSet && !isTrim }
}

/// What comes of two samples.
enum SampleOutcome {
    /// A sample; of a comparison, the one that passes it.
    case sample(SampleValue)
    /// A comparison that does not hold.
    case failing(SampleValue)
    /// Nothing, since these two cannot be computed with each other.
    case none
}

extension Evaluation {
    /// One of two samples at least is a histogram.
    func outcome(
        _ operation: BinaryOperator, _ left: SampleValue, _ right: SampleValue, _ place: Place
    ) -> SampleOutcome {
        switch (left, right) {
        case (.float(let one), .float(let other)) where !operation.isTrim:
            if operation.isComparison { return operation.holds(one, other) ? .sample(left) : .failing(left) }
            return .sample(.float(operation.value(one, other)))
        case (.float(let factor), .histogram(let histogram)) where operation == .multiply:
            return .sample(.histogram(histogram.multiplied(by: factor).compacted))
        case (.histogram(let histogram), .float(let factor)) where operation == .multiply:
            return .sample(.histogram(histogram.multiplied(by: factor).compacted))
        case (.histogram(let histogram), .float(let divisor)) where operation == .divide:
            return .sample(.histogram(histogram.divided(by: divisor).compacted))
        case (.histogram(let histogram), .float(let cut)) where operation.isTrim:
            return .sample(.histogram(histogram.trimmed(at: cut, keepsLower: operation == .trimUpper)))
        case (.histogram(let one), .histogram(let other)) where operation == .add || operation == .subtract:
            return combined(one, other, operation, place)
        case (.histogram(let one), .histogram(let other)) where operation == .equal:
            return one.saysTheSame(as: other) ? .sample(left) : .failing(left)
        case (.histogram(let one), .histogram(let other)) where operation == .notEqual:
            return one.saysTheSame(as: other) ? .failing(left) : .sample(left)
        default:
            let words = RemarkWords.incompatibleSamples(
                operation: operation.rawValue, left: left.kind, right: right.kind)
            remarks.add(words, at: place)
            return .none
        }
    }

    private func combined(
        _ left: NativeHistogram, _ right: NativeHistogram, _ operation: BinaryOperator, _ place: Place
    ) -> SampleOutcome {
        let isAdding = operation == .add
        let name = isAdding ? "addition" : "subtraction"
        do throws(HistogramMismatch) {
            var combination = try isAdding ? left.adding(right) : left.subtracting(right)
            if !isAdding { combination.histogram.resetHint = .gauge }
            if combination.hasHintCollision { remarks.add(.resetCollision(operation: name), at: place) }
            if combination.hasReconciledEnds { remarks.add(.mismatchedEnds(operation: name), at: place) }
            return .sample(.histogram(combination.histogram.compacted))
        } catch {
            remarks.add(.incompatibleBuckets(operation: operation.rawValue), at: place)
            return .none
        }
    }
}

extension SampleValue {
    /// As remarks name it.
    fileprivate var kind: String {
        if case .float = self { "float" } else { "histogram" }
    }
}
