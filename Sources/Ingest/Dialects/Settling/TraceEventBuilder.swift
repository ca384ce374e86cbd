import Bytes
import Domain

/// Gathers the events of one trace.
struct TraceEventBuilder {
    let tree: SpanTree
    let columns: SpanColumns
    /// Ids of events that were derived before.
    let known: Set<String>
    /// Makes ids that nobody else can.
    let ids: DerivedEventIDs
    /// How those who count are known to count.
    let readings: EmitterReadings
    let calls: ModelCalls
    private(set) var events: [DerivedEvent] = []
    /// What totals prove of those who count.
    private(set) var proofs: Set<UsageProof> = []
    /// What its totals did not decide.
    private(set) var assumed: Set<AssumedReading> = []
    /// What remained open about its turns.
    private(set) var doubts = TurnDoubts()
    /// The turn that each span is in, −1 for none; empty where there is one turn at most.
    private var owners: [Int] = []
    /// Of each turn of several what its spans say in our own names: see ``SpanTree/native(by:)``.
    private var nativeByTurn: [Int: [ExactText: EventValue]] = [:]

    init(tree: SpanTree, columns: SpanColumns, known: Set<String>, ids: DerivedEventIDs, readings: EmitterReadings) {
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
            let reported = Self.usage(tree, unit.spans)
            let usage = read(reported, of: unit.spans)
            append(types.llmCall, unit) { Self.describeCall($0, unit.spans, usage, reported.reportedCost, &$1) }
        case .embedding:
            var reported = Self.usage(tree, unit.spans)
            reported.takeTotalForInput()
            let usage = read(reported, of: unit.spans)
            append(types.embeddingCall, unit) { tree, fields in
                Self.describeCall(tree, unit.spans, usage, reported.reportedCost, &fields)
                fields.add(
                    "dimensions",
                    integer: unit.spans.lazy.compactMap { tree.spans[$0].count(.dimensions, maximum: 1 << 20) }.first)
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
            append(types.guardrailChecked, unit) { tree, fields in
                fields.add("guardrail", text: tree.spans[unit.spans[0]].record.name)
            }
        case .step, .definition, .other: break
        }
    }

    /// Decides how the parts of what was told lie to their wholes. What a span's own total proves of its emitter is
    /// noted span by span, so that it is the same whichever span of a call comes first.
    private mutating func read(_ reported: SpanUsage, of spans: [Int]) -> CallUsage {
        var teller: Int?
        for index in spans {
            let own = SpanUsage(tree.spans[index])
            guard own.hasParts else { continue }
            teller = teller ?? index
            // order: into a set.
            for (part, reading) in CallUsage(own).proof { proofs.insert(UsageProof(emitter(of: index), part, reading)) }
        }
        let emitter = emitter(of: teller ?? spans[0])
        let usage = CallUsage(reported, known: readings.readings(of: emitter))
        // order: into a set.
        for part in usage.undecided { assumed.insert(AssumedReading(emitter, part)) }
        return usage
    }

    private func emitter(of index: Int) -> UsageEmitter {
        let span = tree.spans[index]
        return UsageEmitter(
            scope: span.record.scope, version: span.record.scopeVersion, provider: span.provider ?? "",
            model: span.text(.responseModel) ?? span.text(.requestModel) ?? "", tenant: tree.tenants[index] ?? "")
    }

    private mutating func append(_ type: UInt16, _ unit: WorkUnit, _ describe: (SpanTree, inout FieldSet) -> Void) {
        let teller = unit.spans.first { known.contains(id(of: $0, type)) } ?? unit.spans[0]
        var fields = context(teller, type, with: unit.spans)
        addNative(of: unit.spans, type, &fields)
        let longest = unit.spans.max { (duration($0) ?? -1) < (duration($1) ?? -1) } ?? teller
        if let duration = duration(longest) { addIfAllowed("duration_ns", .integer(duration), type, &fields) }
        let isFailed = unit.spans.contains { tree.spans[$0].hasFailed }
        addIfAllowed("status", .text(isFailed ? "error" : "ok"), type, &fields)
        let error = isFailed ? unit.spans.compactMap { tree.spans[$0].errorType }.first : nil
        if let error { addIfAllowed("error_type", .text(error), type, &fields) }
        describe(tree, &fields)
        events.append(
            DerivedEvent(id: id(of: teller, type), type: type, time: tree.spans[longest].record.end, fields: fields))
    }

    /// Adds an event that happened when a span ended.
    mutating func add(_ type: UInt16, _ index: Int, _ describe: (inout FieldSet) -> Void) {
        var fields = context(index, type)
        addNative(around: index, type, &fields)
        describe(&fields)
        events.append(
            DerivedEvent(id: id(of: index, type), type: type, time: tree.spans[index].record.end, fields: fields))
    }

