import Bytes

/// Opens conversations and background hours as time goes on and hands out their events in time order.
struct TrafficSource: Sendable {
    let configuration: WorkloadConfiguration
    private let background: BackgroundEvents
    private var shape: ArrivalShape
    private var merge = EventMerge()
    /// Everything that begins before this instant has been opened.
    private var openedUntil: Int64
    private var hour: Int64

    /// - Parameter framework: events that belong to the period as a whole, in time order.
    init(configuration: WorkloadConfiguration, shape: ArrivalShape, from: Int64, framework: [WorkloadEvent]) {
        self.configuration = configuration
        self.shape = shape
        background = BackgroundEvents(configuration: configuration)
        openedUntil = from
        hour = floorDivide(from, Nanoseconds.hour)
        merge.add(framework)
        merge.add(background.events(inHour: hour).filter { $0.time >= from })
        hour += 1
    }

    /// The time of the next event among what is open.
    var openedTime: Int64? { merge.nextTime }

    /// Goes on with another rate of arrivals; what is open stays open.
    mutating func change(shape newShape: ArrivalShape) { shape = newShape }

    /// The next event before `end`, nil when there is none.
    mutating func next(before end: Int64) -> WorkloadEvent? { nextTime(before: end) == nil ? nil : merge.pop() }

    /// The time of the next event before `end`, opening what begins until then; nil when there is none.
    mutating func nextTime(before end: Int64) -> Int64? {
        while openedUntil < end, (merge.nextTime ?? .max) >= openedUntil { openMinute() }
        guard let time = merge.nextTime, time < end else { return nil }
        return time
    }

    /// Opens what begins up to the next full minute.
    private mutating func openMinute() {
        let minute = floorDivide(openedUntil, Nanoseconds.minute)
        let minuteStart = minute * Nanoseconds.minute
        var random = SeededGenerator(
            seed: configuration.seed, stream: 0x2000_0000_0000_0000 | UInt64(bitPattern: minute))
        let count = random.poisson(mean: shape.meanPerMinute(at: minuteStart))
        for number in 0..<count {
            // A conversation's first event lies 5 ms before its first question and still within the minute.
            let start = minuteStart + random.integer(5_000_000, Nanoseconds.minute - 1)
            // A period that begins within a minute takes only that minute's later conversations.
            guard start - 5_000_000 >= openedUntil else { continue }
            var builder = ConversationBuilder(
                configuration: configuration, start: start, serial: UInt64(bitPattern: minute) << 20 | UInt64(number))
            builder.run()
            merge.add(builder.finished())
        }
        openedUntil = minuteStart + Nanoseconds.minute
        if openedUntil >= hour * Nanoseconds.hour {
            merge.add(background.events(inHour: hour))
            hour += 1
        }
    }
}
