/// A file that was built into the program.
package struct EmbeddedAlert: Sendable {
    /// File name with its extension, without the folder.
    package var name: String
    /// The file, byte for byte.
    package var bytes: [UInt8]
}

/// Rules, OpenSLO documents, dashboards and runbooks that the program was built with: templates in `templates` where numbers of objectives
/// stand in them, else the files that are used as they are.
package enum EmbeddedAlerts {
    /// Rule files of Prometheus.
    package static var rules: [EmbeddedAlert] {
        [
            EmbeddedAlert(name: "cost.yaml", bytes: PackageResources.cost_yaml),
            EmbeddedAlert(name: "outcomes.yaml", bytes: PackageResources.outcomes_yaml),
            EmbeddedAlert(name: "pipeline.yaml", bytes: PackageResources.pipeline_yaml),
            EmbeddedAlert(name: "recording.yaml", bytes: PackageResources.recording_yaml),
            EmbeddedAlert(name: "service-levels.yaml", bytes: PackageResources.service_levels_yaml),
        ]
    }

    /// OpenSLO documents.
    package static var slos: [EmbeddedAlert] {
        [
            EmbeddedAlert(name: "answer-percentile.yaml", bytes: PackageResources.answer_percentile_yaml),
            EmbeddedAlert(name: "availability.yaml", bytes: PackageResources.availability_yaml),
            EmbeddedAlert(name: "cost-per-answer.yaml", bytes: PackageResources.cost_per_answer_yaml),
            EmbeddedAlert(name: "error-rate.yaml", bytes: PackageResources.error_rate_yaml),
            EmbeddedAlert(name: "first-token-percentile.yaml", bytes: PackageResources.first_token_percentile_yaml),
            EmbeddedAlert(name: "satisfaction.yaml", bytes: PackageResources.satisfaction_yaml),
            EmbeddedAlert(name: "service.yaml", bytes: PackageResources.service_yaml),
        ]
    }

    /// Dashboards of Grafana.
    package static var dashboards: [EmbeddedAlert] {
        [
            EmbeddedAlert(name: "business.json", bytes: PackageResources.business_json),
            EmbeddedAlert(name: "cost.json", bytes: PackageResources.cost_json),
            EmbeddedAlert(name: "operational.json", bytes: PackageResources.operational_json),
            EmbeddedAlert(name: "quality.json", bytes: PackageResources.quality_json),
        ]
    }

    /// A page for each alert, and the list of them.
    package static var runbooks: [EmbeddedAlert] {
        [
            EmbeddedAlert(name: "README.md", bytes: PackageResources.README_md),
            EmbeddedAlert(name: "SupportAnswerMedianHigh.md", bytes: PackageResources.SupportAnswerMedianHigh_md),
            EmbeddedAlert(name: "SupportAnswerPercentileHigh.md", bytes: PackageResources.SupportAnswerPercentileHigh_md),
            EmbeddedAlert(name: "SupportAvailabilityBurnFast.md", bytes: PackageResources.SupportAvailabilityBurnFast_md),
            EmbeddedAlert(name: "SupportAvailabilityBurnSlow.md", bytes: PackageResources.SupportAvailabilityBurnSlow_md),
            EmbeddedAlert(name: "SupportAvailabilityLow.md", bytes: PackageResources.SupportAvailabilityLow_md),
            EmbeddedAlert(name: "SupportCostPerAnswerHigh.md", bytes: PackageResources.SupportCostPerAnswerHigh_md),
            EmbeddedAlert(name: "SupportErrorRateHigh.md", bytes: PackageResources.SupportErrorRateHigh_md),
            EmbeddedAlert(name: "SupportFirstTokenPercentileHigh.md", bytes: PackageResources.SupportFirstTokenPercentileHigh_md),
            EmbeddedAlert(name: "SupportSatisfactionLow.md", bytes: PackageResources.SupportSatisfactionLow_md),
            EmbeddedAlert(name: "PlimsollDiskFilling.md", bytes: PackageResources.PlimsollDiskFilling_md),
            EmbeddedAlert(name: "PlimsollDiskLow.md", bytes: PackageResources.PlimsollDiskLow_md),
            EmbeddedAlert(name: "PlimsollDown.md", bytes: PackageResources.PlimsollDown_md),
            EmbeddedAlert(name: "PlimsollEventsRejected.md", bytes: PackageResources.PlimsollEventsRejected_md),
            EmbeddedAlert(name: "PlimsollIngestSilence.md", bytes: PackageResources.PlimsollIngestSilence_md),
            EmbeddedAlert(name: "PlimsollTracesBehind.md", bytes: PackageResources.PlimsollTracesBehind_md),
            EmbeddedAlert(name: "SupportBudgetExhausted.md", bytes: PackageResources.SupportBudgetExhausted_md),
            EmbeddedAlert(name: "SupportBudgetPace.md", bytes: PackageResources.SupportBudgetPace_md),
            EmbeddedAlert(name: "SupportCostSpike.md", bytes: PackageResources.SupportCostSpike_md),
            EmbeddedAlert(name: "SupportEscalationSurge.md", bytes: PackageResources.SupportEscalationSurge_md),
            EmbeddedAlert(name: "SupportProbesFailing.md", bytes: PackageResources.SupportProbesFailing_md),
            EmbeddedAlert(name: "SupportTokenRunaway.md", bytes: PackageResources.SupportTokenRunaway_md),
            EmbeddedAlert(name: "SupportUnpricedCalls.md", bytes: PackageResources.SupportUnpricedCalls_md),
            EmbeddedAlert(name: "Watchdog.md", bytes: PackageResources.Watchdog_md),
        ]
    }
}
