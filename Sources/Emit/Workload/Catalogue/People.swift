/// The customers, tenants and teams of the simulated desk, and their words.
enum Catalogue {
    static let channels = ["web", "slack", "teams", "email", "api"]
    static let channelsCumulative = cumulative([0.45, 0.20, 0.12, 0.13, 0.10])

    static let tenantNames = ["acme", "borealis", "cobalt", "dunlin", "ember", "fjord", "gannet", "harbour"]

    /// The name of a tenant; beyond the listed ones they are numbered.
    static func tenant(_ index: Int) -> String { index < tenantNames.count ? tenantNames[index] : "tenant-\(index)" }

    static let regions = ["eu-west", "eu-central", "us-east", "ap-south"]
    static let locales = ["en-GB", "de-DE", "en-US", "en-IN"]
    static let pods = (0..<8).map { "agent/pod-\($0)" }
    static let errorTypes = ["rate_limited", "timeout", "overloaded", "connection_reset"]
    static let errorTypesCumulative = cumulative([0.45, 0.30, 0.15, 0.10])
    static let escalationReasons = ["user_request", "low_confidence", "policy", "failure", "sentiment"]
    static let escalationReasonsCumulative = cumulative([0.38, 0.27, 0.10, 0.10, 0.15])
    static let variants = ["control", "concise", "empathic"]
    static let variantsCumulative = cumulative([0.8, 0.1, 0.1])
    static let guardrails = ["prompt_injection", "pii", "toxicity"]

    /// What a customer asks about, who answers it, and how well that usually ends.
    struct Topic: Sendable {
        var name: String
        var intents: [String]
        var agent: String
        var team: String
        var tools: [String]
        /// Added to the chance of a resolution.
        var ease: Double
    }

    static let topics: [Topic] = [
        Topic(
            name: "billing", intents: ["explain_invoice", "refund", "change_plan"], agent: "billing", team: "payments",
            tools: ["lookup_invoice", "refund", "crm_contact"], ease: -0.03),
        Topic(
            name: "access", intents: ["reset_password", "unlock_account", "single_sign_on"], agent: "account",
            team: "identity",
            tools: ["reset_password", "lookup_user"], ease: 0.09),
        Topic(
            name: "delivery", intents: ["where_is_it", "return_item", "damaged"], agent: "returns", team: "logistics",
            tools: ["lookup_order", "create_return"], ease: 0.01),
        Topic(
            name: "product", intents: ["how_to", "compare", "availability"], agent: "general", team: "frontline",
            tools: ["search_catalogue", "search_docs"], ease: 0.05),
        Topic(
            name: "fault", intents: ["error_message", "slow", "outage"], agent: "technical", team: "engineering",
            tools: ["search_docs", "read_status", "create_ticket"], ease: -0.10),
        Topic(
            name: "contract", intents: ["renewal", "cancel", "data_request"], agent: "general", team: "frontline",
            tools: ["crm_contact"],
            ease: -0.06),
    ]
    static let topicsCumulative = cumulative([0.24, 0.20, 0.21, 0.17, 0.12, 0.06])
}
