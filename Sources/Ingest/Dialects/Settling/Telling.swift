import Domain

/// Gathers the events of one trace.
struct Telling {
    let tree: SpanTree
    let columns: SpanColumns
    /// Ids of events that were told before.
    let known: Set<String>
    /// Makes ids that nobody else can.
    let ids: SettledIDs
    /// How those who count are known to count.
    let readings: EmitterReadings
    let calls: ModelCalls
    private(set) var events: [Told] = []
    /// What totals prove of those who count.
    private(set) var proofs: Set<UsageProof> = []

    init(tree: SpanTree, columns: SpanColumns, known: Set<String>, ids: SettledIDs, readings: EmitterReadings) {
        self.tree = tree
        self.columns = columns
        self.known = known
        self.ids = ids
        self.readings = readings
        calls = ModelCalls(tree)
    }

    /// Adds all that the trace tells of.
    mutating func addEverything() {
        for unit in tree.units(calls) { add(unit) }
        addAnswers()
        addRollUps()
        addOutcomes()
    }

    var types: WellKnownTypes { columns.registry.wellKnownTypes }

    /// Adds the event of a piece of work.
    private mutating func add(_ unit: WorkUnit) {
        switch unit.kind {
        case .modelCall:
            let told = Self.usage(tree, unit.spans)
            let usage = read(told, of: unit.spans)
            append(types.llmCall, unit) { Self.describeCall($0, unit.spans, usage, told.reportedCost, &$1) }
        case .embedding:
            var told = Self.usage(tree, unit.spans)
            told.takeTotalForInput()
            let usage = read(told, of: unit.spans)
            append(types.embeddingCall, unit) { tree, fields in
                Self.describeCall(tree, unit.spans, usage, told.reportedCost, &fields)
                fields.add("dimensions", integer: unit.spans.lazy.compactMap { tree.spans[$0].count(.dimensions, maximum: 1 << 20) }.first)
            }
        case .tool:
            append(types.toolCall, unit) { tree, fields in
                fields.add("tool", text: unit.text(.tool, tree))
                fields.add("protocol", text: unit.text(.toolProtocol, tree))
            }
        case .retrieval:
            append(types.retrievalQuery, unit) { tree, fields in
                fields.add("index", text: unit.text(.index, tree) ?? tree.spans[unit.spans[0]].record.name)
            }
        case .agent: append(types.agentRun, unit) { _, _ in }
        case .handoff:
            append(types.agentHandoff, unit) { tree, fields in
                fields.add("from_agent", text: unit.text(.fromAgent, tree) ?? tree.agents[unit.spans[0]])
                fields.add("to_agent", text: unit.text(.toAgent, tree))
            }
        case .guardrail:
            append(types.guardrailChecked, unit) { tree, fields in fields.add("guardrail", text: tree.spans[unit.spans[0]].record.name) }
        case .step, .definition, .other: break
        }
    }

    /// Decides how the parts of what was told lie to their wholes. What a span's own total proves of its emitter is noted span by span, so
    /// that it is the same whichever span of a call comes first.
    private mutating func read(_ told: SpanUsage, of spans: [Int]) -> CallUsage {
        var teller: Int?
        for index in spans {
            let own = SpanUsage(tree.spans[index])
            guard own.hasParts else { continue }
            teller = teller ?? index
            // order: into a set.
            for (part, reading) in CallUsage(own).proof { proofs.insert(UsageProof(emitter(of: index), part, reading)) }
        }
        return CallUsage(told, known: readings.readings(of: emitter(of: teller ?? spans[0])))
    }

    private func emitter(of index: Int) -> UsageEmitter {
        let record = tree.spans[index].record
        return UsageEmitter(scope: record.scope, version: record.scopeVersion, provider: tree.spans[index].provider ?? "")
    }

    private mutating func append(_ type: UInt16, _ unit: WorkUnit, _ describe: (SpanTree, inout FieldSet) -> Void) {
        let teller = unit.spans.first { known.contains(id(of: $0, type)) } ?? unit.spans[0]
        var fields = context(teller, type, with: unit.spans)
        let longest = unit.spans.max { (duration($0) ?? -1) < (duration($1) ?? -1) } ?? teller
        if let duration = duration(longest) { addIfAllowed("duration_ns", .integer(duration), type, &fields) }
        let isFailed = unit.spans.contains { tree.spans[$0].hasFailed }
        addIfAllowed("status", .text(isFailed ? "error" : "ok"), type, &fields)
        let error = isFailed ? unit.spans.compactMap { tree.spans[$0].errorType }.first : nil
        if let error { addIfAllowed("error_type", .text(error), type, &fields) }
        describe(tree, &fields)
        events.append(Told(id: id(of: teller, type), type: type, time: tree.spans[longest].record.end, fields: fields))
    }

    /// Adds an event that happened when a span ended.
    mutating func add(_ type: UInt16, _ index: Int, _ describe: (inout FieldSet) -> Void) {
        var fields = context(index, type)
        describe(&fields)
        events.append(Told(id: id(of: index, type), type: type, time: tree.spans[index].record.end, fields: fields))
    }

