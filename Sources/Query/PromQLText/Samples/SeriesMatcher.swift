package import Bytes
import RegularExpressions

/// What a label of the wanted series has to say, ready to be asked often. Where a series has no such label, the value
/// is empty.
package struct SeriesMatcher: Sendable {
    /// The label's name.
    package let label: ByteText
    /// The value that passes or fails, where no pattern is asked for.
    let value: ByteText
    /// Whether what meets the value, or the pattern, passes.
    let isPositive: Bool
    private let pattern: RegularExpression?

    /// Whether exactly one value passes, so that an index finds it.
    var isExact: Bool { isPositive && pattern == nil }

    init(_ matcher: LabelMatcher) throws(PromQLError) {
        (label, value) = (matcher.label, matcher.value)
        isPositive = matcher.comparison == .equal || matcher.comparison == .matches
        guard matcher.comparison == .matches || matcher.comparison == .matchesNot else {
            pattern = nil
            return
        }
        do throws(LabelPattern.Fault) {
            pattern = try LabelPattern.compiled(matcher.value)
        } catch {
            // The parser has compiled it before.
            throw PromQLError([Parser.Fault(message: error.message, place: Place(0..<0))], in: matcher.value.bytes)
        }
    }

    /// Passes every value but an empty one.
    fileprivate init(presenceOf label: ByteText) {
        (self.label, value) = (label, ByteText([]))
        (isPositive, pattern) = (false, nil)
    }

    /// Whether a value passes.
    /// - Complexity: O(value).
    package func passes(_ value: ByteText) -> Bool {
        (pattern.map { $0.matchesWhole(value.bytes.span) } ?? (value == self.value)) == isPositive
    }

    /// Whether the labels of a series pass.
    package func passes(_ labels: LabelSet) -> Bool { passes(labels[label]) }
}

extension SeriesMatcher: Hashable {
    /// Whether both say the same.
    package static func == (left: SeriesMatcher, right: SeriesMatcher) -> Bool {
        left.label == right.label && left.value == right.value && left.isPositive == right.isPositive
            && (left.pattern == nil) == (right.pattern == nil)
    }

    /// See `Hashable`.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(label)
        hasher.combine(value)
        hasher.combine(isPositive)
        hasher.combine(pattern == nil)
    }
}

/// All that a selector asks for: `name{label="value"}`.
package struct SeriesMatchers: Hashable, Sendable {
    /// All have to pass.
    package let matchers: [SeriesMatcher]

    /// Reads a selector, as `match[]` of the Prometheus API has one.
    package init(selector text: [UInt8]) throws(PromQLError) {
        var parser = try Parser.begun(text, features: .stable)
        let selector: VectorSelector
        do throws(Parser.Stop) {
            selector = try parser.parseWholeSelector()
        } catch {
            throw PromQLError(parser.faults, in: text, isTooComplex: parser.isTooComplex)
        }
        var checker = TypeChecker()
        checker.check(selector)
        let faults = parser.faults + checker.faults
        guard faults.isEmpty else { throw PromQLError(faults, in: text) }
        try self.init(selector)
    }

    /// What a selector of an expression asks for.
    package init(_ selector: VectorSelector) throws(PromQLError) {
        var matchers: [SeriesMatcher] = []
        if let name = selector.name {
            let matcher = LabelMatcher(
                label: LabelMatcher.metricName, comparison: .equal, value: name, acceptsEmpty: false)
            matchers.append(try SeriesMatcher(matcher))
        }
        for matcher in selector.matchers { matchers.append(try SeriesMatcher(matcher)) }
        self.matchers = matchers
    }

    private init(_ matchers: [SeriesMatcher]) { self.matchers = matchers }

    /// Those that every series passes.
    package static let everything = SeriesMatchers([])

    /// The same of series that have a label.
    package func having(_ label: ByteText) -> SeriesMatchers {
        SeriesMatchers(matchers + [SeriesMatcher(presenceOf: label)])
    }

    /// The one name that a wanted series can have; nil where there may be several.
    package var onlyName: ByteText? {
        matchers.first { $0.label == LabelMatcher.metricName && $0.isExact }?.value
    }

    /// Whether a series with a name can be wanted, whatever its other labels say.
    package func passesName(_ name: ByteText) -> Bool { passes(name, of: LabelMatcher.metricName) }

    /// Whether a series of which a label says something can be wanted, whatever its other labels say.
    package func passes(_ value: ByteText, of label: ByteText) -> Bool {
        matchers.allSatisfy { $0.label != label || $0.passes(value) }
    }

    /// Whether a series is wanted.
    package func passes(_ labels: LabelSet) -> Bool { matchers.allSatisfy { $0.passes(labels) } }
}
