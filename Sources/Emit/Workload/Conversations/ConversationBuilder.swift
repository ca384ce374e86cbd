import Bytes

/// Writes all events of one conversation from its own stream of chance.
///
/// A conversation is a pure function of the configuration, the minute in which it begins and its number in that minute:
/// no window, rate or neighbour changes it.
struct ConversationBuilder {
    let configuration: WorkloadConfiguration
    var random: SeededGenerator
    var identities: IdentityMaker
    var events: [WorkloadEvent] = []

    /// The instant reached so far, ns since 1970 UTC.
    var now: Int64
    var turn: Int64 = 0
    var context = WorkloadContext([])
    let source: String
    let conversationID: String
    let channel: String
    let topic: Catalogue.Topic
    let user: Int
    let variant: Int
    let startTime: Int64
    var trace: (UInt64, UInt64) = (0, 0)

    /// - Parameter serial: distinct for every conversation of a seed.
    init(configuration: WorkloadConfiguration, start: Int64, serial: UInt64) {
        self.configuration = configuration
        var random = SeededGenerator(seed: configuration.seed, stream: serial)
        identities = IdentityMaker(
            style: configuration.idStyle, generator: SeededGenerator(seed: ~configuration.seed, stream: serial))
        source = random.element(of: Catalogue.pods)
        var name: [UInt8] = Array("c-".utf8)
        appendHexadecimal(random.next(), digits: 15, to: &name)
        conversationID = String(decoding: name, as: UTF8.self)
        channel = Catalogue.channels[random.index(ofCumulative: Catalogue.channelsCumulative)]
        topic = Catalogue.topics[random.index(ofCumulative: Catalogue.topicsCumulative)]
        // Squaring the draw makes the first users ask most: a tenth of them about a third of all questions.
        let draw = random.unit()
        user = Int(draw * draw * Double(configuration.users))
        variant = random.index(ofCumulative: Catalogue.variantsCumulative)
        startTime = start
        now = start
        self.random = random
        context = makeContext(agent: "triage")
        events.reserveCapacity(64)
    }

    /// Fields shared by the events of the conversation while one agent has it.
    func makeContext(agent: String) -> WorkloadContext {
        let home = scramble(configuration.seed &+ UInt64(user) &* 0x9E37_79B9)
        let tenant = Int(home % UInt64(configuration.tenants))
        let region = Int(home >> 32 % UInt64(Catalogue.regions.count))
        let prompt = versionNumber(every: configuration.promptIntervalNanoseconds)
        let release = versionNumber(every: configuration.promptIntervalNanoseconds / 10 * 13)
        return WorkloadContext([
            WorkloadField("conversation_id", .text(conversationID)),
            WorkloadField("tenant", .text(Catalogue.tenant(tenant))),
            WorkloadField("channel", .text(channel)),
            WorkloadField("user_id", .text("u\(user)")),
            WorkloadField("agent", .text(agent)),
            WorkloadField("agent_version", .text("2.\(release)")),
            WorkloadField("team", .text(topic.team)),
            WorkloadField("cost_centre", .text("cc-\(4100 + tenant)")),
            WorkloadField("environment", .text(home >> 8 % 25 == 0 ? "staging" : "production")),
            WorkloadField("region", .text(Catalogue.regions[region])),
            WorkloadField("service_name", .text("support-agent")),
            WorkloadField("service_version", .text("1.\(release)")),
            WorkloadField("experiment", .text("tone")),
            WorkloadField("variant", .text(Catalogue.variants[variant])),
            WorkloadField("prompt_name", .text("support-answer")),
            WorkloadField("prompt_version", .text("v\(prompt)")),
        ])
    }

    /// The number, from 1, of the version in force when the conversation began.
    private func versionNumber(every interval: Int64) -> Int64 {
        max(0, floorDivide(startTime - configuration.start, interval)) + 1
    }

    /// Adds one event that ended at `time`; fields with a nil value are left out.
    mutating func emit(_ type: String, at time: Int64, _ fields: [WorkloadField]) {
        events.append(
            WorkloadEvent(
                id: identities.next(at: time), source: source, type: type, time: time, context: context,
                ownFields: fields))
    }

    /// Adds one event of the current turn, with its trace and a span of its own.
    mutating func emitInTurn(_ type: String, at time: Int64, _ fields: [WorkloadField]) {
        var all: [WorkloadField] = []
        all.reserveCapacity(fields.count + 3)
        all.append(WorkloadField("turn", .integer(turn)))
        all.append(WorkloadField("trace_id", .hexadecimal128(trace.0, trace.1)))
        all.append(WorkloadField("span_id", .hexadecimal64(random.next() | 1)))
        all.append(contentsOf: fields)
        emit(type, at: time, all)
    }

    /// Three decimals of a share in 0...1.
    func thousandths(_ share: Double) -> WorkloadValue {
        .decimal(units: Int64((min(max(share, 0), 1) * 1000).rounded()), digits: 3)
    }

    /// The events in time order; events of one instant stay as they were written.
    consuming func finished() -> [WorkloadEvent] {
        var order = Array(events.indices)
        let times = events.map(\.time)
        order.sort { (times[$0], $0) < (times[$1], $1) }
        return order.map { events[$0] }
    }
}