    /// The questions and the answers that a trace is made of: see ``Turns``.
    private mutating func addAnswers() {
        let turns = Turns(tree)
        var runs: [Int: [Int]] = [:]
        for group in turns.groups {
            runs[group.dropFirst().reduce(group[0]) { isBetter($1, than: $0) ? $1 : $0 }] = group
        }
        let answers = runs.keys.sorted()
        let owners = tree.owners(among: answers)
        if answers.count > 1, tree.hasNativeFields { splitNative(answers, owners) }
        let firstTokens = TimeToFirstToken(tree, calls, owners: owners)
        for index in answers {
            let span = tree.spans[index]
            let stretch = TurnInterval(of: runs[index] ?? [index], tree)
            var question = context(index, types.messageReceived)
            addNative(around: index, types.messageReceived, &question)
            question.add(QuestionRule.authorColumn, text: QuestionRule.question.author)
            let questionID = id(of: index, types.messageReceived)
            events.append(
                DerivedEvent(id: questionID, type: types.messageReceived, time: stretch.start, fields: question))
            var answer = context(index, types.messageSent)
            addNative(around: index, types.messageSent, &answer)
            answer.add(QuestionRule.authorColumn, text: QuestionRule.answer.author)
            let last = tree.spans[stretch.last]
            answer.add("status", text: last.hasFailed ? "error" : "ok")
            if last.hasFailed { answer.add("error_type", text: last.errorType) }
            answer.add("duration_ns", integer: stretch.durationNanoseconds)
            let firstToken = span.nanoseconds(.timeToFirstToken) ?? firstTokens.nanoseconds(ofTurn: index)
            answer.add(
                "time_to_first_token_ns", integer: firstToken.flatMap { stretch.waited($0, from: span.record.start) })
            events.append(
                DerivedEvent(
                    id: id(of: index, types.messageSent), type: types.messageSent, time: stretch.end, fields: answer))
        }
        doubts.isJoined = turns.isJoined
        let answered = Set(answers.compactMap { tree.conversations[$0].map { Array($0.utf8) } })
        doubts.isUnanswered = calls.units.contains { unit in
            guard tree.isAttached[unit.spans[0]], let conversation = tree.conversations[unit.spans[0]] else {
                return false
            }
            return !answered.contains(Array(conversation.utf8))
        }
    }

    /// One answer for each turn: the one told before stays, else an agent goes before a chain, and what took longer
    /// before what did not.
    private func isBetter(_ index: Int, than other: Int) -> Bool {
        func rank(_ index: Int) -> (Int, Int, Int64) {
            (
                known.contains(id(of: index, types.messageSent)) ? 1 : 0, tree.kinds[index] == .agent ? 1 : 0,
                duration(index) ?? -1
            )
        }
        return rank(index) > rank(other)
    }

    /// Usage that agents, chains, wrappers and calls around several attempts repeat, and what a call says of several
    /// together.
    private mutating func addRollUps() {
        for index in 0..<tree.count {
            let isCall = tree.kinds[index] == .modelCall || tree.kinds[index] == .embedding
            let isRollUp = calls.rollUps.contains(index)
            let isOwn = isCall && !isRollUp
            var reported = isOwn ? SpanUsage() : Self.usage(tree, [index])
            reported.complete(by: SpanUsage(rollUpOf: tree.spans[index]))
            let usage = CallUsage(reported).tokens
            guard usage.hasTokenCounts || isRollUp else { continue }
            var fields = context(index, types.usageReported)
            fields.add("scope", text: tree.kinds[index] == .agent ? "agent" : "span")
            Self.add(usage, to: &fields)
            let span = tree.spans[index]
            fields.add("operation", text: span.text(.operation))
            fields.add("provider", text: span.provider)
            fields.add("request_model", text: span.text(.requestModel))
            fields.add("response_model", text: span.text(.responseModel))
            fields.add("reported_cost_usd", integer: reported.reportedCost)
            events.append(
                DerivedEvent(
                    id: id(of: index, types.usageReported), type: types.usageReported, time: span.record.end,
                    fields: fields))
        }
    }

    // MARK: What all events say

    private func id(of index: Int, _ type: UInt16) -> String {
        let record = tree.spans[index].record
        return ids.id(
            traceID: record.traceID, spanID: record.spanID, type: columns.registry.types[Int(type)].name, known: known)
    }

    private func duration(_ index: Int) -> Int64? { tree.spans[index].record.durationNanoseconds }

    /// What holds for all calls of a piece of work, so that it need not be said again on each.
    private static let handedDown: Set = ["purpose", "route"]

