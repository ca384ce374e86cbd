import Bytes
import Columnar
import Platform
import Synchronization

/// Which rating of each conversation is the last one, over the pieces of one snapshot after the other.
///
/// Ratings count together, since a later one takes an earlier one's place. But a piece that comes or goes concerns the
/// conversations of which it has ratings, and no others. What counts stands in pieces of its own, one for each hour in
/// which a last rating lies, and those change that a conversation came to or went from.
final class RatingIndex: Sendable {
    /// The last rating of a conversation in a piece.
    private struct Entry {
        /// The piece's number.
        let piece: UInt64
        let rating: LastRatings.Rating

        var hour: Int64 { floorDivide(rating.time, Nanoseconds.hour) }

        /// Whether it counts as another one does.
        func counts(as other: Entry?) -> Bool {
            guard let other else { return false }
            return rating.time == other.rating.time && rating.set == other.rating.set
        }
    }

    private struct Piece {
        let number: UInt64
        /// Those that it rates.
        var conversations: [UInt32] = []
    }

    private struct State {
        var conversations = GroupTable(types: [.text, .text])
        var pieces: [PieceKey: Piece] = [:]
        var nextPiece: UInt64 = 0
        /// By conversation; nil: it has none any more.
        var newest: [Entry?] = []
        /// Those of other pieces, which few conversations have.
        var others: [UInt32: [Entry]] = [:]
        /// The conversations whose last rating lies in an hour.
        var hours: [Int64: Set<UInt32>] = [:]
        /// What these hours count.
        var made: [Int64: CellPiece] = [:]
    }

    /// Numbers of the label sets of all that it makes.
    let sets = LabelNumbers()
    private let state = Mutex(State())
    /// Whoever asks while another one reads pieces waits here, and for no longer than it has time.
    private let turns = OneAtATime()

    /// Roughly, but for what it made, which whoever asked for it holds.
    var memoryBytes: Int {
        state.withLock { state in
            state.conversations.memoryBytes + state.newest.capacity * 80 + state.others.count * 256
                + state.pieces.count * 128 + state.hours.count * 128
        }
    }

    /// The pieces of hours that the last ratings lie in.
    /// - Parameters:
    ///   - sources: all pieces of the ratings' table, each with its key.
    ///   - reader: reads everything.
    /// - Returns: nil where there are too many label sets; and how many rows and ratings were looked at.
    /// - Complexity: O(pieces), rows of those that are not known, and ratings of the hours that change.
    func pieces(
        of sources: [FoldPiece], as keys: [PieceKey], _ exposition: Exposition, _ reader: HistoryReader
    ) throws -> (pieces: [CellPiece]?, steps: Int) {
        try turns.run(waitingWhile: reader.check) { try read(sources, as: keys, exposition, reader) }
    }

    /// The same in the caller's turn.
    private func read(
        _ sources: [FoldPiece], as keys: [PieceKey], _ exposition: Exposition, _ reader: HistoryReader
    ) throws -> (pieces: [CellPiece]?, steps: Int) {
        try state.withLock { state throws -> (pieces: [CellPiece]?, steps: Int) in
            var (steps, bytes) = (0, 0)
            // Whatever fails, nothing has changed before.
            var fresh: [(key: PieceKey, ratings: LastRatings)] = []
            for (key, source) in zip(keys, sources) where state.pieces[key] == nil {
                try reader.check()
                steps += source.morsel.rowCount
                guard let ratings = try reader.ratings(of: source, exposition, numbering: sets) else {
                    return (nil, steps)
                }
                fresh.append((key, ratings))
                bytes += ratings.memoryBytes
                try reader.holdRead(bytes)
            }
            let wanted = Set(keys)
            // By conversation what its last rating was.
            var before: [UInt32: Entry?] = [:]
            // order: which rating is the last one does not depend on it.
            for key in state.pieces.keys.filter({ !wanted.contains($0) }) { Self.remove(key, from: &state, &before) }
            for (key, ratings) in fresh { Self.add(ratings, as: key, to: &state, &before) }
            var changed: Set<Int64> = []
            // order: they are put into sets.
            for (conversation, old) in before {
                let new = state.newest[Int(conversation)]
                if let new, new.counts(as: old) { continue }
                if let old, state.hours[old.hour]?.remove(conversation) != nil { changed.insert(old.hour) }
                guard let new else { continue }
                state.hours[new.hour, default: []].insert(conversation)
                changed.insert(new.hour)
            }
            // order: each hour is made by itself.
            for hour in changed {
                steps += state.hours[hour]?.count ?? 0
                state.made[hour] = piece(of: hour, state, exposition, reader)
                if state.made[hour] == nil { state.hours[hour] = nil }
            }
            return (state.made.sorted { $0.key < $1.key }.map(\.value), steps + before.count)
        }
    }

