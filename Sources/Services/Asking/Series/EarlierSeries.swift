import Bytes
package import Domain
package import EventStores
import JSONTexts
package import Plans
package import Platform
import PromQLText

/// The series of a store as they were known at an earlier moment, for one question.
package struct EarlierSeries {
    /// The store then.
    package let snapshot: StoreSnapshot
    /// Its series.
    package let pinned: PinnedSeries
    /// No sample is later: ns since 1970 UTC.
    package let reached: Int64
    /// What an answer says of it.
    package let remark: String
    /// What it takes of the memory that questions share, as long as it is held.
    private let booking: MemoryBooking?

    /// Reads the store up to the moment.
    /// - Parameters:
    ///   - source: an export of the store, of all times.
    ///   - registry: of the store.
    ///   - now: ns since 1970 UTC.
    ///   - last: no sample is later: ns since 1970 UTC.
    ///   - options: memory, time and cancellation of the question.
    /// - Throws: ``SeriesRefusal`` where it cannot be had; what the store throws.
    /// - Complexity: O(events up to the moment).
    package init(
        at moment: EarlierStore.Moment, of source: any ExportSource, _ registry: SchemaRegistry, now: Int64,
        upTo last: Int64, workers: any Workers, within options: QueryOptions
    ) throws {
        booking = options.memoryPool.map { MemoryBooking(in: $0) }
        do {
            var earlier = try EarlierStore(source, of: registry, now: now, workers: workers)
            let booking = booking
            try earlier.advance(to: moment) { bytes in
                try options.check()
                guard bytes <= options.memoryBudgetBytes, booking?.change(to: bytes) ?? true else {
                    throw SeriesRefusal(
                        .unavailable,
                        "the store as it was known then does not fit into the memory of a question; plimsoll promql "
                            + "--as-of beside the server has more")
                }
            }
            snapshot = earlier.snapshot
            switch moment {
            case .received(let time):
                reached = min(time, last)
                pinned = snapshot.series(isServed: true, upTo: reached, within: options)
                let moment = floorDivide(time, 1_000_000) * 1_000_000
                remark = "as it was known at \(RFC3339.render(moment)), position \(earlier.position)"
            case .position:
                reached = snapshot.watermark
                pinned = snapshot.series(isServed: false, within: options)
                remark = "as it was known at position \(earlier.position)"
            }
        } catch let refusal as RestoreRefusal {
            throw SeriesRefusal(.execution, "what was known then cannot be had: \(refusal.reason)")
        }
    }

    private static let forms = "write it as RFC 3339, as seconds since 1970, or as position:N"

    /// What a parameter `as_of` says: a time as all of this API, up to its millisecond, or `position:` and a number.
    package static func moment(_ text: String) throws(SeriesRefusal) -> EarlierStore.Moment {
        let word = "position:"
        if text.hasPrefix(word) {
            guard let position = Int64(text.dropFirst(word.count)), position >= 0 else {
                let quoted = QuotedText.quoted(Array(text.utf8))
                throw SeriesRefusal(parameter: "as_of", "cannot parse \(quoted) to a position; \(forms)")
            }
            return .position(position)
        }
        let milliseconds: Int64
        do {
            milliseconds = try SeriesTimeText.time(text, "as_of")
        } catch {
            throw SeriesRefusal(error.kind, "\(error.message); \(forms)")
        }
        return .received(milliseconds.saturatingMultiply(by: 1_000_000).saturatingAdd(999_999))
    }
}
