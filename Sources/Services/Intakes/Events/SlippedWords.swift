package import Domain
package import OperatorLogs
import Synchronization
import WireFormats

/// Tells those who run the server of words that senders write and that miss known ones by a slip: no figure knows them,
/// and who sends may look at no answer. Each is told once, and so many at most, since strangers can make them up.
package final class SlippedWords: Sendable {
    // tests: the bound is reached there.
    /// Words that are told; behind them it is said once that there are more.
    package static let wordsMax = 16
    /// Words of spans that are remembered.
    private static let lookedAtMax = 256
    private static let bytesMax = 48
    private static let advice = LogField(.advice, "`plimsoll doctor` says who sends them")

    /// A word of a field.
    private struct Word: Hashable {
        var column: UInt16
        var said: [UInt8]
    }

    private struct State {
        var told: Set<WordSlip> = []
        var hasMore = false
        /// Words of spans that are in no list, slips or a sender's own. Strangers make up more than are remembered, and
        /// a slip behind those is told all the same: when there is no room, all are forgotten.
        var lookedAt: Set<Word> = []
    }

    private let registry: SchemaRegistry
    private let fields: [(column: UInt16, words: [[UInt8]])]
    private let log: OperatorLog
    private let state = Mutex(State())

    /// Nothing was told yet.
    package init(_ registry: SchemaRegistry, log: OperatorLog) {
        (self.registry, self.log) = (registry, log)
        fields = registry.heededFields.filter { $0.type == nil }.map { field in
            (field.column, field.words.map { Array($0.utf8) })
        }
    }

    /// Tells of those that were not told yet.
    func note(_ slips: [WordSlip]) {
        for slip in slips {
            let (isNew, isBeyond) = state.withLock { state in
                guard !state.hasMore, !state.told.contains(slip) else { return (false, false) }
                state.hasMore = state.told.count >= Self.wordsMax
                if !state.hasMore { state.told.insert(slip) }
                return (!state.hasMore, state.hasMore)
            }
            if isNew {
                let name = registry.columns[Int(slip.column)].name
                let word = "\(name) \"\(String(decoding: slip.said, as: UTF8.self))\""
                log.warning("\(word): no figure knows this word; did you mean \(slip.meant)?", [Self.advice])
            } else if isBeyond {
                log.warning("more words miss known ones by a slip; none is named until the next start", [Self.advice])
            }
        }
    }

    /// Looks at events that spans told, which no decoder has seen.
    /// - Complexity: O(events), and O(words that are known) for each word that is not remembered.
    func look(at events: EventRows) {
        for event in events {
            for (column, words) in fields {
                guard let said = event.text(of: column), !words.contains(where: { said.elementsEqual($0) }),
                    said.count <= Self.bytesMax, isNew(Word(column: column, said: Array(said)))
                else { continue }
                let known = registry.columns[Int(column)].knownValues
                let meant = registry.word(meantBy: String(decoding: said, as: UTF8.self), of: column, among: known)
                if let meant { note([WordSlip(column: column, said: Array(said), meant: meant)]) }
            }
        }
    }

    private func isNew(_ word: Word) -> Bool {
        state.withLock { state in
            if state.lookedAt.contains(word) { return false }
            if state.lookedAt.count >= Self.lookedAtMax { state.lookedAt.removeAll(keepingCapacity: true) }
            state.lookedAt.insert(word)
            return true
        }
    }
}
