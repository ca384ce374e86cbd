import Columnar
import Domain
import Synchronization

/// Which late prices may concern calls of sealed groups: what was computed of a group's costs holds until another one
/// does, however many prices come for other models and other times.
///
/// All overlays share it whose prices went on from one another. Late prices have numbers in the order in which they
/// became known, so the last one that may concern a group stands for all of them.
///
/// Holds up to 8,192 groups and 4 MiB, roughly, groups with the same models sharing their names. Beyond that the half
/// is forgotten that was asked for longest ago: its costs are computed anew.
final class ConcerningPrices: Sendable {
    /// What is known of a group.
    private struct Group {
        /// Prices of smaller numbers were looked at.
        var count: Int
        /// The last of them that may concern it; −1: none does. Those that were there before the group was first asked
        /// for are taken for such without a look.
        var last: Int
        /// What the last one was as long as so many were looked at: older versions of the store are read, too.
        var before: (counts: ClosedRange<Int>, last: Int)?
        var models = Models.unread
        /// The greater, the later it was asked for.
        var turn = 0
    }

    /// Names by which prices may mean calls of a group.
    private enum Models {
        case unread
        /// Too many, or they cannot be read.
        case any
        case named(Names)
    }

    /// Never changes: groups that have the same share it.
    private final class Names: Sendable {
        let names: Set<[UInt8]>

        init(_ names: Set<[UInt8]>) { self.names = names }

        /// Bytes held, roughly: of each name the array, its place in the set, and itself.
        // order: a sum.
        var byteCount: Int { names.reduce(128) { $0 + 64 + $1.count } }
    }

    /// What is remembered.
    private struct Memory {
        private(set) var groups: [MorselIdentity: Group] = [:]
        private var shared: [Set<[UInt8]>: Names] = [:]
        /// Of all names.
        private var nameBytes = 0
        private var turn = 0

        private var byteCount: Int { groups.count * ConcerningPrices.groupBytes + nameBytes }

        /// Unless more is known of the group.
        mutating func keep(_ new: Group, of identity: MorselIdentity) {
            let known = groups[identity]
            if let known, known.count > new.count { return }
            var group = new
            turn += 1
            group.turn = turn
            if case .named(let names) = new.models { group.models = .named(sharing(names, known?.models)) }
            groups[identity] = group
            while groups.count > 1, groups.count > ConcerningPrices.groupsMax || byteCount > ConcerningPrices.bytesMax {
                forgetHalf()
            }
        }

        /// Equal names that are there already, or these.
        private mutating func sharing(_ names: Names, _ known: Models?) -> Names {
            if case .named(let there)? = known, there === names { return names }
            if let equal = shared[names.names] { return equal }
            shared[names.names] = names
            nameBytes += names.byteCount
            return names
        }

        private mutating func forgetHalf() {
            // order: no two have the same turn.
            let latest = groups.sorted { $0.value.turn > $1.value.turn }.prefix(groups.count / 2)
            (groups, shared, nameBytes) = ([:], [:], 0)
            for (identity, group) in latest {
                groups[identity] = group
                if case .named(let names) = group.models { _ = sharing(names, nil) }
            }
        }
    }

    /// Groups that are remembered, and what all of that takes.
    private static let groupsMax = 8_192
    private static let bytesMax = 4 << 20
    /// What a group takes besides its names, roughly.
    private static let groupBytes = 256
    /// Of more new prices than this the last one is taken for one that concerns each group: a look at each is no less
    /// work than the costs are.
    private static let looksMax = 1_000
    /// Names of models in a column, and their bytes: of more the models are not told apart.
    private static let namesMax = 64
    private static let nameBytesMax = 2_048

    private let memory = Mutex(Memory())

    /// Nothing is known.
    init() {}

    /// A number that stands for the prices that may concern a call of a morsel: where it is the same, so are they.
    /// - Parameters:
    ///   - identity: of what the morsel reads.
    ///   - count: so many of the late prices count, the first ones.
    /// - Complexity: O(late prices since it was asked last), at most ``looksMax`` of them.
    func mark(of morsel: RepricedMorsel, _ identity: MorselIdentity, among late: LatePrices, count: Int) -> Int64 {
        var group = memory.withLock { $0.groups[identity] } ?? Group(count: count, last: count - 1)
        if count < group.count {
            if group.last < count { return Int64(group.last) }
            if let before = group.before, before.counts.contains(count) { return Int64(before.last) }
            // So many prices: they may be the same as of another number, and nobody knows.
            return -2 - Int64(count)
        }
        let since = group.count..<count
        if since.count > Self.looksMax {
            group.before = (counts: since.lowerBound...since.lowerBound, last: group.last)
            group.last = count - 1
        } else if let first = since.first(where: { mayConcern(late[$0], morsel, &group) }) {
            let last = since.last { mayConcern(late[$0], morsel, &group) }
            group.before = (counts: since.lowerBound...first, last: group.last)
            group.last = last ?? first
        }
        group.count = count
        memory.withLock { $0.keep(group, of: identity) }
        return Int64(group.last)
    }

    /// Whether the price may be what a call of the morsel waited for, by what pages say and by its models.
    private func mayConcern(_ price: PriceChange, _ morsel: RepricedMorsel, _ group: inout Group) -> Bool {
        guard let waiting = price.waitingTimes else { return false }
        let (base, layout) = (morsel.base, morsel.layout)
        if let times = base.summary(layout.time), case .timestamptz(let first) = times.minimum,
            case .timestamptz(let last) = times.maximum
        {
            guard waiting.lowerBound <= last, first <= waiting.upperBound else { return false }
        }
        if let providers = layout.index(of: "provider").flatMap({ base.summary($0) }) {
            let isOther = ColumnPredicate.Comparison.equal(.text(price.entry.provider)).isRefuted(
                by: providers, rowCount: base.rowCount)
            if isOther { return false }
        }
        if price.entry.model == PriceEntry.anyModel { return true }
        if case .unread = group.models { group.models = Self.models(of: base, layout) }
        guard case .named(let models) = group.models else { return true }
        return models.names.contains(Array(price.entry.model.utf8))
    }

    private static func models(of base: any Morsel, _ layout: EventTableLayout) -> Models {
        var (names, bytes): (Set<[UInt8]>, Int) = ([], 0)
        for column in ["request_model", "response_model"] {
            guard let index = layout.index(of: column) else { continue }
            // Who computes the costs says what is wrong with the page.
            guard let vector = try? base.column(index) else { return .any }
            let texts = CodedTexts(vector)
            guard texts.count <= namesMax else { return .any }
            for code in 0..<texts.count {
                guard let text = texts.text(of: code) else { continue }
                bytes += text.count
                guard bytes <= nameBytesMax else { return .any }
                let model = String(decoding: text, as: UTF8.self)
                for name in ModelName.names(requestModel: model, responseModel: nil) { names.insert(Array(name.utf8)) }
            }
        }
        return .named(Names(names))
    }
}
