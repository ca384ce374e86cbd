package import Domain
package import EventStores
import Intakes

/// What sending out needs of a store: events by position, and how far what is sent has got.
package protocol SendingStore: Sendable {
    /// The event types and columns that are known.
    var registry: SchemaRegistry { get }
    /// Position of the last event; 0 when there is none.
    var position: Int64 { get }
    /// Every event received up to this time (ns since 1970 UTC) is included.
    var watermark: Int64 { get }
    /// The time that is believed, ns since 1970 UTC.
    var now: Int64 { get }
    /// The next events behind a position; see `StoreSnapshot.page(_:)`.
    func page(_ request: EventPageRequest) throws -> EventPage
    /// How far what is sent to other systems has got.
    var deliveryMarks: [DeliveryMark] { get }
}

extension EventStore: SendingStore {
    /// See ``SendingStore``.
    package func page(_ request: EventPageRequest) throws -> EventPage { try snapshot().page(request) }
    /// See ``SendingStore``.
    package var deliveryMarks: [DeliveryMark] { snapshot().deliveryMarks }
}
