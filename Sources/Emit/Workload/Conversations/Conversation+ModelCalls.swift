extension ConversationBuilder {
    /// How the model's part of an answer ended.
    struct ModelAnswer {
        var firstToken: Int64
        /// Nil when it answered.
        var errorType: String?
    }

    /// The calls of one answer: a plan with tools and a second call, or one call alone.
    mutating func callModels() -> ModelAnswer {
        let model = ModelCatalogue.chat[random.index(ofCumulative: ModelCatalogue.chatCumulative)]
        let usesTool = random.chance(0.25)
        if usesTool {
            let planned = call(model, purpose: "answer", finish: "tool_calls", outputMedian: 32)
            if planned.errorType != nil { return planned }
            callTool()
        }
        return call(model, purpose: "answer", finish: "stop", outputMedian: 96)
    }

    /// One model call with up to two repeats after a passing failure.
    private mutating func call(_ model: TrafficModel, purpose: String, finish: String, outputMedian: Double)
        -> ModelAnswer
    {
        var attempt: Int64 = 1
        while true {
            let result = attemptCall(
                model, purpose: purpose, finish: finish, outputMedian: outputMedian, attempt: attempt)
            guard let error = result.errorType else { return result }
            if attempt == 3 || error == "context_length" { return result }
            now += Int64(random.waitingTime(mean: 120e6 * Double(attempt)))
            attempt += 1
        }
    }

    private mutating func attemptCall(
        _ model: TrafficModel, purpose: String, finish: String, outputMedian: Double, attempt: Int64
    ) -> ModelAnswer {
        let bad = configuration.badHours.first { $0.covers(now, model: model.name) }
        let slowdown = bad?.slowdown ?? 1
        let failed = random.chance(bad?.errorRate ?? 0.012)
        let tooLong = !failed && random.chance(0.0004)
        let queue = model.isLocal ? Int64(Double(random.duration(medianMilliseconds: 12, sigma: 0.8)) * slowdown) : 0
        let wait = random.duration(medianMilliseconds: model.firstTokenMilliseconds, sigma: 0.38)
        let firstToken = Int64(Double(wait) * slowdown) + queue
        if failed || tooLong {
            let error =
                tooLong
                ? "context_length" : Catalogue.errorTypes[random.index(ofCumulative: Catalogue.errorTypesCumulative)]
            let duration = error == "timeout" ? Int64(6e9 * min(slowdown, 2)) : firstToken / 2
            now += duration
            emitFailedCall(model, purpose: purpose, attempt: attempt, duration: duration, error: error)
            return ModelAnswer(firstToken: now, errorType: error)
        }
        var usage = drawUsage(model, outputMedian: outputMedian)
        let speed = model.tokensPerSecond / slowdown * random.logNormal(median: 1, sigma: 0.12)
        let generation = Int64(Double(usage.output) / speed * 1e9)
        let start = now
        now += firstToken + generation
        usage.isCut = usage.output >= 4000
        emitCall(
            model, purpose: purpose, usage: usage, queue: queue, firstToken: firstToken,
            duration: firstToken + generation,
            attempt: attempt, finish: usage.isCut ? "length" : finish)
        return ModelAnswer(firstToken: start + firstToken, errorType: nil)
    }

    /// Tokens of one call; the parts never exceed their whole.
    private struct Usage {
        var input: Int64
        var output: Int64
        var cacheRead: Int64 = 0
        var cacheWrite: Int64 = 0
        var cacheWriteHour: Int64 = 0
        var reasoning: Int64 = 0
        var isCut = false
    }

    private mutating func drawUsage(_ model: TrafficModel, outputMedian: Double) -> Usage {
        var usage = Usage(
            input: Int64(random.logNormal(median: 720, sigma: 0.5)) + turn * 170,
            output: min(4000, Int64(random.logNormal(median: outputMedian, sigma: 0.55)) + 1))
        if model.readsCache, random.chance(0.35) { usage.cacheRead = usage.input * random.integer(20, 80) / 100 }
        if model.writesCache, random.chance(0.15) {
            usage.cacheWrite = (usage.input - usage.cacheRead) * random.integer(30, 90) / 100
            if random.chance(0.3) { usage.cacheWriteHour = usage.cacheWrite / 2 }
        }
        if model.reasons, random.chance(0.4) { usage.reasoning = usage.output * random.integer(10, 60) / 100 }
        return usage
    }

    private func callHead(_ model: TrafficModel, purpose: String, answered: Bool) -> [WorkloadField] {
        var fields = [
            WorkloadField("operation", .text("chat")), WorkloadField("purpose", .text(purpose)),
            WorkloadField("provider", .text(model.provider)), WorkloadField("request_model", .text(model.name)),
        ]
        fields.reserveCapacity(20)
        if answered, let name = model.responseName { fields.append(WorkloadField("response_model", .text(name))) }
        fields.append(WorkloadField("route", .text(model.route)))
        // Judging can wait: where the provider sells a batch tier, it is used.
        if purpose == "judge", model.name == "gpt-4o-mini" {
            fields.append(WorkloadField("service_tier", .text("batch")))
        }
        return fields
    }

    private mutating func emitFailedCall(
        _ model: TrafficModel, purpose: String, attempt: Int64, duration: Int64, error: String
    ) {
        var fields = callHead(model, purpose: purpose, answered: false)
        fields.append(WorkloadField("duration_ns", .integer(duration)))
        fields.append(WorkloadField("attempt", .integer(attempt)))
        fields.append(WorkloadField("status", .text("error")))
        fields.append(WorkloadField("error_type", .text(error)))
        emitInTurn("llm.call", at: now, fields)
    }

    private mutating func emitCall(
        _ model: TrafficModel, purpose: String, usage: Usage, queue: Int64, firstToken: Int64, duration: Int64,
        attempt: Int64,
        finish: String
    ) {
        var fields = callHead(model, purpose: purpose, answered: true)
        if !model.isLocal { fields.append(WorkloadField("response_id", .hexadecimal64(random.next()))) }
        fields.append(WorkloadField("input_tokens", .integer(usage.input)))
        fields.append(WorkloadField("output_tokens", .integer(usage.output)))
        if model.readsCache { fields.append(WorkloadField("cache_read_tokens", .integer(usage.cacheRead))) }
        if model.writesCache {
            fields.append(WorkloadField("cache_write_tokens", .integer(usage.cacheWrite)))
            if usage.cacheWriteHour > 0 {
                fields.append(WorkloadField("cache_write_1h_tokens", .integer(usage.cacheWriteHour)))
            }
        }
        if usage.reasoning > 0 { fields.append(WorkloadField("reasoning_tokens", .integer(usage.reasoning))) }
        if model.isLocal { fields.append(WorkloadField("queue_duration_ns", .integer(queue))) }
        fields.append(WorkloadField("time_to_first_token_ns", .integer(firstToken)))
        fields.append(WorkloadField("duration_ns", .integer(duration)))
        if model.provider == "vllm" {
            fields.append(WorkloadField("gpu_duration_ns", .integer((duration - queue) / 4)))
        }
        fields.append(WorkloadField("attempt", .integer(attempt)))
        fields.append(WorkloadField("finish_reason", .text(finish)))
        fields.append(WorkloadField("stream", .boolean(channel == "web" || channel == "slack")))
        fields.append(WorkloadField("status", .text("ok")))
        emitInTurn("llm.call", at: now, fields)
    }

    /// A second model scores the answer; the customer doesn't wait for it.
    mutating func judge() {
        let resume = now
        let model = ModelCatalogue.chat[random.index(ofCumulative: ModelCatalogue.chatCumulative)]
        let answer = call(model, purpose: "judge", finish: "stop", outputMedian: 24)
        if answer.errorType == nil {
            let quality = 0.72 + 0.06 * Double(variant) + 0.12 * random.normal()
            emitInTurn(
                "quality.scored", at: now + 300_000,
                [
                    WorkloadField("evaluator", .text("answer-judge")), WorkloadField("evaluator_version", .text("3")),
                    WorkloadField("name", .text("helpfulness")), WorkloadField("quality_score", thousandths(quality)),
                    WorkloadField("label", .text(quality >= 0.5 ? "pass" : "fail")),
                    WorkloadField("sampling_rate", .decimal(units: 4, digits: 2)),
                ])
        }
        now = resume
    }

    /// A summary for the human who takes over, or for the record.
    mutating func summarise() {
        let model = ModelCatalogue.chat[random.index(ofCumulative: ModelCatalogue.chatCumulative)]
        _ = call(model, purpose: "summary", finish: "stop", outputMedian: 120)
    }

    mutating func embed() {
        let choice = random.index(ofCumulative: ModelCatalogue.embeddingCumulative)
        let model = ModelCatalogue.embedding[choice]
        let duration = random.duration(medianMilliseconds: model.firstTokenMilliseconds, sigma: 0.3)
        now += duration
        emitInTurn(
            "embedding.call", at: now,
            [
                WorkloadField("operation", .text("embeddings")), WorkloadField("provider", .text(model.provider)),
                WorkloadField("request_model", .text(model.name)), WorkloadField("route", .text(model.route)),
                WorkloadField("input_tokens", .integer(random.integer(8, 90))),
                WorkloadField("duration_ns", .integer(duration)),
                WorkloadField("status", .text("ok")),
                WorkloadField("dimensions", .integer(ModelCatalogue.embeddingDimensions[choice])),
            ])
    }

    private mutating func callTool() {
        let tool = random.element(of: topic.tools)
        if tool == "refund", random.chance(0.3) { askApproval() }
        let duration = random.duration(medianMilliseconds: 190, sigma: 0.6)
        now += duration
        let failed = random.chance(0.012)
        let protocolDraw = random.unit()
        var fields = [
            WorkloadField("tool", .text(tool)),
            WorkloadField("protocol", .text(protocolDraw < 0.6 ? "mcp" : protocolDraw < 0.85 ? "function" : "openapi")),
            WorkloadField("duration_ns", .integer(duration)), WorkloadField("status", .text(failed ? "error" : "ok")),
        ]
        if failed { fields.append(WorkloadField("error_type", .text("tool_failed"))) }
        if tool == "crm_contact" { fields.append(WorkloadField("cost_usd", .text("0.0005"))) }
        emitInTurn("tool.call", at: now, fields)
    }

    private mutating func askApproval() {
        emitInTurn("approval.requested", at: now, [WorkloadField("action", .text("refund"))])
        let wait = random.duration(medianMilliseconds: 900, sigma: 0.5)
        now += wait
        emitInTurn(
            "approval.decided", at: now,
            [
                WorkloadField("decision", .text(random.chance(0.92) ? "approved" : "denied")),
                WorkloadField("by", .text("policy")),
                WorkloadField("wait_ns", .integer(wait)),
            ])
    }
}
