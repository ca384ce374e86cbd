import Bytes

extension ConversationBuilder {
    /// How a conversation ends.
    private enum Ending { case resolved, escalated, abandoned, open }

    /// Writes the whole conversation.
    mutating func run() {
        emit(
            "conversation.started", at: now - 5_000_000,
            [
                WorkloadField("locale", .text(Catalogue.locales[user % Catalogue.locales.count])),
                WorkloadField("entry", .text(channel == "web" ? "widget" : "inbox")),
            ])
        assignVariant()
        holdTurns(count: drawTurnCount())
        end(drawEnding(), mayReopen: true)
    }

    private mutating func assignVariant() {
        if random.chance(0.25) {
            emit(
                "experiment.assigned", at: now - 4_000_000,
                [
                    WorkloadField("subject", .text("tone")),
                    WorkloadField("to_value", .text(Catalogue.variants[variant])),
                ])
        }
        if random.chance(0.05) {
            emit(
                "feature_flag.evaluated", at: now - 3_000_000,
                [
                    WorkloadField("subject", .text("rerank")),
                    WorkloadField("to_value", .text(user % 2 == 0 ? "on" : "off")),
                ])
        }
    }

    /// Between one and twenty turns, five on average.
    private mutating func drawTurnCount() -> Int { min(20, 1 + Int(random.waitingTime(mean: 4.4))) }

    private mutating func holdTurns(count: Int) {
        for number in 0..<count {
            if number == 1, topic.agent != "triage" { handOff() }
            askAndAnswer()
            if number + 1 < count { now += 4 * Nanoseconds.second + Int64(random.waitingTime(mean: 75e9)) }
        }
    }

    private mutating func handOff() {
        emit(
            "agent.handoff", at: now - 2_000_000,
            [WorkloadField("from_agent", .text("triage")), WorkloadField("to_agent", .text(topic.agent))])
        if random.chance(0.2) {
            emit(
                "workflow.step", at: now - 1_000_000,
                [
                    WorkloadField("workflow", .text("intake")), WorkloadField("step", .text("route")),
                    WorkloadField("duration_ns", .integer(random.duration(medianMilliseconds: 4, sigma: 0.4))),
                    WorkloadField("status", .text("ok")),
                ])
        }
        context = makeContext(agent: topic.agent)
    }

    private mutating func drawEnding() -> Ending {
        let resolved = 0.74 + topic.ease + 0.05 * Double(variant)
        let draw = random.unit()
        if draw < resolved { return .resolved }
        let rest = (draw - resolved) / (1 - resolved)
        return rest < 0.52 ? .escalated : rest < 0.96 ? .abandoned : .open
    }

    private mutating func end(_ ending: Ending, mayReopen: Bool) {
        switch ending {
        case .resolved:
            now += Int64(random.waitingTime(mean: 25e9)) + Nanoseconds.second
            let isHuman = random.chance(0.02)
            emit(
                "conversation.resolved", at: now,
                [
                    WorkloadField("by", .text(isHuman ? "human" : "agent")),
                    WorkloadField("certainty", .text(random.chance(0.45) ? "confirmed" : "assumed")),
                ])
            if random.chance(0.1) { summarise() }
            close(reason: "completed")
            askForFeedback(happy: true)
            if mayReopen, random.chance(0.035) { reopen() }
        case .escalated:
            escalate()
            askForFeedback(happy: false)
        case .abandoned:
            now += 4 * Nanoseconds.minute
            close(reason: random.chance(0.6) ? "abandoned" : "idle")
            if random.chance(0.2) { askForFeedback(happy: false) }
        case .open:
            break
        }
    }

    private mutating func close(reason: String) {
        now += Int64(random.waitingTime(mean: 15e9)) + Nanoseconds.second
        emit(
            "conversation.closed", at: now,
            [WorkloadField("reason", .text(reason)), WorkloadField("duration_ns", .integer(now - startTime))])
    }

