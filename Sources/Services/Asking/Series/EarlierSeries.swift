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
    /// Up to when it is known, where who does not say when asks: ns since 1970 UTC.
    package let reached: Int64
    /// No sample is later: ns since 1970 UTC.
    package let end: Int64
    /// What an answer says of it.
    package let remark: String
    /// Held with it, for what it takes is booked as long as it is held.
    private let known: KnownStore

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
        let known = try KnownStore(at: moment, of: source, registry, now: now, workers: workers, within: options)
        self.init(known, at: moment, upTo: last, within: options)
    }

    /// The series of a store that was read up to the moment.
    /// - Parameters:
    ///   - last: no sample is later: ns since 1970 UTC.
    ///   - options: memory, time and cancellation of the question.
    package init(_ known: KnownStore, at moment: EarlierStore.Moment, upTo last: Int64, within options: QueryOptions) {
        (self.known, snapshot) = (known, known.snapshot)
        switch moment {
        case .received(let time):
            reached = min(time, last)
            end = reached
            let moment = floorDivide(time, 1_000_000) * 1_000_000
            remark = "as it was known at \(RFC3339.render(moment)), position \(known.position)"
        case .position:
            // Nothing came between the position and the time that somebody asks at.
            reached = snapshot.seriesEnd()
            end = max(reached, last)
            remark = "as it was known at position \(known.position)"
        }
        pinned = snapshot.series(upTo: end, within: options)
    }

    private static let forms = "write it as RFC 3339, as seconds since 1970, or as position:N"

    /// What a parameter `as_of` says: a time as all of this API, up to its millisecond, or `position:` and digits.
    package static func moment(_ text: String) throws(SeriesRefusal) -> EarlierStore.Moment {
        let word = "position:"
        if text.hasPrefix(word) {
            let digits = text.utf8.dropFirst(word.utf8.count)
            // A sign is no digit: in a form a plus stands for a space.
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let position = Int64(text.dropFirst(word.count))
            else {
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
