/// What a route is called, in code and as the operation of the OpenAPI document. ``RouteTable`` has an entry of each,
/// `Routes.answer` a handler.
package enum RouteName: String, CaseIterable, Hashable, Sendable {
    case sendEvents, sendSpans, sendSpansElsewhere
    case exportEvents, askSQL, statusReport, doctorReport, report, budgets, budgetHistory, conversations, conversation,
        alertReplay, alertEvaluations
    case instantQuery, instantQueryForm, rangeQuery, rangeQueryForm, queryExemplars, queryExemplarsForm
    case formatQuery, formatQueryForm, parseQuery, parseQueryForm
    case seriesList, seriesListForm, labelNames, labelNamesForm, labelValues, metricMetadata, seriesStatistics
    case expressionLink, ruleStates, alertStates, alertmanagers, scrapeTargets
    case buildInfo, runtimeInfo, serverFlags, serverConfiguration
    case alertmanagerStatus, firingAlerts, silences
    case prices, priceCheck, rebookingPreview, rebook
    case objectives, metrics, status, openAPI
    case health, healthElsewhere, readiness, readinessElsewhere, readRules
    case overviewPage, statusPage, conversationsPage, conversationPage, pageAsset, runbooks, runbook
    case schemas, explorePage, pricesPage, schemasPage, schemaPage
    case reportPage, budgetsPage, alertsPage, alertPage
    case sessionForm, beginSession, endSession
    case dashboardPage, dashboardPageElsewhere, dashboardModel, dashboardData, dashboardByName
}
