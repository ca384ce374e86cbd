/// Which segments become one of the archive next.
struct ArchiveChoice {
    /// What is known of a segment.
    struct Candidate {
        /// The latest received time of its events (ns).
        var receivedUntil: Int64
        /// Rows of events.
        var events: Int
        /// Of the file.
        var bytes: Int
        /// First and last position of its events; nil where it has none.
        var positions: ClosedRange<Int64>?
        var isArchived: Bool
        /// No conversation is folded from its events any more: it becomes one with such alone.
        var isSettled = false
        /// What stands for events that were dropped, and what cannot be read: it stays as it is.
        var isBarrier: Bool
    }

    /// The most events that one takes, and the most bytes of what becomes one; a single segment may have more.
    var eventsMax, bytesMax: Int
    /// No more segments become one, since all of them are read at one time, and half as many that were not archived
    /// before, so that some that were go along.
    var segmentsMax: Int

    /// Neighbours, all of whose events were received by a time, as places; nil where none is due. Those that were
    /// archived before go along where what is new has at least as many events: so an event is written again only when
    /// what it lies in has doubled, and small segments do not stay small. Those without events go along amid others.
    /// - Parameters:
    ///   - candidates: in the order of a manifest, which is that of positions.
    ///   - cutoff: the last received time of what goes (ns).
    /// - Complexity: O(segments).
    func due(_ candidates: [Candidate], through cutoff: Int64) -> Range<Int>? {
        func isOpen(_ candidate: Candidate) -> Bool {
            !candidate.isArchived && !candidate.isBarrier && candidate.receivedUntil <= cutoff
        }
        var start = 0
        while start < candidates.count {
            guard isOpen(candidates[start]) else {
                start += 1
                continue
            }
            var run = Run(start, candidates[start])
            var due = run.events > 0 ? run : nil
            while run.places.upperBound < candidates.count {
                let next = candidates[run.places.upperBound]
                guard isOpen(next), Self.isNeighbour(candidates[run.places.upperBound - 1], next),
                    hasRoom(run, next), run.places.count < segmentsMax / 2
                else { break }
                run.append(next)
                if next.events > 0 { due = run }
            }
            if let due { return withArchived(due, of: candidates).places }
            start = run.places.upperBound
        }
        return nil
    }

    /// With those before it that were archived and are no larger.
    private func withArchived(_ due: Run, of candidates: [Candidate]) -> Run {
        var run = due
        while run.places.lowerBound > 0 {
            let before = candidates[run.places.lowerBound - 1]
            guard before.isArchived, !before.isBarrier, before.events <= run.events,
                Self.isNeighbour(before, candidates[run.places.lowerBound]), hasRoom(run, before),
                run.places.count < segmentsMax
            else { break }
            run.prepend(before)
        }
        return run
    }

    private func hasRoom(_ run: Run, _ next: Candidate) -> Bool {
        run.events + next.events <= eventsMax && run.bytes + next.bytes <= bytesMax
    }

    /// A segment's positions have no gap, and conversations are folded from all of its events or from none.
    private static func isNeighbour(_ one: Candidate, _ next: Candidate) -> Bool {
        guard one.isSettled == next.isSettled else { return false }
        guard let positions = one.positions, let following = next.positions else { return true }
        return following.lowerBound == positions.upperBound + 1
    }

    /// Segments beside each other.
    private struct Run {
        private(set) var places: Range<Int>
        private(set) var events, bytes: Int

        init(_ place: Int, _ candidate: Candidate) {
            (places, events, bytes) = (place..<(place + 1), candidate.events, candidate.bytes)
        }

        mutating func append(_ candidate: Candidate) {
            places = places.lowerBound..<(places.upperBound + 1)
            add(candidate)
        }

        mutating func prepend(_ candidate: Candidate) {
            places = (places.lowerBound - 1)..<places.upperBound
            add(candidate)
        }

        private mutating func add(_ candidate: Candidate) {
            events += candidate.events
            bytes += candidate.bytes
        }
    }
}