    /// Adds what the spans of a piece of work say of it in our own names. Before all else is added, since of a name the
    /// first counts.
    private func addNative(of spans: [Int], _ type: UInt16, _ fields: inout FieldSet) {
        guard tree.hasNativeFields else { return }
        for field in tree.book.native.fields(of: columns.registry.types[Int(type)].name) {
            let own = spans.lazy.compactMap { tree.spans[$0].native(field) }.first
            fields.add(
                field.column, own ?? (Self.handedDown.contains(field.column) ? tree.native(field, from: spans[0]) : nil)
            )
        }
    }

    /// Adds what is said in our own names of an event of the turn. What only one kind of event has can be said on any
    /// span; else the span itself must say it, and where it tells a topic as well, the confidence in it is meant.
    private func addNative(around index: Int, _ type: UInt16, _ fields: inout FieldSet) {
        guard tree.hasNativeFields else { return }
        for field in tree.book.native.fields(of: columns.registry.types[Int(type)].name) {
            if !field.isShared {
                fields.add(field.column, tree.native(field, from: index) ?? onlyNative(field, around: index))
            } else if type == types.conversationClassified || field.column != "confidence"
                || !tree.spans[index].isClassification
            {
                fields.add(field.column, tree.spans[index].native(field))
            }
        }
    }

    /// What is said anywhere in the turn that a span is in. A trace of one turn is that turn.
    private func onlyNative(_ field: NativeField, around index: Int) -> EventValue? {
        owners.isEmpty ? tree.onlyNative[field.attribute] : nativeByTurn[owners[index]]?[field.attribute]
    }

    /// What one turn of several says is not what the others say.
    private mutating func splitNative(_ turns: [Int], _ owners: [Int]) {
        var members: [Int: [Int]] = [:]
        for index in tree.order where owners[index] >= 0 { members[owners[index], default: []].append(index) }
        for turn in turns { nativeByTurn[turn] = tree.native(by: members[turn] ?? []) }
        self.owners = owners
    }

    private func addIfAllowed(_ name: String, _ value: EventValue, _ type: UInt16, _ fields: inout FieldSet) {
        if columns.registry.isAllowed(columns[name], in: type) { fields.add(name, value) }
    }

    /// - Parameter others: spans of the same work, asked where the first one does not know.
    private func context(_ index: Int, _ type: UInt16, with others: [Int] = []) -> FieldSet {
        func first(_ values: [String?]) -> String? { values[index] ?? others.lazy.compactMap { values[$0] }.first }
        func turn(_ field: DialectField) -> String? { tree.turns[field].flatMap(first) }
        let span = tree.spans[index]
        // Where nothing around a turn's span names the agent, the one that runs in it answers.
        let isOfTurn = type == types.messageReceived || type == types.messageSent
        let below = isOfTurn && tree.agents[index] == nil ? tree.agentsBelow[index] : -1
        var fields = FieldSet(columns)
        fields.add("id", text: id(of: index, type))
        fields.add("source", text: DerivedEventIDs.source(span.record.serviceName))
        fields.add("tenant", text: first(tree.tenants) ?? MappedSpan.unnamedTenant)
        fields.add("conversation_id", text: first(tree.conversations))
        fields.add("channel", text: first(tree.channels))
        fields.add("user_id", text: first(tree.users))
        fields.add("agent", text: below >= 0 ? tree.agents[below] : first(tree.agents))
        fields.add("agent_version", text: first(tree.agentVersions) ?? (below >= 0 ? tree.agentVersions[below] : nil))
        fields.add("environment", text: first(tree.environments))
        fields.add("region", text: first(tree.regions))
        fields.add("service_name", text: span.text(.serviceName))
        fields.add("service_version", text: span.text(.serviceVersion))
        fields.add("turn", integer: turn(.turn).flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil })
        fields.add("message_id", text: turn(.messageID))
        fields.add("team", text: turn(.team))
        fields.add("cost_centre", text: turn(.costCentre))
        fields.add("experiment", text: turn(.experiment))
        fields.add("variant", text: turn(.variant))
        fields.add("prompt_name", text: turn(.promptName))
        fields.add("prompt_version", text: turn(.promptVersion))
        fields.add("trace_id", text: span.record.traceID)
        fields.add("span_id", text: span.record.spanID)
        fields.add("parent_span_id", text: span.record.parentSpanID)
        return fields
    }
}

extension WorkUnit {
    /// A field from the first span that has it.
    func text(_ field: DialectField, _ tree: SpanTree) -> String? {
        spans.lazy.compactMap { tree.spans[$0].text(field) }.first
    }
}
