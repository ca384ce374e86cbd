import Domain

/// The metric catalogue resolved against the columns and types of a store: per event type a flat list of what to read
/// and what to count, so that folding an event looks up no name.
struct MetricProgram: Sendable {
    enum LabelKind: UInt8, Sendable { case field, eitherField, boolean, constant }

    /// One part of a key.
    struct Label: Sendable {
        var kind: LabelKind
        var slot: UInt8 = 0
        /// The field that counts where the first is null.
        var otherSlot: UInt8 = 0
        /// Index into ``texts``: of the constant, of the word for true (the one for false follows).
        var text: Int32 = 0
    }

    struct Condition: Sendable {
        var slot: UInt8
        var acceptsNull: Bool
        /// Accepted values, as indexes into ``texts``; empty: any that is present.
        var texts: Range<Int>
    }

    enum ActionKind: UInt8, Sendable { case count, sum, observe, cost, unpriced, question, answer, rating }

    struct Action: Sendable {
        var kind: ActionKind
        var slot: UInt8
        /// The first of the metric's words in a set.
        var word: Int
        /// Which histogram it observes for, from 0; -1 for none.
        var histogram: Int
        var conditions: Range<Int>
    }

    /// What counts under one key.
    struct Step: Sendable {
        var table: Int
        var labels: Range<Int>
        var actions: Range<Int>
    }

    struct TypeProgram: Sendable {
        var steps = 0..<0
        /// Of the type's first column in ``roles``.
        var firstRole = 0
        /// Fields behind it are not looked at.
        var lastColumn: UInt16 = 0
        /// Slots 1…; slot 0 is nobody's.
        var slotCount = 1
        /// Slots of the fields by which questions find their answers, and ratings their conversation.
        var tenant: UInt8 = 0, channel: UInt8 = 0, conversation: UInt8 = 0, turn: UInt8 = 0, trace: UInt8 = 0,
            status: UInt8 = 0
        /// Of questions and answers: the action that says which ones count, and its step.
        var message: (action: Int, step: Int)?
        var isAnswer = false
        /// Of ratings: the action that says which ones count, and its step.
        var rating: (action: Int, step: Int)?
    }

    /// Where a metric's words stand; nil for those that are not folded.
    struct Placement: Sendable {
        var table: Int
        var words: Range<Int>
        /// Its number among the histograms, from 0; -1 for what is none.
        var histogram = -1
    }

    private(set) var labels: [Label] = []
    private(set) var conditions: [Condition] = []
    private(set) var actions: [Action] = []
    private(set) var steps: [Step] = []
    private(set) var types: [TypeProgram] = []
    /// By type and column: the slot that takes the field, 0 for none.
    private(set) var roles: [UInt8] = []
    private(set) var texts: [[UInt8]] = []
    private(set) var tables: [(stride: Int, setsMax: Int)] = []
    /// By index into the definitions.
    private(set) var placements: [Placement?] = []
    let definitions: [MetricDefinition]
    let typeNames: [String]
    /// Sort by name, so that no order of types or metrics reaches bytes.
    let typesByName: [Int]
    let metricsByName: [Int]
    let bounds: [Int64]
    /// The metric of booked cost: its table and its first word.
    let cost: Placement?
    /// The metric of calls without an exact cost.
    let unpriced: Placement?
    /// The metric of rated conversations.
    let ratings: Placement?
    /// The metric of closed conversations.
    let closings: Placement?
    let silence: SilenceColumns
    /// Metrics of what was not followed, which no event tells of.
    let unfollowed: [MetricDefinition]

    /// Where a metric has its words; what was taken back stands in words beside those of its metric.
    func placement(of index: Int) -> Placement? {
        guard case .corrections(let name) = definitions[index].source else { return placements[index] }
        return definitions.firstIndex { $0.name == name }.flatMap { placements[$0] }
    }

