import Domain
import Foundation
import Platform
import Testing

@Suite struct LimitsTests {
    /// Each relation is one that code relies on.
    @Test func relations() {
        #expect(Limits.groupRowsMax <= Int(UInt16.max) + 1)
        #expect(Limits.nameBytesMax < Limits.eventBytesMax)
        #expect(Limits.labelBytesMax <= Limits.nameBytesMax)
        #expect(SchemaRegistry.builtIn.columns.count < Int(UInt16.max))
        #expect(Limits.liveNanosecondsMax <= Limits.timelessLookupNanoseconds)
        // Input and output together at the greatest price, and GPU time at its greatest, stay within 64 bits.
        #expect(Int128(2) * Int128(Limits.tokensMax) * Int128(Limits.pricePicoUSDPerTokenMax) <= Int128(Int64.max))
        let hours = Int128(Limits.gpuDurationNanosecondsMax) / 3_600_000_000_000
        #expect(hours * Int128(Limits.pricePicoUSDPerGPUHourMax) + 1 <= Int128(Int64.max))
        #expect(BuiltInPrices.entries.count <= Limits.pricesMax)
    }

    @Test func schemasSayTheSame() throws {
        let registry = SchemaRegistry.builtIn
        for column in registry.columns where column.unit == "tokens" {
            #expect(column.maximum == Limits.tokensMax, "\(column.name)")
        }
        for column in registry.columns where column.unit == "ns" && column.type == .integer {
            let isGPU = column.name == "gpu_duration_ns"
            #expect(
                column.maximum == (isGPU ? Limits.gpuDurationNanosecondsMax : Limits.durationNanosecondsMax),
                "\(column.name)")
            #expect(column.minimum == 0)
        }
    }
}

@Suite struct MetricCatalogueTests {
    @Test func namesFollowTheFormat() throws {
        let names = MetricCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        for metric in MetricCatalogue.all {
            // `process_` is what every program calls these.
            let prefixes = metric.source == .process ? ["support_", "plimsoll_", "process_"] : ["support_", "plimsoll_"]
            #expect(prefixes.contains { metric.name.hasPrefix($0) }, "\(metric.name)")
            #expect(metric.name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            if !metric.unit.isEmpty { #expect(metric.name.contains("_" + metric.unit), "\(metric.name)") }
            #expect(metric.help.hasSuffix("."))
            #expect(Set(metric.labels.map(\.name)).count == metric.labels.count)
            #expect((1...10_000).contains(metric.labelSetsMax))
            #expect(metric.types.isEmpty == (metric.source == .process), "\(metric.name)")
        }
    }

