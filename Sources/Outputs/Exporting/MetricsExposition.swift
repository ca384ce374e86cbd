import Domain
package import Projections

/// The whole answer of `/metrics`.
package enum MetricsExposition {
    /// Counters and process in the order of the catalogue, in a format. Metrics without series are left out.
    /// - Complexity: O(series).
    /// - Parameter exemplars: traces of answers; shown by all formats but Prometheus text, which has no place for them.
    package static func render(
        _ totals: MetricTotals, _ process: ProcessSamples, exemplars: ExemplarReservoir = ExemplarReservoir(),
        format: ExpositionFormat
    ) -> [UInt8] {
        let given = exemplars.added(to: totals.families) + process.families
        let ordered = MetricCatalogue.all.compactMap { definition in
            given.first { $0.definition.name == definition.name }
        }
        return format == .protobuf
            ? MetricsProtobuf.render(ordered) : Array(MetricsText.render(ordered, format: format).utf8)
    }
}