    init(
        _ definitions: [MetricDefinition], registry: SchemaRegistry,
        bounds: [Int64] = MetricCatalogue.bucketBoundsNanoseconds
    ) {
        let definitions = definitions.map { definition in
            guard case .observe = definition.source else { return definition }
            var definition = definition
            definition.bucketBoundsNanoseconds = bounds
            return definition
        }
        self.definitions = definitions
        self.bounds = bounds
        typeNames = registry.types.map(\.name)
        typesByName = registry.types.indices.sorted { registry.types[$0].name < registry.types[$1].name }
        metricsByName = definitions.indices.sorted { definitions[$0].name < definitions[$1].name }
        var layout = TableLayout()
        placements = definitions.map { layout.place($0, bounds: bounds) }
        var histograms = 0
        for (index, definition) in definitions.enumerated() {
            guard case .observe = definition.source else { continue }
            placements[index]?.histogram = histograms
            histograms += 1
        }
        tables = layout.tables
        closings = definitions.firstIndex { $0.name == MetricCatalogue.closedConversations }.flatMap { [placements] in
            placements[$0]
        }
        silence = SilenceColumns(registry)
        unfollowed = definitions.filter { Self.unfollowedNames.contains($0.name) }
        cost = definitions.firstIndex { $0.source == .bookedCost }.flatMap { [placements] in placements[$0] }
        unpriced = definitions.firstIndex { $0.source == .unpricedCalls }.flatMap { [placements] in placements[$0] }
        ratings = definitions.firstIndex { $0.source == .ratings }.flatMap { [placements] in placements[$0] }
        roles = Array(repeating: 0, count: registry.types.count * registry.columns.count)
        for type in registry.types { addType(type, registry) }
        assert(types.count == registry.types.count && placements.count == definitions.count, "programs by id and index")
    }

    private static let unfollowedNames = [
        MetricCatalogue.untrackedQuestions, MetricCatalogue.forgottenAnswers, MetricCatalogue.untrackedConversations,
    ]

    // MARK: Building

    private mutating func addType(_ type: SchemaEventType, _ registry: SchemaRegistry) {
        var entry = TypeProgram()
        entry.firstRole = Int(type.id) * registry.columns.count
        let firstStep = steps.count
        let concerned = definitions.indices.filter { definitions[$0].types.contains(type.name) }
        for table in tables.indices {
            let metrics = concerned.filter { placements[$0]?.table == table }
            guard let first = metrics.first else { continue }
            let ordinal = definitions[first].types.firstIndex(of: type.name) ?? 0
            let firstLabel = labels.count
            for label in definitions[first].labels { add(label, ordinal, type, &entry, registry) }
            let firstAction = actions.count
            for metric in metrics { add(definitions[metric], placements[metric], ordinal, &entry, registry) }
            steps.append(Step(table: table, labels: firstLabel..<labels.count, actions: firstAction..<actions.count))
        }
        entry.steps = firstStep..<steps.count
        types.append(entry)
    }

    private mutating func slot(_ name: String, _ entry: inout TypeProgram, _ registry: SchemaRegistry) -> UInt8 {
        guard let column = registry.column(named: name) else {
            preconditionFailure("a metric names \(name), which no schema has")
        }
        let index = entry.firstRole + Int(column)
        if roles[index] == 0 {
            roles[index] = UInt8(entry.slotCount)
            entry.slotCount += 1
            entry.lastColumn = max(entry.lastColumn, column)
        }
        return roles[index]
    }

    private mutating func add(text: String) -> Int {
        texts.append(Array(text.utf8))
        return texts.count - 1
    }

    private mutating func add(
        _ label: MetricLabel, _ ordinal: Int, _ type: SchemaEventType, _ entry: inout TypeProgram,
        _ registry: SchemaRegistry
    ) {
        switch label.source {
        case .column("model")
        where type.id == registry.wellKnownTypes.llmCall || type.id == registry.wellKnownTypes.embeddingCall:
            let (response, request) = (
                slot("response_model", &entry, registry), slot("request_model", &entry, registry)
            )
            labels.append(Label(kind: .eitherField, slot: response, otherSlot: request))
        case .column(let name): labels.append(Label(kind: .field, slot: slot(name, &entry, registry)))
        case .boolean(let name, let yes, let no):
            let text = add(text: yes)
            _ = add(text: no)
            labels.append(Label(kind: .boolean, slot: slot(name, &entry, registry), text: Int32(text)))
        case .eventType(let names): labels.append(Label(kind: .constant, text: Int32(add(text: names[ordinal]))))
        case .given: break
        }
    }

