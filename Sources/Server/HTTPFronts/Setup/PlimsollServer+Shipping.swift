import EventStores
import Intakes
import Platform
import Sending
import Shipments
import Shipping

/// Databases are shipped to beside the fronts, over the store that these ask.
extension PlimsollServer {
    /// Who ships to each database.
    func shippers() -> [Shipper] {
        guard let source = store.shippingSource(clock: clock) else { return [] }
        return configuration.shipping.map { target in
            let kept = store.deliveryMarks.first { $0.destination == target.destination.name }
            return Shipper(
                target.destination, from: source, target.configuration,
                kept: kept.map { ($0.position, $0.receivedTime) }, clock: clock, randomness: randomness)
        }
    }

    /// The work that ships, each on a thread of its own.
    func shipments(_ routes: Routes, _ threads: BlockingThreads) -> [any BackgroundWork] {
        let others = configuration.traceExport.endpoints.count + configuration.alertSending.destinations.count
        return zip(routes.shippers, threads.senders.dropFirst(others)).map { shipper, thread in
            ShipmentWork(
                shipper: shipper, thread: thread, committer: routes.intake.committer, health: routes.health, log: log)
        }
    }
}
