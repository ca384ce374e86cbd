/// Ids of the columns that code needs by name; all others are reached through lists.
package struct WellKnownColumns: Hashable, Sendable {
    package let id: UInt16
    package let source: UInt16
    package let tenant: UInt16
    package let conversationID: UInt16
    package let turn: UInt16
    package let messageID: UInt16
    package let channel: UInt16
    package let userID: UInt16
    package let agent: UInt16
    package let agentVersion: UInt16
    package let team: UInt16
    package let costCentre: UInt16
    package let environment: UInt16
    package let region: UInt16
    package let serviceName: UInt16
    package let serviceVersion: UInt16
    package let experiment: UInt16
    package let variant: UInt16
    package let promptName: UInt16
    package let promptVersion: UInt16
    package let traceID: UInt16
    package let spanID: UInt16
    package let parentSpanID: UInt16
    package let durationNanoseconds: UInt16
    package let errorType: UInt16
    package let status: UInt16
    package let by: UInt16
    package let wait: UInt16
    package let amount: UInt16
    package let period: UInt16
    package let scope: UInt16
    package let cache: UInt16
    package let hit: UInt16
    package let confidence: UInt16
    package let intent: UInt16
    package let topic: UInt16
    package let reason: UInt16
    package let certainty: UInt16
    package let entry: UInt16
    package let locale: UInt16
    package let category: UInt16
    package let periodEnd: UInt16
    package let periodStart: UInt16
    package let fromValue: UInt16
    package let subject: UInt16
    package let toValue: UInt16
    package let attempt: UInt16
    package let cacheReadTokens: UInt16
    package let cacheWrite1hTokens: UInt16
    package let cacheWriteTokens: UInt16
    package let dimensions: UInt16
    package let finishReason: UInt16
    package let gpuDuration: UInt16
    package let inputTokens: UInt16
    package let operation: UInt16
    package let outputTokens: UInt16
    package let provider: UInt16
    package let purpose: UInt16
    package let queueDuration: UInt16
    package let reasoningTokens: UInt16
    package let reportedCost: UInt16
    package let requestModel: UInt16
    package let responseID: UInt16
    package let responseModel: UInt16
    package let route: UInt16
    package let serviceTier: UInt16
    package let stream: UInt16
    package let timeToFirstToken: UInt16
    package let escalationID: UInt16
    package let handledBy: UInt16
    package let handlingDuration: UInt16
    package let priority: UInt16
    package let queue: UInt16
    package let kind: UInt16
    package let comment: UInt16
    package let score: UInt16
    package let body: UInt16
    package let severity: UInt16
    package let author: UInt16
    package let characters: UInt16
    package let content: UInt16
    package let answeredFrom: UInt16
    package let metricName: UInt16
    package let value: UInt16
    package let model: UInt16
    package let tokenClass: UInt16
    package let pricePerGPUHour: UInt16
    package let pricePerMillionTokens: UInt16
    package let validFrom: UInt16
    package let target: UInt16
    package let up: UInt16
    package let evaluator: UInt16
    package let label: UInt16
    package let name: UInt16
    package let qualityScore: UInt16
    package let httpRoute: UInt16
    package let rejectedBy: UInt16
    package let statusCode: UInt16
    package let capacity: UInt16
    package let resource: UInt16
    package let used: UInt16
    package let hits: UInt16
    package let index: UInt16
    package let topScore: UInt16
    package let resourceAttributes: UInt16
    package let spanAttributes: UInt16
    package let spanKind: UInt16
    package let spanName: UInt16
    package let withheldValues: UInt16
    package let cost: UInt16
    package let tool: UInt16
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
        confidence = id("confidence")
        intent = id("intent")
        topic = id("topic")
        reason = id("reason")
        certainty = id("certainty")
        entry = id("entry")
        locale = id("locale")
        category = id("category")
        periodEnd = id("period_end")
        periodStart = id("period_start")
        fromValue = id("from_value")
        subject = id("subject")
        toValue = id("to_value")
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
        requestModel = id("request_model")
        responseID = id("response_id")
        responseModel = id("response_model")
        route = id("route")
        serviceTier = id("service_tier")
        stream = id("stream")
        timeToFirstToken = id("time_to_first_token_ns")
        escalationID = id("escalation_id")
        handledBy = id("handled_by")
        handlingDuration = id("handling_duration_ns")
        priority = id("priority")
        queue = id("queue")
        kind = id("kind")
        comment = id("comment")
        score = id("score")
        body = id("body")
        severity = id("severity")
        author = id("author")
        characters = id("characters")
        content = id("content")
        answeredFrom = id("answered_from")
        metricName = id("metric_name")
        value = id("value")
        model = id("model")
        tokenClass = id("token_class")
        pricePerGPUHour = id("usd_per_gpu_hour")
        pricePerMillionTokens = id("usd_per_million_tokens")
        validFrom = id("valid_from")
        target = id("target")
        up = id("up")
        evaluator = id("evaluator")
        label = id("label")
        name = id("name")
        qualityScore = id("quality_score")
        httpRoute = id("http_route")
        rejectedBy = id("rejected_by")
        statusCode = id("status_code")
        capacity = id("capacity")
        resource = id("resource")
        used = id("used")
        hits = id("hits")
        index = id("index")
        topScore = id("top_score")
        resourceAttributes = id("resource_attributes")
        spanAttributes = id("span_attributes")
        spanKind = id("span_kind")
        spanName = id("span_name")
        withheldValues = id("withheld_values")
        cost = id("cost_usd")
        tool = id("tool")
        attributes = id("attributes")
    }
}
