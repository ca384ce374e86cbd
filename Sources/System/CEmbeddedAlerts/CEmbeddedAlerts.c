#include "CEmbeddedAlerts.h"

// `#embed` puts the bytes where they belong in no time; the compiler notes the files, so a changed one is built in anew.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Templates where numbers of objectives stand in a file, else the files that are used as they are.

static const unsigned char rules_cost_yaml[] = {
#embed "../../../Alerts/templates/rules/cost.yaml"
};
static const unsigned char rules_outcomes_yaml[] = {
#embed "../../../Alerts/templates/rules/outcomes.yaml"
};
static const unsigned char rules_pipeline_yaml[] = {
#embed "../../../Alerts/templates/rules/pipeline.yaml"
};
static const unsigned char rules_recording_yaml[] = {
#embed "../../../Alerts/templates/rules/recording.yaml"
};
static const unsigned char rules_service_levels_yaml[] = {
#embed "../../../Alerts/templates/rules/service-levels.yaml"
};
static const unsigned char slos_answer_percentile_yaml[] = {
#embed "../../../Alerts/templates/slos/answer-percentile.yaml"
};
static const unsigned char slos_availability_yaml[] = {
#embed "../../../Alerts/templates/slos/availability.yaml"
};
static const unsigned char slos_cost_per_answer_yaml[] = {
#embed "../../../Alerts/templates/slos/cost-per-answer.yaml"
};
static const unsigned char slos_error_rate_yaml[] = {
#embed "../../../Alerts/templates/slos/error-rate.yaml"
};
static const unsigned char slos_first_token_percentile_yaml[] = {
#embed "../../../Alerts/templates/slos/first-token-percentile.yaml"
};
static const unsigned char slos_satisfaction_yaml[] = {
#embed "../../../Alerts/templates/slos/satisfaction.yaml"
};
static const unsigned char slos_service_yaml[] = {
#embed "../../../Alerts/slos/service.yaml"
};
static const unsigned char dashboards_business_json[] = {
#embed "../../../Alerts/templates/dashboards/business.json"
};
static const unsigned char dashboards_cost_json[] = {
#embed "../../../Alerts/templates/dashboards/cost.json"
};
static const unsigned char dashboards_operational_json[] = {
#embed "../../../Alerts/templates/dashboards/operational.json"
};
static const unsigned char dashboards_quality_json[] = {
#embed "../../../Alerts/templates/dashboards/quality.json"
};
static const unsigned char runbooks_README_md[] = {
#embed "../../../Alerts/templates/runbooks/README.md"
};
static const unsigned char runbooks_SupportAnswerMedianHigh_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportAnswerMedianHigh.md"
};
static const unsigned char runbooks_SupportAnswerPercentileHigh_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportAnswerPercentileHigh.md"
};
static const unsigned char runbooks_SupportAvailabilityBurnFast_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportAvailabilityBurnFast.md"
};
static const unsigned char runbooks_SupportAvailabilityBurnSlow_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportAvailabilityBurnSlow.md"
};
static const unsigned char runbooks_SupportAvailabilityLow_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportAvailabilityLow.md"
};
static const unsigned char runbooks_SupportCostPerAnswerHigh_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportCostPerAnswerHigh.md"
};
static const unsigned char runbooks_SupportErrorRateHigh_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportErrorRateHigh.md"
};
static const unsigned char runbooks_SupportFirstTokenPercentileHigh_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportFirstTokenPercentileHigh.md"
};
static const unsigned char runbooks_SupportSatisfactionLow_md[] = {
#embed "../../../Alerts/templates/runbooks/SupportSatisfactionLow.md"
};
static const unsigned char runbooks_PlimsollConnectionsFull_md[] = {
#embed "../../../Alerts/runbooks/PlimsollConnectionsFull.md"
};
static const unsigned char runbooks_PlimsollConversationsCut_md[] = {
#embed "../../../Alerts/runbooks/PlimsollConversationsCut.md"
};
static const unsigned char runbooks_PlimsollConversationsUnreadable_md[] = {
#embed "../../../Alerts/runbooks/PlimsollConversationsUnreadable.md"
};
static const unsigned char runbooks_PlimsollDiskBudgetNear_md[] = {
#embed "../../../Alerts/runbooks/PlimsollDiskBudgetNear.md"
};
static const unsigned char runbooks_PlimsollDiskBudgetSpent_md[] = {
#embed "../../../Alerts/runbooks/PlimsollDiskBudgetSpent.md"
};
static const unsigned char runbooks_PlimsollDiskFilling_md[] = {
#embed "../../../Alerts/runbooks/PlimsollDiskFilling.md"
};
static const unsigned char runbooks_PlimsollDiskLow_md[] = {
#embed "../../../Alerts/runbooks/PlimsollDiskLow.md"
};
static const unsigned char runbooks_PlimsollDown_md[] = {
#embed "../../../Alerts/runbooks/PlimsollDown.md"
};
static const unsigned char runbooks_PlimsollEventsRejected_md[] = {
#embed "../../../Alerts/runbooks/PlimsollEventsRejected.md"
};
static const unsigned char runbooks_PlimsollFilesDamaged_md[] = {
#embed "../../../Alerts/runbooks/PlimsollFilesDamaged.md"
};
static const unsigned char runbooks_PlimsollIngestSilence_md[] = {
#embed "../../../Alerts/runbooks/PlimsollIngestSilence.md"
};
static const unsigned char runbooks_PlimsollRetentionBehind_md[] = {
#embed "../../../Alerts/runbooks/PlimsollRetentionBehind.md"
};
static const unsigned char runbooks_PlimsollScrubBehind_md[] = {
#embed "../../../Alerts/runbooks/PlimsollScrubBehind.md"
};
static const unsigned char runbooks_PlimsollSealsFailing_md[] = {
#embed "../../../Alerts/runbooks/PlimsollSealsFailing.md"
};
static const unsigned char runbooks_PlimsollShippingBehind_md[] = {
#embed "../../../Alerts/runbooks/PlimsollShippingBehind.md"
};
static const unsigned char runbooks_PlimsollTracesBehind_md[] = {
#embed "../../../Alerts/runbooks/PlimsollTracesBehind.md"
};
static const unsigned char runbooks_SLOBudgetBurnsFast_md[] = {
#embed "../../../Alerts/runbooks/SLOBudgetBurnsFast.md"
};
static const unsigned char runbooks_SLOBudgetBurnsSlowly_md[] = {
#embed "../../../Alerts/runbooks/SLOBudgetBurnsSlowly.md"
};
static const unsigned char runbooks_SupportBudgetExhausted_md[] = {
#embed "../../../Alerts/runbooks/SupportBudgetExhausted.md"
};
static const unsigned char runbooks_SupportBudgetPace_md[] = {
#embed "../../../Alerts/runbooks/SupportBudgetPace.md"
};
static const unsigned char runbooks_SupportCostSpike_md[] = {
#embed "../../../Alerts/runbooks/SupportCostSpike.md"
};
static const unsigned char runbooks_SupportEscalationSurge_md[] = {
#embed "../../../Alerts/runbooks/SupportEscalationSurge.md"
};
static const unsigned char runbooks_SupportProbesFailing_md[] = {
#embed "../../../Alerts/runbooks/SupportProbesFailing.md"
};
static const unsigned char runbooks_SupportTokenRunaway_md[] = {
#embed "../../../Alerts/runbooks/SupportTokenRunaway.md"
};
static const unsigned char runbooks_SupportUnpricedCalls_md[] = {
#embed "../../../Alerts/runbooks/SupportUnpricedCalls.md"
};
static const unsigned char runbooks_Watchdog_md[] = {
#embed "../../../Alerts/runbooks/Watchdog.md"
};

