import Columnar
import Domain
import Projections

/// What calls of sealed groups cost through an overlay, kept for whoever asks next: a report has many questions, and a
/// start compares each correction with what was before it.
///
/// All overlays of a store share it, so that what it holds is bounded once: the last price and the last correction that
/// may concern the group are part of the key, so that others leave it (``ConcerningPrices``). What came first goes
/// first.
final class OverlaidCosts: Sendable {
    /// The columns of one group's costs.
    struct Columns: Sendable {
        private let vectors: [Vector]
        private let places: [Int]

        /// - Parameters:
        ///   - costs: by row; nil for one without a cost.
        ///   - check: throws when they are no longer wanted.
        init(
            _ costs: [CallCost?], _ money: EventTableLayout.MoneyPlaces, _ columns: [TableColumn],
            check: () throws -> Void
        ) rethrows {
            places = money.costs
            vectors = try places.map { place in
                try check()
                var builder = ColumnBuilder(type: columns[place].type)
                for (row, cost) in costs.enumerated() {
                    guard let cost else { continue }
                    builder.padNulls(to: row)
                    switch place {
                    case money.cost: if let value = cost.costPicoUSD { builder.append(wide: value) }
                    case money.low: builder.append(wide: cost.lowPicoUSD)
                    case money.high: if let value = cost.highPicoUSD { builder.append(wide: value) }
                    case money.gaps: if let gaps = cost.gaps { builder.append(text: gaps) }
                    default: builder.append(text: cost.state.name)
                    }
                }
                builder.padNulls(to: costs.count)
                return builder.finish()
            }
        }

        /// - Precondition: a column of costs.
        subscript(place: Int) -> Vector {
            guard let index = places.firstIndex(of: place) else { preconditionFailure("a column of costs") }
            return vectors[index]
        }

        /// Bytes held, roughly, what it takes to find them included.
        fileprivate var byteCount: Int {
            vectors.reduce(512) { bytes, vector in
                switch vector.storage {
                case .int128: bytes + 16 * vector.count
                case .text(_, let dictionary): bytes + 4 * vector.count + dictionary.bytes.count
                case .constant: bytes
                default: bytes + 8 * vector.count
                }
            }
        }
    }

    private let kept: KeptValues<MorselIdentity, Columns>

    /// - Parameter bytesMax: what is held, roughly.
    init(bytesMax: Int) { kept = KeptValues(bytesMax: bytesMax) { $0.byteCount } }

    /// The columns of what the identity stands for, from memory or computed now.
    /// - Parameter check: throws when the caller waits no longer for another one who computes them.
    func columns(
        of identity: MorselIdentity, waitingWhile check: () throws -> Void, _ compute: () throws -> Columns
    ) throws -> Columns {
        try kept.value(of: identity, waitingWhile: check, compute)
    }

    /// Takes columns as told, unless they are there or somebody computes them.
    func keep(_ columns: Columns, of identity: MorselIdentity) { kept.keep(columns, of: identity) }

    /// nil where nobody asked yet for all of them, or somebody still computes them.
    func known(of identity: MorselIdentity) -> Columns? { kept.known(of: identity) }
}