    @Test func columnsAndTypesExist() throws {
        let registry = SchemaRegistry.builtIn
        for metric in MetricCatalogue.all {
            let types = try metric.types.map { try #require(registry.type(named: $0), "\($0)") }
            var columns: [String] = []
            for label in metric.labels {
                switch label.source {
                case .column(let name): columns.append(name)
                case .boolean(let name, _, _):
                    columns.append(name)
                    #expect(registry.columns[Int(try #require(registry.column(named: name)))].type == .boolean)
                case .eventType(let values): #expect(values.count == metric.types.count)
                case .given: break
                }
            }
            for condition in metric.conditions {
                switch condition {
                case .isOneOf(let column, let values, _):
                    columns.append(column)
                    let id = try #require(registry.column(named: column))
                    for value in values {
                        #expect(types.allSatisfy { registry.isKnown(Array(value.utf8).span, of: id, in: $0) })
                    }
                case .isPresent(let column): columns.append(column)
                }
            }
            switch metric.source {
            case .sum(let column): columns.append(column)
            case .observe(let column):
                columns.append(column)
                #expect(registry.columns[Int(try #require(registry.column(named: column)))].unit == "ns")
                #expect(metric.kind == .histogram)
            default: break
            }
            for type in types {
                let names = Set(registry.tableColumns(of: type).map(\.name))
                for column in columns { #expect(names.contains(column), "\(metric.name): \(column)") }
            }
            for label in metric.labels {
                if case .column(let name) = label.source, let id = registry.column(named: name) {
                    #expect(registry.columns[Int(id)].privacy == .public, "\(metric.name): \(name)")
                }
            }
        }
    }

    @Test func bucketsHoldTheBoundsThatObjectivesAskFor() {
        let bounds = MetricCatalogue.bucketBoundsNanoseconds
        #expect(bounds == bounds.sorted())
        for seconds in [2, 3, 5, 8, 30] { #expect(bounds.contains(Int64(seconds) * 1_000_000_000)) }
        #expect(MetricCatalogue.metric(named: "support_llm_cost_usd_total")?.source == .bookedCost)
        #expect(MetricCatalogue.metric(named: "support_llm_cost") == nil)
    }
}

@Suite struct OutcomeRuleTests {
    private func facts(_ events: [(Int64, OutcomeEvent)]) -> OutcomeFacts {
        var facts = OutcomeFacts()
        for (position, event) in events.enumerated() {
            facts.add(event.1, at: OutcomeInstant(time: event.0, position: Int64(position)))
        }
        return facts
    }

    private func outcomes(_ events: [(Int64, OutcomeEvent)], at now: Int64 = 1000) -> [Outcome] {
        OutcomeRule.allCases.map { $0.outcome(of: facts(events), at: now) }
    }

    private let agent = OutcomeEvent.resolved(by: "agent", certainty: "assumed")
    private let human = OutcomeEvent.resolved(by: "human", certainty: "confirmed")

    @Test func rules() {
        // 72 hours, as the rule's own words say.
        let later: Int64 = 72 * 3600 * 1_000_000_000 + 10
        #expect(outcomes([]) == [.open, .open, .open, .open])
        #expect(outcomes([(1, .closed(reason: "idle"))]) == [.abandoned, .abandoned, .abandoned, .abandoned])
        #expect(
            outcomes([(10, agent), (20, .closed(reason: "completed"))]) == [.resolved, .resolved, .open, .resolved])
        #expect(outcomes([(10, agent)], at: later) == [.resolved, .resolved, .resolved, .resolved])
        #expect(outcomes([(10, agent)], at: later - 1) == [.resolved, .resolved, .open, .resolved])
        #expect(outcomes([(10, agent), (11, .reopened)], at: later) == [.open, .open, .open, .open])
        #expect(
            outcomes([(10, agent), (11, .reopened), (12, .closed(reason: nil))], at: later)
                == [.abandoned, .abandoned, .abandoned, .abandoned])
        #expect(
            outcomes([(10, .escalationRaised(reason: "policy")), (20, agent)], at: later * 2)
                == [.resolved, .resolved, .escalated, .resolved])
        #expect(
            outcomes([(10, agent), (20, .escalationRaised(reason: nil))], at: later * 2) == [
                .resolved, .escalated, .escalated, .resolved,
            ])
        #expect(
            outcomes([(10, .escalationRaised(reason: nil)), (20, human)], at: later * 2) == [
                .resolved, .escalated, .escalated, .resolved,
            ])
        #expect(outcomes([(10, human)], at: later * 2) == [.resolved, .open, .open, .resolved])
        #expect(outcomes([(Int64.min, agent)], at: .max) == [.resolved, .resolved, .resolved, .resolved])
        #expect(outcomes([(10, .closed(reason: nil)), (11, .returned)]) == [.open, .open, .open, .open])
        #expect(OutcomeRule.house1.resolvedBy(facts([(1, human)]), at: 5) == "human")
        #expect(OutcomeRule.house1.resolvedBy(facts([(1, .resolved(by: nil, certainty: nil))]), at: 5) == "agent")
        #expect(OutcomeRule.house1.resolvedBy(facts([(1, .reopened)]), at: 5) == nil)
        #expect(
            OutcomeRule.allCases.map(\.rawValue) == ["house-1", "intercom-fin", "zendesk-2026", "silence-resolves-1"])
    }

    @Test func silenceMeansWhatTheRuleSays() {
        func outcomes(_ word: LastWord?, idle: Int64? = 50, _ events: [(Int64, OutcomeEvent)] = []) -> [Outcome] {
            var facts = facts(events)
            facts.lastWord = word
            if let idle {
                facts.add(.closed(reason: OutcomeSettings.idleReason), at: OutcomeInstant(time: idle, position: 100))
            }
            return OutcomeRule.allCases.map { $0.outcome(of: facts, at: 60) }
        }
        #expect(outcomes(.answer) == [.abandoned, .abandoned, .abandoned, .resolved])
        #expect(outcomes(.question) == [.abandoned, .abandoned, .abandoned, .abandoned])
        #expect(outcomes(.error) == [.abandoned, .abandoned, .abandoned, .abandoned])
        #expect(outcomes(nil) == [.abandoned, .abandoned, .abandoned, .abandoned])
        #expect(outcomes(.answer, idle: nil) == [.open, .open, .open, .open])
        #expect(
            outcomes(.answer, [(10, .escalationRaised(reason: nil))]) == [
                .escalated, .escalated, .escalated, .escalated,
            ])
        let reasons: [(String, Outcome)] = [
            ("completed", .resolved), ("idle", .resolved), ("abandoned", .abandoned), ("handed_over", .abandoned),
        ]
        for (reason, last) in reasons {
            let found = outcomes(.answer, idle: nil, [(10, .closed(reason: reason))])
            #expect(found == [.abandoned, .abandoned, .abandoned, last], "\(reason)")
        }
    }

    @Test func silenceEndsOnlyWhenTimeHasReachedIt() {
        let settings = OutcomeSettings.standard
        let day: Int64 = 86_400_000_000_000
        #expect(
            settings.idleClose(after: 5, reached: day + 4) == nil
                && settings.idleClose(after: 5, reached: day + 5) == day + 5)
        #expect(
            settings.idleClose(after: .max, reached: .max) == nil
                && OutcomeSettings.unsaid.idleClose(after: 0, reached: .max) == nil)
        #expect(
            OutcomeSettings.text(nanoseconds: day) == "24 h"
                && OutcomeSettings.text(nanoseconds: 90_000_000_000) == "90 s")
        for known in [
            OutcomeSettings.standard, .unsaid, OutcomeSettings(idleAfterNanoseconds: 1, rule: .silenceResolves1),
        ] {
            #expect(OutcomeSettings(data: known.data) == known)
        }
        for damaged in ["", "{}", "{\"rule\":\"other\"}", "{\"idle_after_ns\":\"-1\",\"rule\":\"house-1\"}"] {
            #expect(OutcomeSettings(data: damaged) == nil, "\(damaged)")
        }
    }

    @Test func factsMergeInAnyOrder() {
        var random = SeededGenerator(seed: 51)
        let kinds: [OutcomeEvent] = [
            agent, human, .reopened, .returned, .closed(reason: "idle"), .closed(reason: nil),
            .escalationRaised(reason: "policy"),
            .escalationAccepted,
        ]
        for round in 0..<500 {
            var whole = OutcomeFacts()
            var parts = [OutcomeFacts](repeating: OutcomeFacts(), count: 3)
            for position in 0..<random.next(below: 9) {
                let event = kinds[random.next(below: kinds.count)]
                let instant = OutcomeInstant(time: Int64(random.next(below: 5)), position: Int64(position))
                whole.add(event, at: instant)
                parts[random.next(below: 3)].add(event, at: instant)
            }
            var merged = parts[2]
            merged.merge(parts[0])
            merged.merge(parts[1])
            #expect(merged == whole, "seed 51, round \(round)")
        }
    }
}