    /// The question and the answer that a trace is: its root where that is an agent's or a chain's, or names its conversation itself;
    /// else the outermost agent or chain below where the request came in.
    private mutating func addAnswers() {
        for index in answerSpans() {
            let span = tree.spans[index]
            var question = context(index, types.messageReceived)
            question.add("author", text: "user")
            let questionID = id(of: index, types.messageReceived)
            events.append(Told(id: questionID, type: types.messageReceived, time: span.record.start, fields: question))
            var answer = context(index, types.messageSent)
            answer.add("author", text: "agent")
            answer.add("status", text: span.hasFailed ? "error" : "ok")
            if span.hasFailed { answer.add("error_type", text: span.errorType) }
            answer.add("duration_ns", integer: duration(index))
            answer.add("time_to_first_token_ns", integer: span.nanoseconds(.timeToFirstToken))
            events.append(Told(id: id(of: index, types.messageSent), type: types.messageSent, time: span.record.end, fields: answer))
        }
    }

    private func answerSpans() -> [Int] {
        let works: Set<SpanClass> = [.modelCall, .agent, .tool, .retrieval]
        var hasWork = tree.kinds.map { works.contains($0) }
        for index in tree.order.reversed() where hasWork[index] && tree.parents[index] >= 0 { hasWork[tree.parents[index]] = true }
        var isCovered = Array(repeating: false, count: tree.count)
        var best: [Int: Int] = [:]
        var entries = Array(repeating: -1, count: tree.count)
        for index in tree.order where tree.isAttached[index] {
            let parent = tree.parents[index]
            entries[index] = parent >= 0 ? entries[parent] : index
            if parent >= 0, isCovered[parent] {
                isCovered[index] = true
                continue
            }
            let isWhole = tree.kinds[index] == .agent || tree.kinds[index] == .step
            let isNamedRoot = tree.kinds[index] == .other && entries[index] == index && tree.hasOwnConversation(index)
            guard isWhole && (hasWork[index] || tree.spans[index].hasFailed) || isNamedRoot && hasWork[index] else { continue }
            isCovered[index] = true
            if let other = best[entries[index]], !isBetter(index, than: other) { continue }
            best[entries[index]] = index
        }
        return best.values.sorted()
    }

    /// One answer for each request: the one told before stays, else an agent goes before a chain, and what took longer before what did not.
    private func isBetter(_ index: Int, than other: Int) -> Bool {
        func rank(_ index: Int) -> (Int, Int, Int64) {
            (known.contains(id(of: index, types.messageSent)) ? 1 : 0, tree.kinds[index] == .agent ? 1 : 0, duration(index) ?? -1)
        }
        return rank(index) > rank(other)
    }

    /// Usage that agents, chains, wrappers and calls around several attempts repeat.
    private mutating func addRollUps() {
        for index in 0..<tree.count {
            let isCall = tree.kinds[index] == .modelCall || tree.kinds[index] == .embedding
            let isRollUp = calls.rollUps.contains(index)
            guard isRollUp || !isCall else { continue }
            let told = Self.usage(tree, [index])
            let usage = CallUsage(told).tokens
            guard usage.hasTokenCounts || isRollUp else { continue }
            var fields = context(index, types.usageReported)
            fields.add("scope", text: tree.kinds[index] == .agent ? "agent" : "span")
            Self.add(usage, to: &fields)
            let span = tree.spans[index]
            fields.add("operation", text: span.text(.operation))
            fields.add("provider", text: span.provider)
            fields.add("request_model", text: span.text(.requestModel))
            fields.add("response_model", text: span.text(.responseModel))
            fields.add("reported_cost_usd", integer: told.reportedCost)
            events.append(Told(id: id(of: index, types.usageReported), type: types.usageReported, time: span.record.end, fields: fields))
        }
    }

    // MARK: What all events say

    private func id(of index: Int, _ type: UInt16) -> String {
        let record = tree.spans[index].record
        return ids.id(traceID: record.traceID, spanID: record.spanID, type: columns.registry.types[Int(type)].name, known: known)
    }

    private func duration(_ index: Int) -> Int64? { tree.spans[index].record.durationNanoseconds }

    private func addIfAllowed(_ name: String, _ value: EventValue, _ type: UInt16, _ fields: inout FieldSet) {
        if columns.registry.isAllowed(columns[name], in: type) { fields.add(name, value) }
    }

    /// - Parameter others: spans of the same work, asked where the first one does not know.
    private func context(_ index: Int, _ type: UInt16, with others: [Int] = []) -> FieldSet {
        func first(_ values: [String?]) -> String? { values[index] ?? others.lazy.compactMap { values[$0] }.first }
        let span = tree.spans[index]
        var fields = FieldSet(columns)
        fields.add("id", text: id(of: index, type))
        fields.add("source", text: SettledIDs.source(span.record.serviceName))
        fields.add("tenant", text: first(tree.tenants) ?? BookSpan.unnamedTenant)
        fields.add("conversation_id", text: first(tree.conversations))
        fields.add("channel", text: first(tree.channels))
        fields.add("user_id", text: first(tree.users))
        fields.add("agent", text: first(tree.agents))
        fields.add("agent_version", text: span.text(.agentVersion))
        fields.add("environment", text: span.text(.environment))
        fields.add("region", text: span.text(.region))
        fields.add("service_name", text: span.text(.serviceName))
        fields.add("service_version", text: span.text(.serviceVersion))
        fields.add("prompt_name", text: span.text(.promptName))
        fields.add("prompt_version", text: span.text(.promptVersion))
        fields.add("trace_id", text: span.record.traceID)
        fields.add("span_id", text: span.record.spanID)
        fields.add("parent_span_id", text: span.record.parentSpanID)
        return fields
    }
}

extension WorkUnit {
    /// A field from the first span that has it.
    func text(_ field: DialectField, _ tree: SpanTree) -> String? { spans.lazy.compactMap { tree.spans[$0].text(field) }.first }
}