#define FILE_OF(symbol, name) { name, symbol, sizeof symbol }

static const plimsoll_embedded_alert rules[] = {
    FILE_OF(rules_cost_yaml, "cost.yaml"),
    FILE_OF(rules_outcomes_yaml, "outcomes.yaml"),
    FILE_OF(rules_pipeline_yaml, "pipeline.yaml"),
    FILE_OF(rules_recording_yaml, "recording.yaml"),
    FILE_OF(rules_service_levels_yaml, "service-levels.yaml"),
};

static const plimsoll_embedded_alert slos[] = {
    FILE_OF(slos_answer_percentile_yaml, "answer-percentile.yaml"),
    FILE_OF(slos_availability_yaml, "availability.yaml"),
    FILE_OF(slos_cost_per_answer_yaml, "cost-per-answer.yaml"),
    FILE_OF(slos_error_rate_yaml, "error-rate.yaml"),
    FILE_OF(slos_first_token_percentile_yaml, "first-token-percentile.yaml"),
    FILE_OF(slos_satisfaction_yaml, "satisfaction.yaml"),
    FILE_OF(slos_service_yaml, "service.yaml"),
};

static const plimsoll_embedded_alert dashboards[] = {
    FILE_OF(dashboards_business_json, "business.json"),
    FILE_OF(dashboards_cost_json, "cost.json"),
    FILE_OF(dashboards_operational_json, "operational.json"),
    FILE_OF(dashboards_quality_json, "quality.json"),
};

