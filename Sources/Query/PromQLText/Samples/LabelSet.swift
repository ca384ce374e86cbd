package import Bytes

/// A label and what it says.
package struct SeriesLabel: Hashable, Sendable {
    /// Its name.
    package let name: ByteText
    /// Never empty: a label that says nothing is none.
    package let value: ByteText

    /// Joins both; as an annotation its value may be empty.
    package init(name: ByteText, value: ByteText) { (self.name, self.value) = (name, value) }
}

/// What a series is known by: labels by name, each once, in the order of their bytes. The metric's name is one of them.
package struct LabelSet: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In the order of names.
    package let labels: [SeriesLabel]

    /// Takes pairs in any order; of a name that stands twice the last value holds, an empty one takes it away.
    /// - Complexity: O(n log n); of few pairs without more memory than their own.
    package init(_ pairs: [(name: ByteText, value: ByteText)]) {
        guard pairs.count > Self.fewMax else {
            labels = Self.few(pairs)
            return
        }
        var byName: [ByteText: ByteText] = [:]
        for pair in pairs { byName[pair.name] = pair.value }
        labels = byName.filter { !$0.value.isEmpty }.map { SeriesLabel(name: $0.key, value: $0.value) }
            .sorted { $0.name < $1.name }
    }

    private static let fewMax = 24

    /// Most series have a handful of labels, nearly in order: each is put where it belongs.
    private static func few(_ pairs: [(name: ByteText, value: ByteText)]) -> [SeriesLabel] {
        var labels: [SeriesLabel] = []
        labels.reserveCapacity(pairs.count)
        for pair in pairs {
            var place = labels.count
            while place > 0, pair.name < labels[place - 1].name { place -= 1 }
            let label = SeriesLabel(name: pair.name, value: pair.value)
            if place > 0, labels[place - 1].name == pair.name {
                labels[place - 1] = label
            } else {
                labels.insert(label, at: place)
            }
        }
        labels.removeAll { $0.value.isEmpty }
        return labels
    }

    private init(ordered labels: [SeriesLabel]) { self.labels = labels }

    /// What a label says; empty where there is none.
    /// - Complexity: O(log n).
    package subscript(_ name: ByteText) -> ByteText {
        let index = labels.partitioningIndex { !($0.name < name) }
        return index < labels.count && labels[index].name == name ? labels[index].value : ByteText([])
    }

    /// The labels of these names alone.
    package func keeping(_ names: Set<ByteText>) -> LabelSet {
        LabelSet(ordered: labels.filter { names.contains($0.name) })
    }

    /// All labels but these.
    package func dropping(_ names: Set<ByteText>) -> LabelSet {
        LabelSet(ordered: labels.filter { !names.contains($0.name) })
    }

    /// With a label changed, added, or, by an empty value, taken away.
    package func setting(_ name: ByteText, to value: ByteText) -> LabelSet {
        LabelSet(labels.map { ($0.name, $0.value) } + [(name, value)])
    }

    /// Label by label, by names, then by values.
    package static func < (left: LabelSet, right: LabelSet) -> Bool {
        for (one, other) in zip(left.labels, right.labels) where one != other {
            return one.name == other.name ? one.value < other.value : one.name < other.name
        }
        return left.labels.count < right.labels.count
    }

    /// As a selector of it is written.
    package var description: String {
        let name = self[LabelMatcher.metricName]
        let isPlain = name.bytes.first.map { $0.isNameStart || $0 == UInt8(ascii: ":") } == true
            && name.bytes.allSatisfy { $0.isNamePart || $0 == UInt8(ascii: ":") }
        let inside = labels.filter { !isPlain || $0.name != LabelMatcher.metricName }.map {
            LabelText.written($0.name) + "=" + QuotedText.quoted($0.value.bytes)
        }
        let before = isPlain ? name.description : ""
        return inside.isEmpty && isPlain ? before : before + "{" + inside.joined(separator: ", ") + "}"
    }
}
