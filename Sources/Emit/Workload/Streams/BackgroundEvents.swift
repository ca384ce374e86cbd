import Bytes

/// Events that belong to no conversation: prices and budgets, releases, probes, machines, invoices.
struct BackgroundEvents: Sendable {
    let configuration: WorkloadConfiguration

    /// A builder of one source's events.
    private struct Writer {
        let source: String
        var context: WorkloadContext
        var identities: IdentityMaker
        var events: [WorkloadEvent] = []

        mutating func emit(_ type: String, at time: Int64, _ fields: [WorkloadField]) {
            events.append(
                WorkloadEvent(
                    id: identities.next(at: time), source: source, type: type, time: time, context: context,
                    ownFields: fields))
        }
    }

    private func writer(_ source: String, stream: UInt64, context: [WorkloadField] = []) -> Writer {
        Writer(
            source: source, context: WorkloadContext(context),
            identities: IdentityMaker(
                style: configuration.idStyle, generator: SeededGenerator(seed: ~configuration.seed, stream: stream)))
    }

    /// The price list, budgets and experiment of a period, its late first price and its price change, ascending in
    /// time.
    func framework(from: Int64, to: Int64) -> [WorkloadEvent] {
        var writer = writer("finance/prices", stream: 1)
        for entry in PriceEvents.initial { writer.emit("price.set", at: from, fields(of: entry, validFrom: from)) }
        writer.emit(
            "budget.set", at: from,
            [
                WorkloadField("scope", .text("all")), WorkloadField("amount_usd", .text("2500")),
                WorkloadField("period", .text("month")),
            ])
        writer.emit(
            "experiment.changed", at: from,
            [
                WorkloadField("subject", .text("tone")), WorkloadField("to_value", .text("running")),
                WorkloadField("by", .text("product")),
                WorkloadField("weights", .json("{\"concise\":10,\"control\":80,\"empathic\":10}")),
            ])
        let length = to - from
        for entry in PriceEvents.late {
            writer.emit("price.set", at: from + length / 5 * 2, fields(of: entry, validFrom: from))
        }
        let change = from + length / 2
        for entry in PriceEvents.changed { writer.emit("price.set", at: change, fields(of: entry, validFrom: change)) }
        return writer.events
    }

    private func fields(of entry: PriceEvents.Entry, validFrom: Int64) -> [WorkloadField] {
        var fields = [
            WorkloadField("provider", .text(entry.provider)), WorkloadField("model", .text(entry.model)),
            WorkloadField("token_class", .text(entry.tokenClass)),
            WorkloadField("usd_per_million_tokens", .text(entry.usdPerMillionTokens)),
        ]
        if let tier = entry.serviceTier { fields.append(WorkloadField("service_tier", .text(tier))) }
        fields.append(WorkloadField("valid_from", .timestamp(validFrom)))
        return fields
    }

