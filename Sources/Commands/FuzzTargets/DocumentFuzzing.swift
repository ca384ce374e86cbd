import Bytes
import Dashboarding
import Domain
import OpenSLO
import RuleFiles

/// Files of rules, objectives, dashboards and prices, as they come from elsewhere.
extension FuzzTarget {
    static let documents: [FuzzTarget] = [
        FuzzTarget(
            "rules", "read, or faults with their lines", bytesMax: 8_192, texts: [sampleRules]
        ) { bytes in
            do throws(RuleFileError) { _ = try RuleFile(bytes, name: "rules.yaml") } catch {
                try require(!error.faults.isEmpty, "a refusal has a fault")
            }
        },
        FuzzTarget(
            "rule-tests", "read, or faults with their lines", bytesMax: 8_192, texts: [sampleRuleTests]
        ) { bytes in
            do throws(RuleFileError) { _ = try RuleTestFile(bytes, name: "tests.yaml") } catch {
                try require(!error.faults.isEmpty, "a refusal has a fault")
            }
        },
        FuzzTarget(
            "openslo", "objectives or findings, never neither", bytesMax: 8_192, texts: [sampleObjective]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let documents = OpenSLODocuments([(name: "slo.yaml", text: text)]) { $0 == "UTC" }
            try require(!documents.objectives.isEmpty || !documents.findings.isEmpty, "an answer")
            try require(documents.findings.isEmpty == documents.report().isEmpty, "findings are told")
        },
        FuzzTarget(
            "dashboard", "read, or an error with its place", bytesMax: 8_192, texts: [sampleDashboard]
        ) { bytes in
            do throws(DashboardFileError) { _ = try Dashboard(bytes) } catch {
                try require(!error.description.isEmpty, "a refusal in words")
            }
        },
        FuzzTarget(
            "prices", "read, and as a book written and read again the same", bytesMax: 8_192, texts: [samplePrices]
        ) { bytes in
            let file: PriceFile
            do throws(PriceFileError) {
                file = try PriceFile(parsing: bytes, validFrom: 0, origin: .set)
            } catch { return }
            try unchanged(PriceBook(file.entries).serialised, rewrittenBook)
        },
        FuzzTarget(
            "price-book", "written again the same", bytesMax: 8_192, seeds: { [try sampleBook()] }
        ) { bytes in
            try rewrites(bytes, rewrittenBook)
        },
    ]

    private static func rewrittenBook(_ bytes: [UInt8]) throws(DecodingError) -> [UInt8] {
        var cursor = ByteCursor(bytes)
        return try PriceBook(parsing: &cursor).serialised
    }

    private static func sampleBook() throws -> [UInt8] {
        PriceBook(try PriceFile(parsing: Array(samplePrices.utf8), validFrom: 0, origin: .builtIn).entries).serialised
    }

    private static let sampleRules = """
        groups:
          - name: calls
            interval: 30s
            limit: 10
            rules:
              - record: model:calls:rate5m
                expr: sum by (model) (rate(plimsoll_llm_calls_total[5m]))
                labels: {team: "a"}
              - alert: Slow
                expr: |
                  x > 1
                for: 5m
                keep_firing_for: 1h30m
                labels:
                  severity: page
                annotations:
                  summary: '{{ $labels.model }} is at {{ $value | humanize }}'
        """

    private static let sampleRuleTests = """
        rule_files: [rules.yaml]
        evaluation_interval: 1m
        group_eval_order: [calls]
        tests:
          - name: slow
            interval: 1m
            input_series:
              - series: 'x{model="a"}'
                values: '0+10x5 _x2 stale'
            alert_rule_test:
              - eval_time: 5m
                alertname: Slow
                exp_alerts:
                  - exp_labels: {severity: page, model: a}
                    exp_annotations: {summary: "a is at 50"}
            promql_expr_test:
              - expr: x
                eval_time: 1m
                exp_samples:
                  - labels: 'x{model="a"}'
                    value: 10
        """

    private static let sampleObjective = """
        apiVersion: openslo/v1
        kind: SLO
        metadata:
          name: answers
          displayName: Answers within 5 s
        spec:
          description: &d how fast
          service: support
          budgetingMethod: Occurrences
          timeWindow:
            - duration: 30d
              isRolling: true
          indicator:
            metadata: {name: fast}
            spec:
              ratioMetric:
                counter: true
                good:
                  metricSource:
                    type: Prometheus
                    spec: {query: 'sum(increase(plimsoll_answer_seconds_bucket{le="5.0"}[5m]))'}
                total:
                  metricSource:
                    type: Prometheus
                    spec: {query: 'sum(increase(plimsoll_answer_seconds_count[5m]))'}
          objectives:
            - target: 0.95
        """

    private static let sampleDashboard = """
        {"uid":"a","title":"A","schemaVersion":38,"tags":["b"],"time":{"from":"now-6h","to":"now"},"timezone":"utc",
        "templating":{"list":[{"name":"model","type":"query","query":{"query":"label_values(x, model)"},"multi":true,
        "includeAll":true,"current":{"value":["$__all"]}}]},"annotations":{"list":[]},
        "panels":[{"id":1,"type":"timeseries","title":"Calls $model","gridPos":{"h":8,"w":12,"x":0,"y":0},
        "targets":[{"refId":"A","expr":"sum(rate(x{model=~\\"$model\\"}[$__rate_interval]))",
        "legendFormat":"{{model}}"}],
        "fieldConfig":{"defaults":{"unit":"s","thresholds":{"mode":"absolute","steps":[{"color":"green","value":null},
        {"color":"red","value":80}]}},"overrides":[]},"options":{"legend":{"displayMode":"list"}}}]}
        """

    private static let samplePrices = """
        {"as_of": "2026-07-01", "source": "a page", "providers": ["openai", "azure.ai.openai"],
         "valid_from": "2026-07-01T00:00:00Z",
         "models": [{"model": "gpt-4o", "aliases": ["gpt-4o-2024-08-06"], "input": "2.5", "output": "10",
                     "cache_read": "1.25", "cache_write": "2.5", "cache_write_1h": "5", "usd_per_gpu_hour": "2",
                     "service_tiers": {"batch": {"input": "1.25", "output": "5"}}}]}
        """
}
