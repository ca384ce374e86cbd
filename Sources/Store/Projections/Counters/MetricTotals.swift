import Bytes
package import Domain

/// What has been counted up to a position: the part of the counters that `/metrics` shows. Copies share their storage.
package struct MetricTotals: Sendable {
    let program: MetricProgram
    var tables: [LabelTable]
    /// By table: what was counted and taken back later, under the sets of the table.
    var corrections: [CorrectionTable]
    /// By type id.
    var accepted: [UInt64]
    var backfilled: [UInt64]
    /// What histograms observed, in finer buckets than those of their words.
    var exponential = ExponentialCounts()
    /// Questions that came while too many waited.
    var untracked: UInt64 = 0
    /// Answers forgotten before their question came.
    var forgottenAnswers: UInt64 = 0
    /// Events of conversations that are too many to be followed or remembered, as far as silence or ratings depend on
    /// them, and conversations that another setting would have changed had they not been forgotten.
    var untrackedConversations: UInt64 = 0

    init(_ program: MetricProgram) {
        self.program = program
        tables = program.tables.map { LabelTable(stride: $0.stride, setsMax: $0.setsMax) }
        corrections = program.tables.map { CorrectionTable(stride: $0.stride) }
        accepted = Array(repeating: 0, count: program.typeNames.count)
        backfilled = accepted
    }
}

/// A sample's value in the unit in which it is added up; renderers turn it into base units exactly.
package enum MetricValue: Hashable, Sendable {
    case number(Int128)
    case picoUSD(Int128)
    /// Counts per bucket, not cumulative, the last one without a bound; the sum in nanoseconds.
    case histogram(counts: [UInt64], sumNanoseconds: Int128)
}

/// One observation that a bucket names as an example, with the trace in which it can be looked at.
package struct MetricExemplar: Hashable, Sendable {
    /// 32 hexadecimal digits.
    package var traceID: String
    /// What was observed.
    package var nanoseconds: Int64
    /// When, ns since 1970 UTC.
    package var time: Int64

    /// Takes each part as given.
    package init(traceID: String, nanoseconds: Int64, time: Int64) {
        (self.traceID, self.nanoseconds, self.time) = (traceID, nanoseconds, time)
    }
}

/// One label set's value.
package struct MetricSeries: Hashable, Sendable {
    /// Values of the definition's labels, in their order.
    package var labels: [String]
    /// What was counted under the labels.
    package var value: MetricValue
    /// The observations of a histogram once more, in buckets of its own; nil where nobody kept them.
    package var exponential: ExponentialBuckets?
    /// An example for each bucket of a histogram; empty where there are none.
    package var exemplars: [MetricExemplar?] = []

    /// A value under labels, given in the order of the definition.
    package init(labels: [String], value: MetricValue, exponential: ExponentialBuckets? = nil) {
        (self.labels, self.value, self.exponential) = (labels, value, exponential)
    }
}

extension MetricSeries {
    fileprivate func hasLabels(of other: MetricSeries) -> Bool {
        labels.count == other.labels.count && zip(labels, other.labels).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    fileprivate mutating func add(_ other: MetricSeries) {
        switch (value, other.value) {
        case (.number(let mine), .number(let more)): value = .number(mine &+ more)
        case (.picoUSD(let mine), .picoUSD(let more)): value = .picoUSD(mine &+ more)
        case (.histogram(let mine, let sum), .histogram(let more, let moreSum)):
            assert(mine.count == more.count, "buckets of one histogram")
            value = .histogram(counts: zip(mine, more).map { $0 &+ $1 }, sumNanoseconds: sum &+ moreSum)
        case (.number, _), (.picoUSD, _), (.histogram, _): preconditionFailure("values of one metric are of one kind")
        }
        // Where one of them began before there were finer buckets, the sum has not got them all.
        if let mine = exponential, let more = other.exponential {
            exponential = mine.adding(more)
        } else {
            exponential = nil
        }
        exemplars = exemplars.isEmpty ? other.exemplars : exemplars
    }
}

/// A metric with its series, sorted by labels.
package struct MetricFamily: Hashable, Sendable {
    /// Name, kind, help and labels.
    package var definition: MetricDefinition
    /// Sorted by labels, each of which is there once; empty while nothing was counted.
    package var series: [MetricSeries]

    /// Sorts the series, and adds up what has the same labels: events may call all of theirs as what found no room is
    /// called.
    package init(_ definition: MetricDefinition, _ series: [MetricSeries]) {
        self.definition = definition
        self.series = []
        self.series.reserveCapacity(series.count)
        for one in series.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
            if self.series.last?.hasLabels(of: one) == true {
                self.series[self.series.count - 1].add(one)
            } else {
                self.series.append(one)
            }
        }
    }
}