@Suite struct ServiceLevelsTests {
    @Test func states() throws {
        let state = { (name: String, actual: ObjectiveActual?) in
            ObjectiveMeasure(name: name).flatMap(ObjectiveSet.builtIn.objective)?.state(actual)
        }
        #expect(state("availability", .share(part: 999, whole: 1000)) == .met)
        #expect(state("availability", .share(part: 998, whole: 1000)) == .atRisk)
        #expect(state("availability", .share(part: 995, whole: 1000)) == .atRisk)
        #expect(state("availability", .share(part: 994, whole: 1000)) == .breached)
        #expect(state("availability", .share(part: 0, whole: 0)) == .noData)
        #expect(state("availability", nil) == .noData)
        #expect(state("availability", .duration(nanoseconds: 1, count: 1)) == .noData)
        #expect(state("answer_p50", .duration(nanoseconds: 2_000_000_000, count: 3)) == .met)
        #expect(state("answer_p50", .duration(nanoseconds: 2_000_000_001, count: 3)) == .atRisk)
        #expect(state("answer_p50", .duration(nanoseconds: 3_000_000_000, count: 3)) == .atRisk)
        #expect(state("answer_p50", .duration(nanoseconds: 3_000_000_001, count: 3)) == .breached)
        #expect(state("first_token_p50", .duration(nanoseconds: .max, count: 1)) == .atRisk)
        #expect(state("error_rate", .share(part: 1, whole: 100)) == .met)
        #expect(state("error_rate", .share(part: 2, whole: 100)) == .atRisk)
        #expect(state("error_rate", .share(part: 3, whole: 100)) == .breached)
        #expect(state("cost_per_answer", .costPerAnswer(picoUSD: 60_000_000_000, answers: 3)) == .met)
        #expect(state("cost_per_answer", .costPerAnswer(picoUSD: 60_000_000_001, answers: 3)) == .atRisk)
        #expect(state("cost_per_answer", .costPerAnswer(picoUSD: 150_000_000_001, answers: 3)) == .breached)
        #expect(state("satisfaction", .share(part: 17, whole: 20)) == .met)
        #expect(state("satisfaction", .share(part: 84, whole: 100)) == .atRisk)
        #expect(state("satisfaction", .share(part: 79, whole: 100)) == .breached)
        #expect(ObjectiveSet.builtIn.objectives.map(\.name).count == 7)
    }
}

