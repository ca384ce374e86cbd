import Domain

/// Events of a few conversations, whatever may happen in them, within half an hour; a part of them 70 minutes earlier.
struct RandomEvents {
    private var dice: Dice
    private(set) var events: [HistoryEvent] = []

    /// pico-USD per token by model; what a model lacks has no price.
    static let prices: [(model: String, tokenClass: String, pico: Int64)] = [
        ("big", "input", 2_500_000), ("big", "output", 10_000_000), ("big", "cache_read", 37_500),
        ("half", "input", 1_000_000),
    ]

    init(seed: UInt64, hasLate: Bool = true) {
        dice = Dice(seed: seed)
        for price in Self.prices {
            add(
                "price.set", at: -20_000,
                [
                    "provider": .text("maker"), "model": .text(price.model), "token_class": .text(price.tokenClass),
                    "usd_per_million_tokens": .integer(price.pico),
                ], tenant: "default")
        }
        for conversation in 0..<5 {
            let shift: Double = hasLate && dice.below(3) == 0 ? -4_200 : 0
            addConversation("c\(conversation)", shift: shift)
        }
        for _ in 0..<4 {
            add("probe.checked", at: moment(), ["target": .text("api"), "up": .boolean(dice.below(2) == 0)])
            add("probe.checked", at: moment(), ["up": .boolean(true)])
        }
    }

    private mutating func add(
        _ type: String, at seconds: Double, _ fields: [String: EventValue], tenant: String = "acme"
    ) {
        events.append(
            HistoryStore.event(type, at: seconds, fields, id: "e\(events.count)", tenant: tenant))
    }

    /// Some lie on the times of samples.
    private mutating func moment() -> Double {
        dice.below(4) == 0 ? Double(dice.below(120) * 15) : Double(dice.below(1_800_000)) / 1000
    }

    private mutating func duration() -> EventValue {
        .integer(
            dice.pick([0, 1, 500_000_000, 1_000_000_000, 2_000_000_000, 8_000_000_001, 150_000_000_000])
                + (dice.below(2) == 0 ? 0 : Int64(dice.below(3_000_000_000))))
    }

    private mutating func addConversation(_ name: String, shift: Double) {
        let tenant = dice.pick(["acme", "Ümit"])
        var context: [String: EventValue] = ["conversation_id": .text(name)]
        if let channel = dice.pick(["web", "e\"mail", nil]) { context["channel"] = .text(channel) }
        if dice.below(2) == 0 { context["user_id"] = .text(dice.pick(["u1", "u2"])) }
        func with(_ more: [String: EventValue]) -> [String: EventValue] { context.merging(more) { $1 } }
        let begin = moment() / 2 + shift
        add("conversation.started", at: begin, context, tenant: tenant)
        for turn in 1...(1 + dice.below(3)) {
            addTurn(with(["turn": .integer(Int64(turn))]), tenant, at: moment() + shift)
        }
        for (type, fields) in [
            ("conversation.resolved", ["by": .text("agent")]), ("conversation.reopened", [:]),
            ("conversation.closed", ["reason": .text("completed")]),
            ("escalation.raised", ["reason": .text("policy"), "escalation_id": .text("x")]), ("escalation.closed", [:]),
        ] as [(String, [String: EventValue])] where dice.below(2) == 0 {
            add(type, at: moment() + shift, with(fields), tenant: tenant)
        }
        // No two at one time.
        for rating in 0..<dice.below(3) {
            let score: [String: EventValue] = ["score": .integer(Int64(1 + dice.below(5)))]
            add("feedback.submitted", at: moment() + shift + Double(rating) / 64, with(score), tenant: tenant)
        }
        add("feedback.submitted", at: moment() + shift, with(["comment": .text("no score")]), tenant: tenant)
    }

    private mutating func addTurn(_ context: [String: EventValue], _ tenant: String, at begin: Double) {
        func with(_ more: [String: EventValue]) -> [String: EventValue] { context.merging(more) { $1 } }
        add("message.received", at: begin, context, tenant: tenant)
        add("message.received", at: begin, with(["author": .text("system")]), tenant: tenant)
        for _ in 0..<(1 + dice.below(2)) {
            var call: [String: EventValue] = [
                "provider": .text("maker"), "request_model": .text(dice.pick(["big", "half", "nobody"])),
                "input_tokens": .integer(Int64(1_000 + dice.below(1_000))),
                "output_tokens": .integer(Int64(1 + dice.below(100))),
                "status": .text(dice.pick(["ok", "error"])),
            ]
            if dice.below(2) == 0 { call["cache_read_tokens"] = .integer(Int64(dice.below(500))) }
            if dice.below(3) > 0 { call["duration_ns"] = duration() }
            if dice.below(3) == 0 { call["route"] = .text("cloud") }
            add("llm.call", at: begin + 0.25, with(call), tenant: tenant)
        }
        add(
            "embedding.call", at: begin + 0.5,
            with(["provider": .text("maker"), "request_model": .text("e"), "input_tokens": .integer(7)]),
            tenant: tenant)
        add("tool.call", at: begin + 1, with(["tool": .text("t"), "status": .text("ok")]), tenant: tenant)
        add(
            "cache.lookup", at: begin + 1, with(["cache": .text("answers"), "hit": .boolean(dice.below(2) == 0)]),
            tenant: tenant)
        add("retrieval.query", at: begin + 1, with(["index": .text("kb"), "duration_ns": duration()]), tenant: tenant)
        guard dice.below(4) > 0 else { return }
        var answer: [String: EventValue] = [
            "author": .text("agent"), "status": .text(dice.pick(["ok", "ok", "ok", "error"])),
            "duration_ns": duration(),
        ]
        if dice.below(2) == 0 { answer["agent"] = .text("billing") }
        if dice.below(2) == 0 { answer["time_to_first_token_ns"] = duration() }
        // It may go out elsewhere than the question came in.
        if dice.below(3) == 0 { answer["channel"] = .text("chat") }
        // In time, on the limit, a moment after it, long after it.
        let wait = dice.pick([2.5, 30, 30.000_000_001, 75])
        let id = events.count
        let question = HistoryStore.start + Int64(begin * 1e9)
        events.append(
            HistoryEvent(
                id: "e\(id)", type: "message.sent", time: question + Int64((wait * 1e9).rounded()),
                fields: with(answer).merging(["tenant": .text(tenant)]) { $1 }))
    }
}