extension MetricTotals {
    /// Every metric that follows from the log, in the catalogue's order; those that counted nothing yet have no series.
    /// - Complexity: O(series).
    package var families: [MetricFamily] {
        program.definitions.enumerated().compactMap { index, definition in
            if let placement = program.placement(of: index) {
                return MetricFamily(definition, series(definition, placement))
            }
            switch definition.name {
            case MetricCatalogue.acceptedEvents: return MetricFamily(definition, byType(accepted))
            case MetricCatalogue.backfilledEvents: return MetricFamily(definition, byType(backfilled))
            default: return familyNotFollowed(definition)
            }
        }
    }

    /// What was not followed: of ``families`` those that no event tells of, so that nothing but the present is known.
    package var unfollowed: [MetricFamily] { program.unfollowed.compactMap(familyNotFollowed) }

    private func familyNotFollowed(_ definition: MetricDefinition) -> MetricFamily? {
        let count: UInt64
        switch definition.name {
        case MetricCatalogue.untrackedQuestions: count = untracked
        case MetricCatalogue.forgottenAnswers: count = forgottenAnswers
        case MetricCatalogue.untrackedConversations: count = untrackedConversations
        default: return nil
        }
        return MetricFamily(definition, [MetricSeries(labels: [], value: .number(Int128(count)))])
    }

    private func byType(_ counts: [UInt64]) -> [MetricSeries] {
        counts.indices.filter { counts[$0] > 0 }.map {
            MetricSeries(labels: [program.typeNames[$0]], value: .number(Int128(counts[$0])))
        }
    }

    private func series(_ definition: MetricDefinition, _ placement: MetricProgram.Placement) -> [MetricSeries] {
        let table = tables[placement.table]
        var series: [MetricSeries] = []
        var source = definition.source
        var isTakenBack = false
        if case .corrections(let name) = source, let metric = program.definitions.first(where: { $0.name == name }) {
            (source, isTakenBack) = (metric.source, true)
        }
        let exponential =
            placement.histogram < 0 || isTakenBack ? [:] : self.exponential.buckets(histogram: placement.histogram)
        for set in 0..<table.setCount {
            let counted = Array(table.words(placement.words, of: set))
            let words = isTakenBack ? corrections[placement.table].words(placement.words, of: set) : counted
            // What was taken back stands beside all that was counted, as a zero at first, so that a difference of rates
            // never lacks a side nor misses a first one. Histograms are many series each: they have it only where there
            // is something.
            let isCounted = definition.kind == .counter && counted.contains { $0 != 0 }
            guard isCounted || words.contains(where: { $0 != 0 }) else { continue }
            let labels = labels(of: set, in: table, definition)
            switch source {
            case .sum:
                series.append(MetricSeries(labels: labels, value: .number(Int128(high: words[2], low: words[1]))))
            case .bookedCost:
                series.append(MetricSeries(labels: labels, value: .picoUSD(Int128(high: words[2], low: words[1]))))
            case .observe:
                let buckets = words.count - 2
                let sum = Int128(high: words[buckets + 1], low: words[buckets])
                let value = MetricValue.histogram(counts: Array(words[..<buckets]), sumNanoseconds: sum)
                // Counters that began before there were finer buckets have not got them all.
                let fine = exponential[set].flatMap { $0.count == words[..<buckets].reduce(0, &+) ? $0 : nil }
                series.append(MetricSeries(labels: labels, value: value, exponential: fine))
            case .questions:
                for (word, result) in MetricCatalogue.questionResults.enumerated() {
                    series.append(MetricSeries(labels: labels + [result], value: .number(Int128(words[word]))))
                }
            default: series.append(MetricSeries(labels: labels, value: .number(Int128(words[0]))))
            }
        }
        return series
    }

    private func labels(of set: Int, in table: LabelTable, _ definition: MetricDefinition) -> [String] {
        let count = definition.labels.count { $0.source != .given }
        guard set > 0 else { return Array(repeating: MetricCatalogue.otherLabel, count: count) }
        var labels: [String] = []
        var rest = table.key(of: set)
        while let length = rest.popFirst() {
            labels.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest.removeFirst(Int(length))
        }
        return labels
    }
}