    private mutating func add(
        _ definition: MetricDefinition, _ placement: Placement?, _ ordinal: Int, _ entry: inout TypeProgram,
        _ registry: SchemaRegistry
    ) {
        guard let placement else { return }
        let firstCondition = conditions.count
        for condition in definition.conditions { add(condition, &entry, registry) }
        var read: UInt8 = 0
        let kind: ActionKind
        switch definition.source {
        case .count: kind = .count
        case .sum(let column): (kind, read) = (.sum, slot(column, &entry, registry))
        case .observe(let column): (kind, read) = (.observe, slot(column, &entry, registry))
        case .bookedCost: kind = .cost
        case .unpricedCalls: kind = .unpriced
        case .questions:
            guard let rule = QuestionRule(eventType: definition.types[ordinal]) else {
                preconditionFailure("\(definition.name) counts messages, not \(definition.types[ordinal])")
            }
            kind = rule == .question ? .question : .answer
            add(rule.condition, &entry, registry)
            entry.tenant = slot("tenant", &entry, registry)
            entry.channel = slot("channel", &entry, registry)
            entry.conversation = slot("conversation_id", &entry, registry)
            entry.turn = slot("turn", &entry, registry)
            entry.trace = slot("trace_id", &entry, registry)
            if rule == .answer { entry.status = slot("status", &entry, registry) }
            (entry.message, entry.isAnswer) = ((actions.count, steps.count), rule == .answer)
        case .ratings:
            kind = .rating
            entry.tenant = slot("tenant", &entry, registry)
            entry.conversation = slot("conversation_id", &entry, registry)
            entry.rating = (actions.count, steps.count)
        case .process, .corrections: return
        }
        actions.append(
            Action(
                kind: kind, slot: read, word: placement.words.lowerBound, histogram: placement.histogram,
                conditions: firstCondition..<conditions.count))
    }

    private mutating func add(_ condition: MetricCondition, _ entry: inout TypeProgram, _ registry: SchemaRegistry) {
        switch condition {
        case .isPresent(let column):
            conditions.append(Condition(slot: slot(column, &entry, registry), acceptsNull: false, texts: 0..<0))
        case .isOneOf(let column, let values, let orNull):
            let first = texts.count
            for value in values { _ = add(text: value) }
            let slot = slot(column, &entry, registry)
            conditions.append(Condition(slot: slot, acceptsNull: orNull, texts: first..<texts.count))
        }
    }
}

/// Gives metrics with the same labels one table and each its words in it.
private struct TableLayout {
    var tables: [(stride: Int, setsMax: Int)] = []
    private var keys: [[MetricLabel]] = []

    mutating func place(_ definition: MetricDefinition, bounds: [Int64]) -> MetricProgram.Placement? {
        let width: Int
        switch definition.source {
        case .count, .unpricedCalls, .ratings: width = 1
        // Number of events, then 128 bits.
        case .sum, .bookedCost: width = 3
        // Buckets, the last without a bound, then 128 bits.
        case .observe: width = bounds.count + 3
        // Good, failed.
        case .questions: width = 2
        case .process, .corrections: return nil
        }
        let labels = definition.labels.filter { $0.source != .given }
        if !keys.contains(labels) {
            keys.append(labels)
            tables.append((0, definition.labelSetsMax))
        }
        guard let table = keys.firstIndex(of: labels) else { return nil }
        let first = tables[table].stride
        tables[table] = (first + width, min(tables[table].setsMax, definition.labelSetsMax))
        return MetricProgram.Placement(table: table, words: first..<(first + width))
    }
}
