import Domain

extension TraceEventBuilder {
    /// Adds what spans say became of the conversation: resolved, handed to people, closed, rated, judged. Of a span
    /// within another that says the same only the outer one counts, since some senders copy such attributes to all
    /// spans below.
    mutating func addOutcomes() {
        let outcomes = tree.spans.map(\.outcome)
        let isResolved = outcomes.contains(.resolved)
        let by = isResolved ? tree.inherited(tree.spans.map { $0.text(.outcomeBy) }) : []
        let certainty = isResolved ? tree.inherited(tree.spans.map { $0.text(.outcomeCertainty) }) : []
        addSaid(outcomes) { telling, index, outcome in
            switch outcome {
            case .resolved:
                telling.add(telling.types.conversationResolved, index) { fields in
                    fields.add("by", text: by[index] ?? "agent")
                    fields.add("certainty", text: certainty[index])
                }
            // Told with all else that spans say of it.
            case .escalated: break
            case .abandoned, .completed:
                let reason = telling.tree.spans[index].text(.reason) ?? outcome.rawValue
                telling.add(telling.types.conversationClosed, index) { fields in fields.add("reason", text: reason) }
            }
        }
        addEscalations()
        addClassifications()
        addSaid(tree.spans.map(\.rating)) { telling, index, points in
            let kind = telling.tree.spans[index].text(.feedbackKind)
            telling.add(telling.types.feedbackSubmitted, index) { fields in
                fields.add("score", integer: points)
                fields.add("kind", text: kind)
            }
        }
        addSaid(tree.spans.map(\.evaluationScore)) { telling, index, score in
            let span = telling.tree.spans[index]
            telling.add(telling.types.qualityScored, index) { fields in
                fields.add("name", text: span.text(.evaluationName))
                fields.add("label", text: span.text(.evaluationLabel))
                fields.add("quality_score", .double(score))
            }
        }
    }

    /// Calls `tell` for every span that says something which no span around it says as well.
    private mutating func addSaid<Value: Equatable>(
        _ own: [Value?], _ tell: (inout TraceEventBuilder, Int, Value) -> Void
    ) {
        guard own.contains(where: { $0 != nil }) else { return }
        var around: [Value?] = Array(repeating: nil, count: own.count)
        for index in tree.order {
            let parent = tree.parents[index]
            if parent >= 0 { around[index] = own[parent] ?? around[parent] }
            if let said = own[index], said != around[index] { tell(&self, index, said) }
        }
    }

    /// What the conversation is about. Where all of a trace says the same it is one event, be it on spans beside each
    /// other.
    private mutating func addClassifications() {
        guard let topics = tree.turns[.topic], let intents = tree.turns[.intent] else { return }
        var own: [[String?]?] = topics.indices.map {
            tree.spans[$0].isClassification ? [topics[$0], intents[$0]] : nil
        }
        if Set(own.compactMap { $0 }).count == 1, let first = tree.order.first(where: { own[$0] != nil }) {
            for index in own.indices where index != first { own[index] = nil }
        }
        addSaid(own) { telling, index, said in
            telling.add(telling.types.conversationClassified, index) { fields in
                fields.add("topic", text: said[0])
                fields.add("intent", text: said[1])
            }
        }
    }

    /// A span within one that raises an escalation tells more of the same one, unless it contradicts it.
    private mutating func addEscalations() {
        var raised: [Int: MappedSpan.Escalation] = [:]
        var raisers = Array(repeating: -1, count: tree.count)
        for index in tree.order {
            let parent = tree.parents[index]
            if parent >= 0 { raisers[index] = raisers[parent] }
            guard let own = tree.spans[index].escalation else { continue }
            if let joined = raised[raisers[index]]?.joined(with: own) {
                raised[raisers[index]] = joined
            } else {
                raisers[index] = index
                raised[index] = own
            }
        }
        for index in raised.keys.sorted() {
            guard let escalation = raised[index] else { continue }
            let record = tree.spans[index].record
            add(types.escalationRaised, index) { fields in
                fields.add("escalation_id", text: escalation.id ?? "\(record.traceID)-\(record.spanID)")
                fields.add("reason", text: escalation.reason)
                fields.add("queue", text: escalation.queue)
            }
        }
    }
}

// What a span says became of the conversation. What cannot be used of it is noted in the evidence, so both ask here.
extension MappedSpan {
    /// How a conversation ended, in the words that the manual lists.
    enum Outcome: String, CaseIterable { case resolved, escalated, abandoned, completed }

    /// That the conversation goes to people.
    struct Escalation: Hashable {
        var reason, queue, id: String?

        /// Both as one; nil where they contradict each other.
        func joined(with other: Escalation) -> Escalation? {
            func agree(_ left: String?, _ right: String?) -> Bool { left == nil || right == nil || left == right }
            guard agree(reason, other.reason), agree(queue, other.queue), agree(id, other.id) else { return nil }
            return Escalation(reason: reason ?? other.reason, queue: queue ?? other.queue, id: id ?? other.id)
        }
    }

    /// What is noted where it is told and cannot be used.
    static let outcomeFields: [DialectField] = [
        .outcome, .outcomeBy, .outcomeCertainty, .escalationReason, .escalationQueue, .escalationID, .feedbackScore,
        .feedbackKind,
        .evaluationScore, .evaluationName, .evaluationLabel,
    ]

    /// In small letters or large.
    var outcome: Outcome? { text(.outcome).flatMap { Outcome(rawValue: $0.lowercased()) } }

    var escalation: Escalation? {
        var reported = Escalation(
            reason: text(.escalationReason), queue: text(.escalationQueue), id: text(.escalationID))
        guard outcome == .escalated || reported != Escalation() else { return nil }
        // A reason alone may be that of anything.
        reported.reason = reported.reason ?? text(.reason)
        return reported
    }

    /// Whether it says what the conversation is about.
    var isClassification: Bool { text(.topic) != nil || text(.intent) != nil }

    /// The customer's, 1 to 5 points, also where it came as text or as a double.
    var rating: Int64? {
        guard let text = text(.feedbackScore) else { return nil }
        guard let points = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }), (1...5).contains(points) else {
            return nil
        }
        return points
    }

    /// An evaluator's, a finite number.
    var evaluationScore: Double? { text(.evaluationScore).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    /// Whether one of ``outcomeFields`` is there in a form that can be used.
    func hasUsable(_ field: DialectField) -> Bool {
        switch field {
        case .outcome: outcome != nil
        case .feedbackScore: rating != nil
        case .evaluationScore: evaluationScore != nil
        default: text(field).map { $0.utf8.count <= Limits.nameBytesMax } ?? false
        }
    }
}