    private static func add(
        _ ratings: LastRatings, as key: PieceKey, to state: inout State, _ before: inout [UInt32: Entry?]
    ) {
        let rated = ratings.last.indices.filter { ratings.last[$0] != nil }
        let names = ratings.conversations.keys(of: rated.map { UInt32($0) })
        let numbers = rated.isEmpty
            ? [] : state.conversations.assign(names, ordinal: UInt64(state.conversations.count))
        state.newest += [Entry?](repeating: nil, count: max(0, state.conversations.count - state.newest.count))
        var piece = Piece(number: state.nextPiece)
        state.nextPiece += 1
        for (group, conversation) in zip(rated, numbers) {
            guard let rating = ratings.last[group] else { continue }
            let entry = Entry(piece: piece.number, rating: rating)
            piece.conversations.append(conversation)
            let known = state.newest[Int(conversation)]
            if before[conversation] == nil { before.updateValue(known, forKey: conversation) }
            if let known, !known.rating.isBefore(rating) {
                state.others[conversation, default: []].append(entry)
                continue
            }
            if let known { state.others[conversation, default: []].append(known) }
            state.newest[Int(conversation)] = entry
        }
        state.pieces[key] = piece
    }

    private static func remove(
        _ key: PieceKey, from state: inout State, _ before: inout [UInt32: Entry?]
    ) {
        guard let piece = state.pieces.removeValue(forKey: key) else { return }
        for conversation in piece.conversations {
            let known = state.newest[Int(conversation)]
            if before[conversation] == nil { before.updateValue(known, forKey: conversation) }
            var others = state.others.removeValue(forKey: conversation) ?? []
            if known?.piece == piece.number {
                let last = others.indices.max { others[$0].rating.isBefore(others[$1].rating) }
                state.newest[Int(conversation)] = last.map { others.remove(at: $0) }
            } else {
                others.removeAll { $0.piece == piece.number }
            }
            if !others.isEmpty { state.others[conversation] = others }
        }
    }

    /// What the last ratings of an hour count; nil where there is none.
    private func piece(
        of hour: Int64, _ state: State, _ exposition: Exposition, _ reader: HistoryReader
    ) -> CellPiece? {
        guard let conversations = state.hours[hour], !conversations.isEmpty else { return nil }
        let values = sets.values
        var cells = LabelledCells(exposition.ofEverything, reader.points, keepsCells: true)
        var places: [Int: Int] = [:]
        var numbers: [Int] = []
        // order: what counts is added up.
        for conversation in conversations {
            guard let rating = state.newest[Int(conversation)]?.rating, rating.time <= reader.points.lastNanoseconds
            else { continue }
            let place = places[rating.set] ?? cells.set(values[rating.set])
            if places.updateValue(place, forKey: rating.set) == nil { numbers.append(rating.set) }
            cells.count(place, at: rating.time)
        }
        let firsts = zip(numbers, cells.counted).map { (set: $0, time: $1.first) }
        return CellPiece(CellRun(cells.cells, numbers: numbers, hasSums: false), firsts: firsts, holdsCells: true)
    }
}
