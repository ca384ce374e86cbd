import Bytes
import Columnar
import Execution
import Plans
import Platform
import PromQLEvaluation
import PromQLText
import SQLText

/// Questions from their text to their rows, over tables and series in memory, on one thread.
enum QuestionTrials {
    static let all = [compiled, grouped, latest, rate]

    private static let columns = [
        TableColumn(name: "time", type: .timestamptz), TableColumn(name: "channel", type: .text),
        TableColumn(name: "status", type: .text), TableColumn(name: "duration_ns", type: .integer),
    ]

    private static func answers() -> MemoryTable {
        let vectors = [
            MadeColumn.integers(MadeColumn.times(stream: 60), .timestamptz),
            MadeColumn.texts(6, stream: 61) { "channel-\($0)" },
            MadeColumn.texts(20, stream: 62) { $0 == 0 ? "error" : "status-\($0)" },
            MadeColumn.integers(MadeColumn.uniform(0...9_000_000_000, stream: 63)),
        ]
        return MemoryTable("answers", columns, vectors, morselRows: 8_192)
    }

    private static func plan(_ sql: String, _ table: MemoryTable) throws -> Plan {
        guard case .query(let plan) = try SQLCompiler(catalog: table).compile(sql) else {
            preconditionFailure("a question")
        }
        return plan
    }

    private static let byChannel =
        "select channel, count(*), sum(duration_ns), count(*) filter (where status = 'error') from answers "
        + "where status <> 'status-7' group by channel order by channel"

    private static let compiled = KernelTrial(
        "sql-compile", "makes a plan of a text of SQL: one row is one text", rows: 1
    ) {
        let table = answers()
        let names = ["channel", "count", "sum", "count"]
        return Preparation<Plan>(
            compute: { try plan(byChannel, table) },
            digest: { plan in digest(of: plan.output.map(\.name)) }, wanted: digest(of: names))
    }

    private static func digest(of names: [String]) -> Digest {
        var digest = Digest()
        for name in names { digest.add(name.utf8) }
        return digest
    }

    private static func digest(of rows: [[Scalar]]) -> Digest {
        var digest = Digest()
        for row in rows { for cell in row { digest.add(cell) } }
        return digest
    }

    private static func number(_ value: Scalar) -> Int64 {
        switch value {
        case .integer(let number), .timestamptz(let number): number
        default: preconditionFailure("a whole number or a time")
        }
    }

    private static func rows(of answer: ResultSet) -> [[Scalar]] {
        answer.chunks.flatMap { chunk in
            (0..<chunk.rowCount).map { row in chunk.columns.map { $0.scalar(at: row) } }
        }
    }

    private static func asked(_ sql: String, wanted: ([[Scalar]]) -> [[Scalar]]) -> Preparation<ResultSet> {
        let table = answers()
        let engine = LocalEngine(clock: SystemClock())
        return Preparation(
            compute: { try engine.run(try plan(sql, table), catalog: table, options: QueryOptions()) },
            digest: { digest(of: rows(of: $0)) }, wanted: digest(of: wanted(table.rows)))
    }

    private static let grouped = KernelTrial(
        "sql-groups", "asks for counts and sums of six groups, with a condition", rows: MadeColumn.rows
    ) {
        asked(byChannel) { rows in
            (0..<6).map { place in
                let channel = Scalar.text("channel-\(place)")
                let own = rows.filter { $0[1] == channel && $0[2] != .text("status-7") }
                let sum = own.reduce(Int128(0)) { $0 + Int128(number($1[3])) }
                let errors = own.count { $0[2] == .text("error") }
                return [channel, .integer(Int64(own.count)), .numeric(sum, scale: 0), .integer(Int64(errors))]
            }
        }
    }

    private static let latest = KernelTrial(
        "sql-latest", "asks for the fifty latest of some rows, whole", rows: MadeColumn.rows
    ) {
        let sql = "select * from answers where status = 'error' order by time desc, duration_ns limit 50"
        return asked(sql) { rows in
            let sorted = rows.filter { $0[2] == .text("error") }.sorted { left, right in
                (number(right[0]), number(left[3])) < (number(left[0]), number(right[3]))
            }
            return Array(sorted.prefix(50))
        }
    }

    /// Series, samples of each, and ms from one sample to the next.
    private static let (seriesCount, sampleCount, step) = (100, 240, Int64(15_000))

    private static let rate = KernelTrial(
        "promql-rate", "asks for rates of five minutes at each minute of an hour: one row is one sample",
        rows: seriesCount * sampleCount
    ) {
        var series = MemorySeries()
        for number in 0..<seriesCount {
            let labels = LabelSet([
                (name: "__name__", value: "calls_total"), (name: "pod", value: ByteText("pod-\(number)".utf8)),
            ])
            let times = (0..<Int64(sampleCount)).map { $0 * step }
            // Far from zero, so that a window that begins between two samples is filled up evenly.
            let values = (0..<sampleCount).map { Double(1_000_000 + $0 * (number + 1)) }
            series.set(labels, to: SampleRun(times, values))
        }
        let (first, last) = (Int64(600_000), Int64(sampleCount - 1) * step)
        let times = PromQLQuestion.Times.range(from: first, through: last, step: 60_000)
        let steps = Int((last - first) / 60_000) + 1
        let numbers = (0..<seriesCount).sorted { "pod-\($0)" < "pod-\($1)" }
        let expected = numbers.map { Int64(($0 + 1) * 1_000_000_000) / 15 }
        let source = series
        return Preparation<PromQLAnswer>(
            compute: {
                let expression = try PromQLExpression(Array("rate(calls_total[5m])".utf8))
                return try PromQLEvaluator.answer(PromQLQuestion(expression, at: times), over: source)
            },
            digest: { answer in
                guard case .matrix(let found) = answer.value else { return Digest() }
                return Digest(found.flatMap { one in one.samples.floats.map { Int64($0 * 1e9 + 0.001) } })
            },
            wanted: Digest(expected.flatMap { [Int64](repeating: $0, count: steps) }))
    }
}
