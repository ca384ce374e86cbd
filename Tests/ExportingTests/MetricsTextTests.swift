import Domain
import Exporting
import Foundation
import Projections
import Testing

@Suite struct MetricsTextTests {
    static func family(_ name: String, _ series: [([String], MetricValue)]) -> MetricFamily {
        MetricFamily(MetricCatalogue.metric(named: name)!, series.map { MetricSeries(labels: $0.0, value: $0.1) })
    }

    /// One of each shape, with a label that needs escaping.
    static let families: [MetricFamily] = [
        family(
            "support_conversations_started_total",
            [(["default", "we\"b\\\n"], .number(3)), (["acme", ""], .number(2))]),
        family("support_conversations_active", [([], .number(7))]),
        family(
            "support_answer_duration_seconds",
            [
                (
                    ["default", "web", "a"],
                    .histogram(
                        counts: [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                        sumNanoseconds: 123_456_789_012_345_678_901)
                )
            ]),
        family("support_llm_cost_usd_total", [(["default", "p", "m", "cloud"], .picoUSD(1_000_000_000_018_750))]),
    ]

    @Test func prometheusTextIsExact() {
        #expect(
            MetricsText.render(Self.families, format: .prometheus) == """
                # HELP support_conversations_started_total Conversations that began.
                # TYPE support_conversations_started_total counter
                support_conversations_started_total{tenant="acme",channel=""} 2
                support_conversations_started_total{tenant="default",channel="we\\"b\\\\\\n"} 3
                # HELP support_conversations_active Conversations with an event in the last 15 minutes.
                # TYPE support_conversations_active gauge
                support_conversations_active 7
                # HELP support_answer_duration_seconds Time from question to whole answer.
                # TYPE support_answer_duration_seconds histogram

                """
                + Self.buckets([
                    "0.05", "0.1", "0.25", "0.5", "1", "2", "3", "5", "8", "13", "20", "30", "60", "120", "+Inf",
                ]) + """
                    # HELP support_llm_cost_usd_total Booked cost of calls whose cost is known exactly.
                    # TYPE support_llm_cost_usd_total counter
                    support_llm_cost_usd_total{tenant="default",provider="p",model="m",route="cloud"} 1000.00000001875

                    """)
    }

    @Test func openMetricsLeavesCountersUntypedNamesUnitsAndEnds() {
        let text = MetricsText.render(Self.families, format: .openMetrics)
        #expect(text.hasSuffix("# EOF\n"))
        #expect(text.contains("# HELP support_conversations_started_total "))
        #expect(!text.contains("counter\n"))
        #expect(text.contains("support_conversations_started_total{tenant=\"acme\",channel=\"\"} 2\n"))
        #expect(text.contains("# UNIT support_answer_duration_seconds seconds\n"))
        #expect(
            text.contains(
                Self.buckets([
                    "0.05", "0.1", "0.25", "0.5", "1.0", "2.0", "3.0", "5.0", "8.0", "13.0", "20.0", "30.0", "60.0",
                    "120.0", "+Inf",
                ])))
    }

    static func buckets(_ bounds: [String]) -> String {
        let labels = "tenant=\"default\",channel=\"web\",agent=\"a\""
        let lines = bounds.enumerated().map { index, bound in
            "support_answer_duration_seconds_bucket{\(labels),le=\"\(bound)\"} \(index < 4 ? 1 : index < 14 ? 3 : 4)\n"
        }
        return lines.joined() + "support_answer_duration_seconds_sum{\(labels)} 123456789012.345678901\n"
            + "support_answer_duration_seconds_count{\(labels)} 4\n"
    }

    @Test func clientsGetTheFormatTheyAskFor() {
        let prometheus =
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        #expect(ExpositionFormat.negotiated(accept: prometheus, format: nil) == .openMetrics)
        #expect(ExpositionFormat.negotiated(accept: prometheus, format: "text") == .prometheus)
        #expect(ExpositionFormat.negotiated(accept: prometheus, format: "xml") == nil)
        #expect(ExpositionFormat.negotiated(accept: nil, format: nil) == .prometheus)
        #expect(ExpositionFormat.negotiated(accept: "*/*", format: nil) == .prometheus)
        #expect(
            ExpositionFormat.negotiated(accept: "text/plain, application/openmetrics-text;q=0.2", format: nil)
                == .prometheus)
        #expect(
            ExpositionFormat.negotiated(accept: "application/openmetrics-text; version=0.0.1", format: nil)
                == .prometheus)
        #expect(ExpositionFormat.negotiated(accept: "application/openmetrics-text;q=0", format: nil) == .prometheus)
        #expect(ExpositionFormat.negotiated(accept: ";;,q=,", format: "openmetrics") == .openMetrics)
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        #expect(ExpositionFormat.negotiated(accept: "\(protobuf),\(prometheus)", format: nil) == .protobuf)
        #expect(ExpositionFormat.negotiated(accept: "\(protobuf);q=0.2,\(prometheus)", format: nil) == .openMetrics)
        #expect(
            ExpositionFormat.negotiated(accept: "application/vnd.google.protobuf;encoding=text", format: nil)
                == .prometheus)
        #expect(ExpositionFormat.negotiated(accept: nil, format: "protobuf") == .protobuf)
    }

    /// Every metric of the catalogue with one series.
    static var everything: [MetricFamily] {
        MetricCatalogue.all.map { definition in
            let value: MetricValue
            switch definition.kind {
            case .histogram:
                value = .histogram(
                    counts: Array(repeating: 1, count: definition.bucketBoundsNanoseconds.count + 1), sumNanoseconds: 5)
            default: value = definition.unit == "usd" ? .picoUSD(1) : .number(1)
            }
            return MetricFamily(definition, [MetricSeries(labels: definition.labels.map { _ in "x" }, value: value)])
        }
    }

    @Test(arguments: [ExpositionFormat.prometheus, .openMetrics]) func promtoolFindsNothingToSay(
        in format: ExpositionFormat
    ) throws {
        let tool = "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            #expect(
                ProcessInfo.processInfo.environment["CI"] != "true",
                "promtool is missing: install the package prometheus")
            return
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        try process.run()
        input.fileHandleForWriting.write(Data(MetricsText.render(Self.everything, format: format).utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(said == "" && process.terminationStatus == 0)
    }
}