@Suite struct TableColumnsTests {
    let registry = SchemaRegistry.builtIn

    @Test func everyTableBeginsAndEndsTheSame() {
        for type in registry.types {
            let columns = registry.tableColumns(of: type.id)
            #expect(Set(columns.map(\.name)).count == columns.count, "\(type.name)")
            #expect(
                columns.prefix(7).map(\.name) == [
                    "id", "source", "type", "time", "received_time", "position", "tenant",
                ])
            #expect(columns.last?.name == "attributes")
            #expect(type.tableName == type.name.replacingOccurrences(of: ".", with: "_"))
        }
        let derived = registry.tableColumns(of: registry.wellKnownTypes.llmCall).suffix(7).map(\.name)
        #expect(
            derived == [
                "model", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state", "price_gaps", "attributes",
            ])
        let events = registry.eventsTableColumns
        #expect(Set(events.map(\.name)).count == events.count)
        for type in registry.types {
            for column in registry.tableColumns(of: type.id) {
                let twin = events.first { $0.name == column.name }
                #expect(twin?.type == column.type, "\(column.name)")
                #expect(twin?.decimalScale == column.decimalScale, "\(column.name)")
            }
        }
    }

    @Test func renderings() throws {
        let list = registry.renderTypes()
        for type in registry.types { #expect(list.contains(type.name + " ")) }
        let call = try #require(registry.renderType(named: "io.plimsoll.llm.call"))
        for text in [
            "gen_ai.usage.input_tokens", "table llm_call", "cost_high_usd", "conversation_id", "Known: local, cloud.",
        ] {
            #expect(call.contains(text), "\(text)")
        }
        #expect(try #require(registry.renderType(named: "price.set")).contains("Required. One of: input, output"))
        #expect(registry.renderType(named: "no.such") == nil)
        #expect(!(list + call).split(separator: "\n").contains { $0.hasSuffix(" ") })
    }
}
