import Clients
import EventStores
import Foundation
import Platform
import Shipping
import Testing

/// A server that ships to a database which nobody answers for.
@Suite struct ShipmentTests {
    private static func answer(_ number: Int) -> String {
        #"{"specversion":"1.0","id":"a\#(number)","source":"test","type":"message.sent","data":{"#
            + #""conversation_id":"c\#(number)","status":"ok"}}"#
    }

    @Test func aDatabaseThatIsAwayHoldsNobodyUpAndIsTold() async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("plimsoll-shipment-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let context = StoreContext(
            fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
            workers: InlineWorkers())
        let store = try EventStore.open(at: path, context: context)
        var configuration = ShippingConfiguration()
        (configuration.batchNanoseconds, configuration.pollMilliseconds) = (0, 10)
        (configuration.backoffMilliseconds, configuration.backoffMillisecondsMax) = (5, 20)
        let target = ShippingTarget(
            PostgresDestination(
                settings: "host=127.0.0.1 port=1 user=nobody password=canary dbname=none", schema: "figures"),
            configuration)
        try await withServer(store, shipping: [target]) { client, _ in
            for number in 0..<10 {
                let sent = try await client.send(
                    "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")],
                    body: Array(Self.answer(number).utf8))
                #expect(sent.status == 200)
            }
            var status = ""
            for _ in 0..<500
            where !status.contains(#""hindrance""#) || !status.contains(#""waiting_events":10"#) {
                try await Task.sleep(for: .milliseconds(20))
                status = try await client.send("GET", "/v1/status", headers: [], body: []).text
            }
            #expect(status.contains(#""shipping":[{"destination":"postgresql figures","position":0,"#))
            #expect(status.contains(#""waiting_events":10"#) && !status.contains("canary"))
            let metrics = try await client.send("GET", "/metrics?format=text", headers: [], body: []).text
            #expect(metrics.contains("plimsoll_shipping_waiting_events{destination=\"postgresql figures\"} 10"))
            #expect(metrics.contains("reason=\"connection\"") && !metrics.contains("canary"))
        }
    }
}
