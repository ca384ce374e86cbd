extension ConversationBuilder {
    /// One question and what the agent does for it; leaves ``now`` at the end of the answer.
    mutating func askAndAnswer() {
        turn += 1
        trace = (random.next() | 1, random.next())
        let asked = now
        receiveQuestion()
        checkGuardrail(share: 1, blocks: true)
        if turn == 1 || random.chance(0.08) { classify() }
        if lookUpCache() {
            send(asked: asked, firstToken: now, from: "cache", errorType: nil)
        } else {
            if random.chance(0.10) { accessMemory() }
            if random.chance(0.78) { retrieve() }
            let answer = callModels()
            checkGuardrail(share: 0.3, blocks: false)
            // A rare lost answer: the question stays without one.
            if random.chance(0.0003) { return }
            let isFallback = answer.errorType != nil && random.chance(0.3)
            send(
                asked: asked, firstToken: answer.firstToken, from: isFallback ? "fallback" : "model",
                errorType: isFallback ? nil : answer.errorType)
        }
        reportRun(since: asked)
        if random.chance(0.04) { judge() }
    }

    private mutating func receiveQuestion() {
        var fields = [
            WorkloadField("message_id", .hexadecimal64(random.next())),
            WorkloadField("author", .text("user")),
            WorkloadField("characters", .integer(Int64(random.logNormal(median: 110, sigma: 0.7)) + 2)),
            WorkloadField("pii_found", .boolean(random.chance(0.06))),
            WorkloadField(
                "injection_score", thousandths(random.chance(0.004) ? 0.6 + 0.4 * random.unit() : 0.1 * random.unit())),
        ]
        if random.chance(0.02) {
            fields.append(
                WorkloadField("content", .text("My question is about \(topic.name) \"\(topic.intents[0])\".")))
        }
        emitInTurn("message.received", at: now, fields)
        now += random.integer(1_000_000, 6_000_000)
    }

    private mutating func checkGuardrail(share: Double, blocks: Bool) {
        guard random.chance(share) else { return }
        let duration = random.duration(medianMilliseconds: 9, sigma: 0.4)
        now += duration
        let draw = random.unit()
        let verdict = draw < 0.985 ? "pass" : draw < 0.997 || !blocks ? "flag" : "block"
        emitInTurn(
            "guardrail.checked", at: now,
            [
                WorkloadField("guardrail", .text(random.element(of: Catalogue.guardrails))),
                WorkloadField("verdict", .text(verdict)),
                WorkloadField("duration_ns", .integer(duration)),
            ])
    }

    private mutating func classify() {
        emitInTurn(
            "conversation.classified", at: now,
            [
                WorkloadField("topic", .text(topic.name)),
                WorkloadField("intent", .text(random.element(of: topic.intents))),
                WorkloadField("confidence", thousandths(0.55 + 0.45 * random.unit())),
                WorkloadField("classifier_version", .text("tc-4")),
            ])
        now += random.integer(200_000, 900_000)
    }

    /// Whether the answer was in the semantic cache.
    private mutating func lookUpCache() -> Bool {
        let duration = random.duration(medianMilliseconds: 1.4, sigma: 0.5)
        now += duration
        let hit = random.chance(0.12)
        emitInTurn(
            "cache.lookup", at: now,
            [
                WorkloadField("cache", .text("answers")), WorkloadField("hit", .boolean(hit)),
                WorkloadField("duration_ns", .integer(duration)),
            ])
        return hit
    }

    private mutating func accessMemory() {
        let duration = random.duration(medianMilliseconds: 3, sigma: 0.5)
        now += duration
        emitInTurn(
            "memory.accessed", at: now,
            [
                WorkloadField("store", .text("profile")),
                WorkloadField("operation", .text(random.chance(0.8) ? "read" : "write")),
                WorkloadField("duration_ns", .integer(duration)),
            ])
    }

    private mutating func retrieve() {
        let kindDraw = random.unit()
        let kind = kindDraw < 0.8 ? "vector" : kindDraw < 0.95 ? "full_text" : "graph"
        if kind == "vector" { embed() }
        let duration = random.duration(medianMilliseconds: 27, sigma: 0.45)
        now += duration
        let failed = random.chance(0.002)
        var fields = [
            WorkloadField("index", .text(random.chance(0.7) ? "help-centre" : "tickets")),
            WorkloadField("kind", .text(kind)),
        ]
        if !failed {
            fields.append(WorkloadField("hits", .integer(random.integer(0, 12))))
            fields.append(WorkloadField("top_score", thousandths(0.45 + 0.5 * random.unit())))
        }
        fields.append(WorkloadField("duration_ns", .integer(duration)))
        fields.append(WorkloadField("status", .text(failed ? "error" : "ok")))
        emitInTurn("retrieval.query", at: now, fields)
    }

    private mutating func send(asked: Int64, firstToken: Int64, from origin: String, errorType: String?) {
        now += random.integer(2_000_000, 15_000_000)
        var fields = [
            WorkloadField("message_id", .hexadecimal64(random.next())),
            WorkloadField("author", .text("agent")),
            WorkloadField("status", .text(errorType == nil ? "ok" : "error")),
        ]
        if let errorType { fields.append(WorkloadField("error_type", .text(errorType))) }
        fields.append(WorkloadField("duration_ns", .integer(now - asked)))
        if errorType == nil {
            fields.append(WorkloadField("time_to_first_token_ns", .integer(firstToken - asked)))
            fields.append(WorkloadField("characters", .integer(Int64(random.logNormal(median: 420, sigma: 0.6)) + 5)))
            fields.append(WorkloadField("answered_from", .text(origin)))
            fields.append(WorkloadField("confidence", thousandths(0.5 + 0.5 * random.unit())))
        }
        emitInTurn("message.sent", at: now, fields)
    }

    /// Now and then, what a framework's wrapper or web layer says of the same turn.
    private mutating func reportRun(since asked: Int64) {
        let duration = now - asked
        if random.chance(0.15) {
            emitInTurn(
                "agent.run", at: now + 400_000,
                [WorkloadField("duration_ns", .integer(duration)), WorkloadField("status", .text("ok"))])
            if random.chance(0.2) {
                emitInTurn(
                    "usage.reported", at: now + 500_000,
                    [
                        WorkloadField("input_tokens", .integer(random.integer(300, 3000))),
                        WorkloadField("output_tokens", .integer(random.integer(20, 600))),
                        WorkloadField("scope", .text("agent_run")),
                    ])
            }
        }
        if random.chance(0.05) {
            emitInTurn(
                "request.completed", at: now + 600_000,
                [
                    WorkloadField("http_route", .text("/chat")), WorkloadField("status_code", .integer(200)),
                    WorkloadField("duration_ns", .integer(duration + 600_000)),
                ])
        }
    }
}
