package import Columnar
package import Domain

/// A rollup's table: its columns in order, and what each holds of the source's.
package struct RollupLayout: Sendable {
    /// What a column holds, and of which column of the source.
    package enum Content: Hashable, Sendable {
        /// The beginning of the bucket; of the source: the event's time.
        case bucket(Int)
        case dimension(Int)
        /// How many events.
        case events
        /// How many values.
        case count(Int)
        /// Their sum; null of none.
        case sum(Int)
        case minimum(Int)
        case maximum(Int)
        /// The distribution of at least two values as text.
        case histogram(Int)
        /// How many values are at most so many ns.
        case atMost(Int, nanoseconds: Int64)
    }

    /// What the table was made from.
    package let definition: RollupDefinition
    /// As SQL shows them.
    package let columns: [TableColumn]
    /// Beside `columns`.
    package let contents: [Content]
    /// The columns of the source, which `contents` refer to.
    package let sourceColumns: [TableColumn]

    /// - Parameter sourceColumns: of the source's table.
    /// - Precondition: the source has the definition's columns, in types that can be folded.
    package init(_ definition: RollupDefinition, sourceColumns: [TableColumn]) {
        func source(_ name: String) -> Int {
            guard let index = sourceColumns.firstIndex(where: { $0.name == name }) else {
                preconditionFailure("\(definition.source) lacks \(name)")
            }
            return index
        }
        var columns = [TableColumn(name: "time", type: .timestamptz)]
        var contents = [Content.bucket(source("time"))]
        func add(_ name: String, _ type: ColumnType, _ content: Content) {
            columns.append(TableColumn(name: name, type: type))
            contents.append(content)
        }
        for name in definition.dimensions { add(name, sourceColumns[source(name)].type, .dimension(source(name))) }
        add("events", .integer, .events)
        for measure in definition.measures {
            let index = source(measure.column)
            let (name, type) = (measure.column, sourceColumns[index].type)
            precondition(
                type == .integer || (type.isNumeric && !measure.hasHistogram), "\(name) can't be folded exactly")
            add(name + "_count", .integer, .count(index))
            add(name + "_sum", .numeric(scale: type.scale), .sum(index))
            if measure.hasExtrema {
                add(name + "_min", type, .minimum(index))
                add(name + "_max", type, .maximum(index))
            }
            if measure.hasHistogram { add(name + "_histogram", .text, .histogram(index)) }
            for limit in measure.limitsSeconds {
                add("\(name)_at_most_\(limit)s", .integer, .atMost(index, nanoseconds: limit * 1_000_000_000))
            }
        }
        assert(columns.count == contents.count && contents[0] == .bucket(source("time")), "buckets come first")
        self.definition = definition
        self.columns = columns
        self.contents = contents
        self.sourceColumns = sourceColumns
    }

    /// The bucket that a time lies in.
    package func bucket(of time: Int64) -> Int64 { floored(time, to: definition.grain.nanoseconds) }

    /// As planners need it.
    /// - Parameter watermark: the latest received time: older buckets than the retention are not complete.
    package func description(watermark: Int64) -> RollupDescription {
        func place(_ content: Content) -> Int? { contents.firstIndex(of: content) }
        var measures: [RollupMeasureDescription] = []
        for (index, content) in contents.enumerated() {
            guard case .count(let source) = content, let sum = place(.sum(source)) else { continue }
            var limits: [RollupMeasureDescription.Limit] = []
            for (place, content) in contents.enumerated() {
                if case .atMost(source, let bound) = content { limits.append(.init(bound: bound, count: place)) }
            }
            measures.append(
                RollupMeasureDescription(
                    source: sourceColumns[source], count: index, sum: sum, minimum: place(.minimum(source)),
                    maximum: place(.maximum(source)), histogram: place(.histogram(source)), limits: limits))
        }
        guard let events = place(.events) else { preconditionFailure("every rollup counts its events") }
        var description = RollupDescription(
            table: definition.name, source: definition.source, grainNanoseconds: definition.grain.nanoseconds,
            columns: columns, time: 0,
            dimensions: Array(1..<(1 + definition.dimensions.count)), events: events, measures: measures,
            earliestTime: earliestTime(watermark: watermark))
        description.leading = definition.leading.flatMap { name in columns.firstIndex { $0.name == name } }
        return description
    }

    /// The first bucket that is kept at a received time; nil: all are.
    package func earliestTime(watermark: Int64) -> Int64? {
        definition.grain.retentionNanoseconds.map { bucket(of: watermark &- $0) }
    }
}

/// The greatest multiple of `step` that is not above `value`, or the least `Int64` multiple.
func floored(_ value: Int64, to step: Int64) -> Int64 {
    assert(step > 0, "buckets have a length")
    let rest = value % step
    return rest >= 0
        ? value - rest : value.subtractingReportingOverflow(rest + step).overflow ? value - rest : value - (rest + step)
}