    private mutating func reopen() {
        now += Int64(random.waitingTime(mean: 3 * 3600e9)) + 2 * Nanoseconds.minute
        emit(
            "conversation.reopened", at: now,
            [WorkloadField("reason", .text(random.chance(0.7) ? "not_solved" : "new_detail"))])
        now += 2 * Nanoseconds.second
        holdTurns(count: 1 + random.index(below: 2))
        end(random.chance(0.65) ? .resolved : .escalated, mayReopen: false)
    }

    private mutating func askForFeedback(happy: Bool) {
        guard random.chance(0.42) else { return }
        emit("feedback.requested", at: now + 10 * Nanoseconds.second, [WorkloadField("kind", .text("stars"))])
        guard random.chance(0.5) else { return }
        let satisfied = happy ? 0.955 + 0.012 * Double(variant) : 0.42
        let score: Int64 = random.chance(satisfied) ? (random.chance(0.6) ? 5 : 4) : random.integer(1, 3)
        var fields = [WorkloadField("kind", .text("stars")), WorkloadField("score", .integer(score))]
        if random.chance(0.05) {
            fields.append(WorkloadField("comment", .text("Thanks, \"\(topic.agent)\" was fine.")))
        }
        emit("feedback.submitted", at: now + 20 * Nanoseconds.second + Int64(random.waitingTime(mean: 60e9)), fields)
    }

    private mutating func escalate() {
        now += random.integer(400_000_000, 2_000_000_000)
        let identifier = WorkloadValue.hexadecimal64(random.next())
        let reason = Catalogue.escalationReasons[random.index(ofCumulative: Catalogue.escalationReasonsCumulative)]
        emit(
            "escalation.raised", at: now,
            [
                WorkloadField("escalation_id", identifier), WorkloadField("reason", .text(reason)),
                WorkloadField("queue", .text(topic.team)),
                WorkloadField("priority", .text(random.chance(0.15) ? "high" : "normal")),
            ])
        if random.chance(0.5) { summarise() }
        let ticket = WorkloadValue.text("T-\(random.integer(100_000, 999_999))")
        emitTicket("ticket.created", ticket, state: "open")
        if random.chance(0.06) { return close(reason: "abandoned") }
        let wait = Int64(random.logNormal(median: 95e9, sigma: 0.8))
        now += wait
        emit(
            "escalation.accepted", at: now,
            [WorkloadField("escalation_id", identifier), WorkloadField("wait_ns", .integer(wait))])
        let accepted = now
        for _ in 0..<(1 + random.index(below: 3)) {
            now += Int64(random.waitingTime(mean: 90e9)) + 5 * Nanoseconds.second
            emit(
                "message.sent", at: now,
                [
                    WorkloadField("turn", .integer(turn)), WorkloadField("message_id", .hexadecimal64(random.next())),
                    WorkloadField("author", .text("human")), WorkloadField("status", .text("ok")),
                    WorkloadField("characters", .integer(random.integer(40, 700))),
                ])
        }
        now += Nanoseconds.second
        emit(
            "escalation.closed", at: now,
            [
                WorkloadField("escalation_id", identifier),
                WorkloadField("handled_by", .text("desk-\(random.index(below: 12))")),
                WorkloadField("handling_duration_ns", .integer(now - accepted)),
            ])
        emitTicket("ticket.updated", ticket, state: "solved")
        if random.chance(0.25) {
            now += Nanoseconds.second
            emit(
                "conversation.resolved", at: now,
                [WorkloadField("by", .text("human")), WorkloadField("certainty", .text("confirmed"))])
        }
        close(reason: "handed_over")
    }

    private mutating func emitTicket(_ type: String, _ ticket: WorkloadValue, state: String) {
        emit(
            type, at: now + 300_000_000,
            [
                WorkloadField("system", .text("zendesk")), WorkloadField("ticket_id", ticket),
                WorkloadField("state", .text(state)),
            ])
    }
}
