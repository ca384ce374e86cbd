import Bytes

/// What events, prices and labels may come to at most, each with who relies on it. A test checks the relations between
/// them.
package enum Limits {
    // Events.

    /// Bytes of one event on the wire. The decoder refuses longer ones.
    package static let eventBytesMax = 1 << 20
    /// Members of one event's `attributes` at all levels; more are refused, so that canonical sorting stays cheap.
    package static let attributesMax = 1024
    /// Levels of nesting in an event. The JSON walkers recurse this deep and no deeper.
    package static let nestingDepthMax = 64
    /// Bytes of `id`, `source`, `tenant` and every text field that becomes a dictionary entry, filter key or label.
    package static let nameBytesMax = 4096
    /// Tokens of one class in one call. With ``pricePicoUSDPerTokenMax`` it keeps a booked cost within 64 bits.
    package static let tokensMax: Int64 = 1_000_000_000
    /// GPU time of one call: 366 days. With ``pricePicoUSDPerGPUHourMax`` it keeps a booked cost within 64 bits.
    package static let gpuDurationNanosecondsMax: Int64 = 366 * Nanoseconds.day
    /// Any other duration: a hundred leap years. Reports add durations of 64 bits in 128.
    package static let durationNanosecondsMax: Int64 = 100 * 366 * Nanoseconds.day
    /// How far an event's time may lie ahead of its receipt: 24 h; later ones are `too_new`.
    package static let futureNanosecondsMax: Int64 = Nanoseconds.day
    /// Times that events may tell (ns since 1970 UTC): from 1678-01-01 on and before 2262-01-01. Beyond them the period
    /// that a time lies in would begin or end outside of 64 bits. The decoder refuses others; what a store has already
    /// stays.
    package static let times: Range<Int64> = (-106_650 * Nanoseconds.day)..<(106_651 * Nanoseconds.day)
    /// Events received this long after their time count in `/metrics`; older ones are backfill: 1 h.
    package static let liveNanosecondsMax: Int64 = Nanoseconds.hour
    /// A wall clock that departs from the monotonic one by less is being set right, and followed; by more, it was
    /// stepped: 10 s.
    package static let clockStepNanosecondsMin: Int64 = 10 * Nanoseconds.second
    /// So long must a wall clock stay with a step, by the monotonic clock, before received times follow it: 5 min.
    package static let clockStepDoubtNanoseconds: Int64 = 300 * Nanoseconds.second
    /// How far back an event without a time is looked up among those received: 24 h.
    package static let timelessLookupNanoseconds: Int64 = Nanoseconds.day

    // Requests.

    /// Spans that one trace may have; more are refused, so that none grows beyond what settling can hold at once.
    package static let traceSpansMax = 50_000
    /// ``traceSpansMax`` as people write it.
    package static let traceSpansText = "\(traceSpansMax / 1_000),000 spans"
    /// How far back a server remembers what it refused.
    package static let refusalsKeptNanoseconds: Int64 = 2 * Nanoseconds.hour
    /// ``refusalsKeptNanoseconds`` as people write it.
    package static let refusalsKeptText = "two hours"
    /// Rejections that an answer lists one by one; the others are counted.
    package static let listedRejectionsMax = 100

    // Store.

    /// Events that the rows of one conversation are made of, in the order of their positions; further ones stand in the
    /// tables of events alone. Whoever gives all events one conversation would otherwise have all of them folded again
    /// with each one that comes.
    package static let conversationEventsMax = 65_536
    /// What these may weigh while they are folded, bytes: ``FoldColumns/weight(of:at:)``.
    package static let conversationBytesMax = 64 << 20
    /// What ``conversationEventsMax`` and ``conversationBytesMax`` come to, in words.
    package static let conversationText =
        "\(conversationEventsMax) events or \(conversationBytesMax >> 20) MiB of them"
    /// Rows of one row group; a row's number in its group has 16 bits.
    package static let groupRowsMax = 65_536

    // Prices.

    /// A price per token: 4,000 USD per million tokens.
    package static let pricePicoUSDPerTokenMax: Int64 = 4_000_000_000
    /// A price per GPU hour: 1,000 USD.
    package static let pricePicoUSDPerGPUHourMax: Int64 = 1_000_000_000_000_000
    /// Prices of one book; `price.set` beyond it is refused.
    package static let pricesMax = 1_000_000

    // Metrics.

    /// Bytes of a label's value; longer ones count as `other`.
    package static let labelBytesMax = 128
}
