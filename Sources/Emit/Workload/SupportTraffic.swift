import Bytes

/// Simulated support traffic: the same configuration gives the same bytes, on every machine and however it is read.
package struct SupportTraffic: Sendable {
    /// What decides every byte.
    package let configuration: WorkloadConfiguration

    /// Mean number of events a conversation leaves behind, measured over a million; sets the length of a generated
    /// period.
    static let eventsPerConversation = 42.5
    /// Probes, samples and invoices of a day.
    static let backgroundEventsPerDay = 2600.0

    /// Traffic of this kind; nothing is made before it is read.
    package init(_ configuration: WorkloadConfiguration) { self.configuration = configuration }

    /// The traffic of `from..<to` (ns since 1970 UTC), with the load of business hours. Conversations that began before
    /// `from` are not part of it; what open ones do after `to` is not returned, but
    /// ``WorkloadEvents/continued(messagesPerSecond:)`` goes on with it.
    /// - Precondition: `from <= to`.
    package func events(from: Int64, to: Int64) -> WorkloadEvents {
        stretch(
            .businessHours(perDay: configuration.conversationsPerDay), from: from, periodEnd: to, end: to, limit: .max)
    }

    /// Exactly so many events from the configured start on.
    ///
    /// From 50,000 events on they fill whole days, as many as the configured load needs and at least one; fewer fill an
    /// hour or more of a morning. The price change lies in the middle of that period.
    package func generate(eventCount: Int) -> WorkloadEvents {
        let count = Double(max(0, eventCount))
        if count < 50_000 {
            let perMinute = configuration.conversationsPerDay / 24 / 60 * 2.2
            let minutes = max(60, (count / (Self.eventsPerConversation * perMinute)).rounded(.up))
            let from = configuration.start + 9 * Nanoseconds.hour
            return stretch(
                .steady(perMinute: count / Self.eventsPerConversation / minutes), from: from,
                periodEnd: from + Int64(minutes) * Nanoseconds.minute, end: .max, limit: max(0, eventCount))
        }
        let days = max(1, Int((count / (Self.eventsPerConversation * configuration.conversationsPerDay)).rounded()))
        let workingDays = (0..<days).reduce(0.0) { sum, day in
            sum + (isWeekend(configuration.start + Int64(day) * Nanoseconds.day) ? 0.75 : 1)
        }
        let fromConversations = max(count / 2, count - Self.backgroundEventsPerDay * Double(days))
        return stretch(
            .businessHours(perDay: fromConversations / Self.eventsPerConversation / workingDays),
            from: configuration.start,
            periodEnd: configuration.start + Int64(days) * Nanoseconds.day, end: .max, limit: max(0, eventCount))
    }

    /// Endless traffic from an instant on, at a steady rate whatever the hour.
    ///
    /// - Parameter leadInNanoseconds: how long before `from` its first conversations began. Their earlier events are
    ///   due at once, and the rate is the asked one from the first second instead of growing for some minutes.
    package func live(
        from: Int64, messagesPerSecond: Double = LiveTraffic.referenceMessagesPerSecond, leadInNanoseconds: Int64 = 0
    ) -> LiveTraffic {
        let source = TrafficSource(
            configuration: configuration, shape: .steady(perMinute: 0), from: from - leadInNanoseconds, framework: [])
        return LiveTraffic(source: source, messagesPerSecond: messagesPerSecond)
    }

    private func stretch(_ shape: ArrivalShape, from: Int64, periodEnd: Int64, end: Int64, limit: Int) -> WorkloadEvents
    {
        precondition(from <= periodEnd)
        var framework: [WorkloadEvent] = []
        if configuration.includesPrices {
            framework = BackgroundEvents(configuration: configuration).framework(from: from, to: periodEnd)
        }
        let source = TrafficSource(configuration: configuration, shape: shape, from: from, framework: framework)
        return WorkloadEvents(source: source, end: end, limit: limit)
    }
}
