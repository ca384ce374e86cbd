import Columnar
import Plans

/// Functions over windows: all rows are collected and put in order once, by their partitions, and handed on as they
/// came, each with what the functions say of it.
struct WindowOperator: Sendable {
    let context: QueryContext
    let partition: [Expression]
    let order: [SortKey]
    let calls: [WindowCall]
    /// The input's columns, then one for each call.
    let output: [TableColumn]

    /// - Parameters:
    ///   - keys: columns of the input of texts of which nothing counts but which are equal.
    ///   - shown: columns of the output at which somebody looks.
    func run(_ input: Pipeline, keys: Set<Int>, shown: Set<Int>) throws -> Pipeline {
        assert(output.count == input.columns.count + calls.count, "the input's columns come out, then results")
        // Nobody else holds the chunks, so that what is let go of is gone.
        var work = WindowWork(
            context: context, chunks: try input.collect(context, keys: keys), columns: input.columns, shown: shown)
        if work.chunks.isEmpty { return Pipeline(columns: output, chunks: []) }
        let results = try work.results(of: calls, partition: partition, order: order)
        let (chunks, starts) = (work.chunks, work.starts)
        var rows = Pipeline(columns: output, unitCount: chunks.count) { [context] unit, sink in
            let rows = starts[unit]..<starts[unit + 1]
            let values = try results.map { result in
                try context.running { () throws(KernelError) in try result.vector(rows) }
            }
            try sink(Chunk(columns: chunks[unit].columns + values, rowCount: rows.count))
        }
        rows.rowsMax = starts[chunks.count]
        return rows
    }
}
