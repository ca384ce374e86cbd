/// Every maximum in one place, each with who relies on it. A test checks the relations between them.
package enum Limits {
    // Events.

    /// Bytes of one event on the wire. The decoder refuses longer ones; the log's record length and the reader's buffer build on it.
    package static let eventBytesMax = 1 << 20
    /// Bytes of one event row. Names become two bytes and numbers shorten, but a text of the wire may come escaped shorter than it is
    /// stored, so there is room for twice the event. `EventRow.rowBytes` has 32 bits for it.
    package static let eventRowBytesMax = 2 << 20
    /// Members of one event's `attributes` at all levels; more are refused, so that canonical sorting stays cheap.
    package static let attributesMax = 1024
    /// Levels of nesting in an event. The JSON walkers recurse this deep and no deeper.
    package static let nestingDepthMax = 64
    /// Bytes of `id`, `source`, `tenant` and every text field that becomes a dictionary entry, filter key or label.
    package static let nameBytesMax = 4096
    /// Tokens of one class in one call. With ``pricePicoUSDPerTokenMax`` it keeps a booked cost within 64 bits.
    package static let tokensMax: Int64 = 1_000_000_000
    /// GPU time of one call: 366 days. With ``pricePicoUSDPerGPUHourMax`` it keeps a booked cost within 64 bits.
    package static let gpuDurationNanosecondsMax: Int64 = 366 * 86_400 * 1_000_000_000
    /// Any other duration: a hundred leap years. Reports add durations of 64 bits in 128.
    package static let durationNanosecondsMax: Int64 = 100 * 366 * 86_400 * 1_000_000_000
    /// How far an event's time may lie ahead of its receipt: 24 h; later ones are `too_new`.
    package static let futureNanosecondsMax: Int64 = 86_400 * 1_000_000_000
    /// Events received this long after their time count in `/metrics`; older ones are backfill: 1 h.
    package static let liveNanosecondsMax: Int64 = 3600 * 1_000_000_000
    /// How far back an event without a time is looked up among those received: 24 h.
    package static let timelessLookupNanoseconds: Int64 = 86_400 * 1_000_000_000

    // Requests.

    /// Bytes of a request body after decompression; beyond it the answer is 413.
    package static let batchBytesMax = 32 << 20
    /// Events of one request. Verdicts are one each, so the answer stays small; an `EventBatch` offset has 32 bits.
    package static let batchEventsMax = 100_000
    /// Rejections that an answer lists one by one; the others are counted.
    package static let listedRejectionsMax = 100
    /// Batches that wait for the writer; beyond it the answer is 429.
    package static let queuedBatchesMax = 64

    // Store.

    /// Rows of one row group; a row's number in its group has 16 bits.
    package static let groupRowsMax = 65_536
    /// Rows of one segment.
    package static let segmentRowsMax = 16_000_000
    /// Bytes of one segment.
    package static let segmentBytesMax = 512 << 20
    /// Bytes of one log record's payload: a whole batch of rows.
    package static let logRecordBytesMax = 72 << 20
    /// Columns of the registry: bits of the largest column id that stays free for tables of names.
    package static let columnsMax = 4096
    /// Event types of the registry.
    package static let typesMax = 1024

    // Prices.

    /// A price per token: 4,000 USD per million tokens.
    package static let pricePicoUSDPerTokenMax: Int64 = 4_000_000_000
    /// A price per GPU hour: 1,000 USD.
    package static let pricePicoUSDPerGPUHourMax: Int64 = 1_000_000_000_000_000
    /// Prices of one book; `price.set` beyond it is refused.
    package static let pricesMax = 1_000_000

    // Metrics.

    /// Label sets of one metric where it states no cap of its own; what is beyond is counted as `other`.
    package static let labelSetsMax = 10_000
    /// Bytes of a label's value; longer ones count as `other`.
    package static let labelBytesMax = 128
}
