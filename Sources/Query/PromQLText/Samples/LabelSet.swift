package import Bytes
import Platform

/// A label and what it says.
package struct SeriesLabel: Hashable, Sendable {
    /// Its name.
    package let name: ByteText
    /// Never empty: a label that says nothing is none.
    package let value: ByteText
    /// Of both: a label is hashed with every set that is made of the one it stands in.
    fileprivate let ownHash: Int

    /// Joins both; as an annotation its value may be empty.
    package init(name: ByteText, value: ByteText) {
        (self.name, self.value) = (name, value)
        ownHash = ProcessHash.of(Pair(name: name, value: value))
    }

    private struct Pair: Hashable {
        let name, value: ByteText
    }

    /// See `Hashable`.
    package static func == (left: SeriesLabel, right: SeriesLabel) -> Bool {
        left.ownHash == right.ownHash && left.name == right.name && left.value == right.value
    }

    /// See `Hashable`.
    package func hash(into hasher: inout Hasher) { hasher.combine(ownHash) }
}

/// What a series is known by: labels by name, each once, in the order of their bytes. The metric's name is one of them.
package struct LabelSet: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In the order of names.
    package let labels: [SeriesLabel]
    /// The hashes of all labels, added up: sets are hashed far more often than they are made, and what is left of one
    /// costs no more than what went.
    private let labelsHash: Int

    /// Takes pairs in any order; of a name that stands twice the last value holds, an empty one takes it away.
    /// - Complexity: O(n log n); of few pairs without more memory than their own.
    package init(_ pairs: [(name: ByteText, value: ByteText)]) {
        let labels = pairs.count > Self.fewMax ? Self.many(pairs) : Self.few(pairs)
        self.init(ordered: labels, hash: labels.reduce(0) { $0 &+ $1.ownHash })
    }

    private static func many(_ pairs: [(name: ByteText, value: ByteText)]) -> [SeriesLabel] {
        var byName: [ByteText: ByteText] = [:]
        for pair in pairs { byName[pair.name] = pair.value }
        return byName.filter { !$0.value.isEmpty }.map { SeriesLabel(name: $0.key, value: $0.value) }
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

    private init(ordered labels: [SeriesLabel], hash: Int) { (self.labels, labelsHash) = (labels, hash) }

    /// See `Hashable`.
    package static func == (left: LabelSet, right: LabelSet) -> Bool {
        left.labelsHash == right.labelsHash && left.labels == right.labels
    }

    /// See `Hashable`.
    package func hash(into hasher: inout Hasher) { hasher.combine(labelsHash) }

    /// What a label says; empty where there is none.
    /// - Complexity: O(log n).
    package subscript(_ name: ByteText) -> ByteText {
        let index = labels.partitioningIndex { !($0.name < name) }
        return index < labels.count && labels[index].name == name ? labels[index].value : ByteText([])
    }

    /// The metric's name; empty where there is none.
    /// - Complexity: O(1) where it stands first, as it does unless names begin with capitals; otherwise O(log n).
    package var metricName: ByteText {
        if let first = labels.first, first.name == LabelMatcher.metricName { return first.value }
        return self[LabelMatcher.metricName]
    }

    /// The labels of these names alone.
    package func keeping(_ names: Set<ByteText>) -> LabelSet {
        var (kept, hash): ([SeriesLabel], Int) = ([], 0)
        for label in labels where Self.has(label.name, among: names) {
            kept.append(label)
            hash &+= label.ownHash
        }
        return LabelSet(ordered: kept, hash: hash)
    }

    /// The same of few names, each of which is looked at for each label.
    package func keeping(few names: [ByteText]) -> LabelSet {
        var (kept, hash): ([SeriesLabel], Int) = ([], 0)
        for label in labels where names.contains(label.name) {
            kept.append(label)
            hash &+= label.ownHash
        }
        return LabelSet(ordered: kept, hash: hash)
    }

    /// All labels but these.
    package func dropping(_ names: Set<ByteText>) -> LabelSet {
        guard let first = labels.firstIndex(where: { Self.has($0.name, among: names) }) else { return self }
        var (kept, hash) = (Array(labels[..<first]), labelsHash)
        kept.reserveCapacity(labels.count - 1)
        for label in labels[first...] {
            if Self.has(label.name, among: names) {
                hash &-= label.ownHash
            } else {
                kept.append(label)
            }
        }
        return LabelSet(ordered: kept, hash: hash)
    }

    /// Comparing a name with a few is less work than hashing it.
    private static func has(_ name: ByteText, among names: Set<ByteText>) -> Bool {
        // order: any of them will do.
        names.count <= 4 ? names.contains { $0 == name } : names.contains(name)
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
