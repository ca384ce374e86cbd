import Domain

extension Telling {
    /// Adds what spans say became of the conversation: resolved, handed to people, closed, rated, judged. Of a span within another that
    /// says the same only the outer one counts, since some senders copy such attributes to all spans below.
    mutating func addOutcomes() {
        addSaid(.outcome) { telling, index, outcome in
            switch outcome.lowercased() {
            case "resolved", "solved": telling.addResolution(index)
            case "escalated", "handed_over": telling.addEscalation(index)
            case "abandoned", "completed", "closed":
                telling.add(telling.types.conversationClosed, index) { fields in
                    fields.add("reason", text: outcome.lowercased() == "closed" ? "completed" : outcome.lowercased())
                }
            default: break
            }
        }
        let isEscalated = Set(outcomeSpans("escalated") + outcomeSpans("handed_over"))
        addSaid(.escalationReason) { telling, index, _ in if !isEscalated.contains(index) { telling.addEscalation(index) } }
        addSaid(.feedbackScore) { telling, index, score in
            guard let points = Self.points(score) else { return }
            let kind = telling.tree.spans[index].text(.feedbackKind)
            telling.add(telling.types.feedbackSubmitted, index) { fields in
                fields.add("score", integer: points)
                fields.add("kind", text: kind)
            }
        }
        addSaid(.evaluationScore) { telling, index, score in
            guard let score = Double(score), score.isFinite else { return }
            let span = telling.tree.spans[index]
            telling.add(telling.types.qualityScored, index) { fields in
                fields.add("name", text: span.text(.evaluationName))
                fields.add("label", text: span.text(.evaluationLabel))
                fields.add("quality_score", .double(score))
            }
        }
    }

    /// Calls `tell` for every span that says something which no span around it says as well.
    private mutating func addSaid(_ field: DialectField, _ tell: (inout Telling, Int, String) -> Void) {
        let own = tree.spans.map { $0.text(field) }
        guard own.contains(where: { $0 != nil }) else { return }
        var around: [String?] = Array(repeating: nil, count: own.count)
        for index in tree.order {
            let parent = tree.parents[index]
            if parent >= 0 { around[index] = own[parent] ?? around[parent] }
            if let said = own[index], said != around[index] { tell(&self, index, said) }
        }
    }

    private func outcomeSpans(_ outcome: String) -> [Int] {
        tree.spans.indices.filter { tree.spans[$0].text(.outcome)?.lowercased() == outcome }
    }

    private mutating func addResolution(_ index: Int) {
        let span = tree.spans[index]
        add(types.conversationResolved, index) { fields in
            fields.add("by", text: span.text(.outcomeBy) ?? "agent")
            fields.add("certainty", text: span.text(.outcomeCertainty))
        }
    }

    private mutating func addEscalation(_ index: Int) {
        let span = tree.spans[index]
        add(types.escalationRaised, index) { fields in
            fields.add("escalation_id", text: span.text(.escalationID) ?? "\(span.record.traceID)-\(span.record.spanID)")
            fields.add("reason", text: span.text(.escalationReason))
            fields.add("queue", text: span.text(.escalationQueue))
        }
    }

    /// A rating of 1 to 5, also where it came as text or as a double.
    private static func points(_ text: String) -> Int64? {
        guard let points = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }), (1...5).contains(points) else { return nil }
        return points
    }
}