    /// What happens beside the conversations within one hour, ascending in time.
    /// - Parameter hour: hours since 1970 UTC.
    func events(inHour hour: Int64) -> [WorkloadEvent] {
        let start = hour * Nanoseconds.hour
        let stream = 0x4000_0000_0000_0000 | UInt64(bitPattern: hour)
        var writer = writer(
            "platform/monitor", stream: stream, context: [WorkloadField("environment", .text("production"))])
        var random = SeededGenerator(seed: configuration.seed, stream: stream)
        for minute in 0..<60 {
            let time = start + Int64(minute) * Nanoseconds.minute + 7_000_000
            probe(at: time, &random, &writer)
            if minute % 5 == 0 { sampleMachines(at: time + 1_000_000, hour: hour, &random, &writer) }
        }
        release(within: start, &writer)
        let hourOfDay = hour - floorDivide(hour, 24) * 24
        if hourOfDay == 0 { bill(dayStarting: start - Nanoseconds.day, at: start + 30 * Nanoseconds.minute, &writer) }
        if hourOfDay == 3 { indexKnowledge(at: start + 11 * Nanoseconds.minute, &random, &writer) }
        return writer.events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
            \.element)
    }

    private func probe(at time: Int64, _ random: inout SeededGenerator, _ writer: inout Writer) {
        let isUp = !random.chance(0.0005)
        let duration = isUp ? random.duration(medianMilliseconds: 35, sigma: 0.4) : 5 * Nanoseconds.second
        writer.emit(
            "probe.checked", at: time + duration,
            [
                WorkloadField("target", .text("chat")), WorkloadField("up", .boolean(isUp)),
                WorkloadField("duration_ns", .integer(duration)),
            ])
    }

    private func sampleMachines(at time: Int64, hour: Int64, _ random: inout SeededGenerator, _ writer: inout Writer) {
        let load = ArrivalShape.hourWeights[Int(hour - floorDivide(hour, 24) * 24)] / 19
        for (name, capacity) in [("cpu", 64.0), ("memory", 512.0), ("gpu", 8.0), ("queue", 200.0)] {
            let used = capacity * min(1, (0.15 + 0.6 * load) * random.logNormal(median: 1, sigma: 0.1))
            writer.emit(
                "resource.sampled", at: time,
                [
                    WorkloadField("resource", .text(name)),
                    WorkloadField("used", .decimal(units: Int64(used * 1000), digits: 3)),
                    WorkloadField("capacity", .decimal(units: Int64(capacity * 1000), digits: 3)),
                ])
        }
    }

    /// The prompt and service versions that come into force within the hour.
    private func release(within start: Int64, _ writer: inout Writer) {
        let interval = configuration.promptIntervalNanoseconds
        forEachMultiple(of: interval, within: start) { number, time in
            writer.emit(
                "prompt.published", at: time,
                [
                    WorkloadField("prompt_name", .text("support-answer")),
                    WorkloadField("prompt_version", .text("v\(number + 1)")),
                    WorkloadField("subject", .text("support-answer")), WorkloadField("from_value", .text("v\(number)")),
                    WorkloadField("to_value", .text("v\(number + 1)")), WorkloadField("by", .text("prompt-team")),
                    WorkloadField("content_hash", .hexadecimal64(scramble(UInt64(bitPattern: number)))),
                ])
        }
        forEachMultiple(of: interval / 10 * 13, within: start) { number, time in
            writer.emit(
                "deploy.changed", at: time,
                [
                    WorkloadField("service_name", .text("support-agent")),
                    WorkloadField("service_version", .text("1.\(number + 1)")),
                    WorkloadField("subject", .text("support-agent")), WorkloadField("from_value", .text("1.\(number)")),
                    WorkloadField("to_value", .text("1.\(number + 1)")), WorkloadField("by", .text("pipeline")),
                ])
        }
    }

    private func forEachMultiple(
        of interval: Int64, within start: Int64, _ body: (_ number: Int64, _ time: Int64) -> Void
    ) {
        var number = max(1, floorDivide(start - configuration.start, interval))
        while true {
            let time = configuration.start + number * interval
            if time >= start + Nanoseconds.hour { return }
            if time >= start { body(number, time) }
            number += 1
        }
    }

    private func bill(dayStarting day: Int64, at time: Int64, _ writer: inout Writer) {
        let items = [
            ("gpu", "inference-nodes", "hetzner", "58.40"), ("compute", "gateway", "hetzner", "9.12"),
            ("storage", "vector-index", "aws", "2.315"), ("network", "egress", "aws", "1.07"),
            ("monitoring", "metrics", "house", "0.40"), ("backup", "snapshots", "aws", "0.22"),
        ]
        for (category, component, vendor, amount) in items {
            writer.emit(
                "cost.recorded", at: time,
                [
                    WorkloadField("category", .text(category)), WorkloadField("component", .text(component)),
                    WorkloadField("vendor", .text(vendor)), WorkloadField("deployment", .text("production")),
                    WorkloadField("period_start", .timestamp(day)),
                    WorkloadField("period_end", .timestamp(day + Nanoseconds.day)),
                    WorkloadField("amount_usd", .text(amount)),
                    WorkloadField("invoice_id", .text("inv-\(floorDivide(day, Nanoseconds.day))")),
                ])
        }
    }

    private func indexKnowledge(at time: Int64, _ random: inout SeededGenerator, _ writer: inout Writer) {
        let documents = random.integer(900, 1400)
        writer.emit(
            "knowledge.indexed", at: time,
            [
                WorkloadField("subject", .text("help-centre")), WorkloadField("documents", .integer(documents)),
                WorkloadField("chunks", .integer(documents * 7)),
            ])
    }
}