static const plimsoll_embedded_alert runbooks[] = {
    FILE_OF(runbooks_README_md, "README.md"),
    FILE_OF(runbooks_SupportAnswerMedianHigh_md, "SupportAnswerMedianHigh.md"),
    FILE_OF(runbooks_SupportAnswerPercentileHigh_md, "SupportAnswerPercentileHigh.md"),
    FILE_OF(runbooks_SupportAvailabilityBurnFast_md, "SupportAvailabilityBurnFast.md"),
    FILE_OF(runbooks_SupportAvailabilityBurnSlow_md, "SupportAvailabilityBurnSlow.md"),
    FILE_OF(runbooks_SupportAvailabilityLow_md, "SupportAvailabilityLow.md"),
    FILE_OF(runbooks_SupportCostPerAnswerHigh_md, "SupportCostPerAnswerHigh.md"),
    FILE_OF(runbooks_SupportErrorRateHigh_md, "SupportErrorRateHigh.md"),
    FILE_OF(runbooks_SupportFirstTokenPercentileHigh_md, "SupportFirstTokenPercentileHigh.md"),
    FILE_OF(runbooks_SupportSatisfactionLow_md, "SupportSatisfactionLow.md"),
    FILE_OF(runbooks_PlimsollConnectionsFull_md, "PlimsollConnectionsFull.md"),
    FILE_OF(runbooks_PlimsollConversationsCut_md, "PlimsollConversationsCut.md"),
    FILE_OF(runbooks_PlimsollConversationsUnreadable_md, "PlimsollConversationsUnreadable.md"),
    FILE_OF(runbooks_PlimsollDiskBudgetNear_md, "PlimsollDiskBudgetNear.md"),
    FILE_OF(runbooks_PlimsollDiskBudgetSpent_md, "PlimsollDiskBudgetSpent.md"),
    FILE_OF(runbooks_PlimsollDiskFilling_md, "PlimsollDiskFilling.md"),
    FILE_OF(runbooks_PlimsollDiskLow_md, "PlimsollDiskLow.md"),
    FILE_OF(runbooks_PlimsollDown_md, "PlimsollDown.md"),
    FILE_OF(runbooks_PlimsollEventsRejected_md, "PlimsollEventsRejected.md"),
    FILE_OF(runbooks_PlimsollFilesDamaged_md, "PlimsollFilesDamaged.md"),
    FILE_OF(runbooks_PlimsollIngestSilence_md, "PlimsollIngestSilence.md"),
    FILE_OF(runbooks_PlimsollRetentionBehind_md, "PlimsollRetentionBehind.md"),
    FILE_OF(runbooks_PlimsollScrubBehind_md, "PlimsollScrubBehind.md"),
    FILE_OF(runbooks_PlimsollSealsFailing_md, "PlimsollSealsFailing.md"),
    FILE_OF(runbooks_PlimsollShippingBehind_md, "PlimsollShippingBehind.md"),
    FILE_OF(runbooks_PlimsollTracesBehind_md, "PlimsollTracesBehind.md"),
    FILE_OF(runbooks_SLOBudgetBurnsFast_md, "SLOBudgetBurnsFast.md"),
    FILE_OF(runbooks_SLOBudgetBurnsSlowly_md, "SLOBudgetBurnsSlowly.md"),
    FILE_OF(runbooks_SupportBudgetExhausted_md, "SupportBudgetExhausted.md"),
    FILE_OF(runbooks_SupportBudgetPace_md, "SupportBudgetPace.md"),
    FILE_OF(runbooks_SupportCostSpike_md, "SupportCostSpike.md"),
    FILE_OF(runbooks_SupportEscalationSurge_md, "SupportEscalationSurge.md"),
    FILE_OF(runbooks_SupportProbesFailing_md, "SupportProbesFailing.md"),
    FILE_OF(runbooks_SupportTokenRunaway_md, "SupportTokenRunaway.md"),
    FILE_OF(runbooks_SupportUnpricedCalls_md, "SupportUnpricedCalls.md"),
    FILE_OF(runbooks_Watchdog_md, "Watchdog.md"),
};

#define FOLDER_OF(table) { table, sizeof table / sizeof table[0] }

static const struct {
    const plimsoll_embedded_alert *files;
    size_t count;
} folders[] = { FOLDER_OF(rules), FOLDER_OF(slos), FOLDER_OF(dashboards), FOLDER_OF(runbooks) };

size_t plimsoll_embedded_alert_count(plimsoll_alert_folder folder) { return folders[folder].count; }

plimsoll_embedded_alert plimsoll_embedded_alert_at(plimsoll_alert_folder folder, size_t index) { return folders[folder].files[index]; }
