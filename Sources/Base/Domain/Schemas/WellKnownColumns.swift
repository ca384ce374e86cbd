/// Ids of the columns that code needs by name; all others are reached through lists.
package struct WellKnownColumns: Hashable, Sendable {
    /// `id`.
    package let id: UInt16
    /// `source`.
    package let source: UInt16
    /// `tenant`.
    package let tenant: UInt16
    /// `conversation_id`.
    package let conversationID: UInt16
    /// `turn`.
    package let turn: UInt16
    /// `message_id`.
    package let messageID: UInt16
    /// `channel`.
    package let channel: UInt16
    /// `user_id`.
    package let userID: UInt16
    /// `agent`.
    package let agent: UInt16
    /// `agent_version`.
    package let agentVersion: UInt16
    /// `team`.
    package let team: UInt16
    /// `cost_centre`.
    package let costCentre: UInt16
    /// `environment`.
    package let environment: UInt16
    /// `region`.
    package let region: UInt16
    /// `service_name`.
    package let serviceName: UInt16
    /// `service_version`.
    package let serviceVersion: UInt16
    /// `experiment`.
    package let experiment: UInt16
    /// `variant`.
    package let variant: UInt16
    /// `prompt_name`.
    package let promptName: UInt16
    /// `prompt_version`.
    package let promptVersion: UInt16
    /// `trace_id`.
    package let traceID: UInt16
    /// `span_id`.
    package let spanID: UInt16
    /// `parent_span_id`.
    package let parentSpanID: UInt16
    /// `duration_ns`.
    package let durationNanoseconds: UInt16
    /// `error_type`.
    package let errorType: UInt16
    /// `status`.
    package let status: UInt16
    /// `by`.
    package let by: UInt16
    /// `wait_ns`.
    package let wait: UInt16
    /// `amount_usd`.
    package let amount: UInt16
    /// `period`.
    package let period: UInt16
    /// `scope`.
    package let scope: UInt16
    /// `cache`.
    package let cache: UInt16
    /// `hit`.
    package let hit: UInt16
    /// `intent`.
    package let intent: UInt16
    /// `topic`.
    package let topic: UInt16
    /// `reason`.
    package let reason: UInt16
    /// `certainty`.
    package let certainty: UInt16
    /// `entry`.
    package let entry: UInt16
    /// `category`.
    package let category: UInt16
    /// `subject`.
    package let subject: UInt16
    /// `attempt`.
    package let attempt: UInt16
    /// `cache_read_tokens`.
    package let cacheReadTokens: UInt16
    /// `cache_write_1h_tokens`.
    package let cacheWrite1hTokens: UInt16
    /// `cache_write_tokens`.
    package let cacheWriteTokens: UInt16
    /// `dimensions`.
    package let dimensions: UInt16
    /// `finish_reason`.
    package let finishReason: UInt16
    /// `gpu_duration_ns`.
    package let gpuDuration: UInt16
    /// `input_tokens`.
    package let inputTokens: UInt16
    /// `operation`.
    package let operation: UInt16
    /// `output_tokens`.
    package let outputTokens: UInt16
    /// `provider`.
    package let provider: UInt16
    /// `purpose`.
    package let purpose: UInt16
    /// `queue_duration_ns`.
    package let queueDuration: UInt16
    /// `reasoning_tokens`.
    package let reasoningTokens: UInt16
    /// `reported_cost_usd`.
    package let reportedCost: UInt16
    /// `total_tokens`.
    package let totalTokens: UInt16
    /// `usage_doubt`.
    package let usageDoubt: UInt16
    /// `other_usage`.
    package let otherUsage: UInt16
    /// `request_model`.
    package let requestModel: UInt16
    /// `response_id`.
    package let responseID: UInt16
    /// `response_model`.
    package let responseModel: UInt16
    /// `route`.
    package let route: UInt16
    /// `service_tier`.
    package let serviceTier: UInt16
    /// `stream`.
    package let stream: UInt16
    /// `time_to_first_token_ns`.
    package let timeToFirstToken: UInt16
    /// `escalation_id`.
    package let escalationID: UInt16
    /// `queue`.
    package let queue: UInt16
    /// `kind`.
    package let kind: UInt16
    /// `score`.
    package let score: UInt16
    /// `body`.
    package let body: UInt16
    /// `author`.
    package let author: UInt16
    /// `content`.
    package let content: UInt16
    /// `value`.
    package let value: UInt16
    /// `model`.
    package let model: UInt16
    /// `token_class`.
    package let tokenClass: UInt16
    /// `usd_per_gpu_hour`.
    package let pricePerGPUHour: UInt16
    /// `usd_per_million_tokens`.
    package let pricePerMillionTokens: UInt16
    /// `valid_from`.
    package let validFrom: UInt16
    /// `target`.
    package let target: UInt16
    /// `label`.
    package let label: UInt16
    /// `name`.
    package let name: UInt16
    /// `status_code`.
    package let statusCode: UInt16
    /// `resource`.
    package let resource: UInt16
    /// `index`.
    package let index: UInt16
    /// `withheld_values`.
    package let withheldValues: UInt16
    /// `cost_usd`.
    package let cost: UInt16
    /// `tool`.
    package let tool: UInt16
    /// `attributes`.
    package let attributes: UInt16

    /// - Parameter id: gives the id of a column by name; every name here is in a schema file.
    init(_ id: (String) -> UInt16) {
        self.id = id("id")
        source = id("source")
        tenant = id("tenant")
        conversationID = id("conversation_id")
        turn = id("turn")
        messageID = id("message_id")
        channel = id("channel")
        userID = id("user_id")
        agent = id("agent")
        agentVersion = id("agent_version")
        team = id("team")
        costCentre = id("cost_centre")
        environment = id("environment")
        region = id("region")
        serviceName = id("service_name")
        serviceVersion = id("service_version")
        experiment = id("experiment")
        variant = id("variant")
        promptName = id("prompt_name")
        promptVersion = id("prompt_version")
        traceID = id("trace_id")
        spanID = id("span_id")
        parentSpanID = id("parent_span_id")
        durationNanoseconds = id("duration_ns")
        errorType = id("error_type")
        status = id("status")
        by = id("by")
        wait = id("wait_ns")
        amount = id("amount_usd")
        period = id("period")
        scope = id("scope")
        cache = id("cache")
        hit = id("hit")
        intent = id("intent")
        topic = id("topic")
        reason = id("reason")
        certainty = id("certainty")
        entry = id("entry")
        category = id("category")
        subject = id("subject")
        attempt = id("attempt")
        cacheReadTokens = id("cache_read_tokens")
        cacheWrite1hTokens = id("cache_write_1h_tokens")
        cacheWriteTokens = id("cache_write_tokens")
        dimensions = id("dimensions")
        finishReason = id("finish_reason")
        gpuDuration = id("gpu_duration_ns")
        inputTokens = id("input_tokens")
        operation = id("operation")
        outputTokens = id("output_tokens")
        provider = id("provider")
        purpose = id("purpose")
        queueDuration = id("queue_duration_ns")
        reasoningTokens = id("reasoning_tokens")
        reportedCost = id("reported_cost_usd")
        totalTokens = id("total_tokens")
        usageDoubt = id("usage_doubt")
        otherUsage = id("other_usage")
        requestModel = id("request_model")
        responseID = id("response_id")
        responseModel = id("response_model")
        route = id("route")
        serviceTier = id("service_tier")
        stream = id("stream")
        timeToFirstToken = id("time_to_first_token_ns")
        escalationID = id("escalation_id")
        queue = id("queue")
        kind = id("kind")
        score = id("score")
        body = id("body")
        author = id("author")
        content = id("content")
        value = id("value")
        model = id("model")
        tokenClass = id("token_class")
        pricePerGPUHour = id("usd_per_gpu_hour")
        pricePerMillionTokens = id("usd_per_million_tokens")
        validFrom = id("valid_from")
        target = id("target")
        label = id("label")
        name = id("name")
        statusCode = id("status_code")
        resource = id("resource")
        index = id("index")
        withheldValues = id("withheld_values")
        cost = id("cost_usd")
        tool = id("tool")
        attributes = id("attributes")
    }
}
