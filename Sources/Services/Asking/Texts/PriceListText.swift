package import Domain
package import Plans
import Synchronization

/// A list of prices for whoever fetches it piece by piece. Safe on any thread.
package final class PriceListText: Sendable {
    private let listing: Mutex<PriceListing>
    /// What it holds.
    private let booking: MemoryBooking
    private static let pieceBytes = 64 << 10

    /// - Parameter booking: books what the listing holds, as long as this lives.
    package init(_ listing: PriceListing, booking: MemoryBooking) {
        self.booking = booking
        self.listing = Mutex(listing)
    }

    /// The next piece; nil after the last one.
    /// - Parameter look: called between bounded stretches of work.
    /// - Throws: what `look` throws.
    package func next(look: () throws -> Void = {}) throws -> [UInt8]? {
        try listing.withLock { listing in try listing.piece(of: Self.pieceBytes, look: look) }
    }
}
