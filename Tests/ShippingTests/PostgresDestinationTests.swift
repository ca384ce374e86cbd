import Shipping
import Testing

/// What is said of databases that cannot be reached.
@Suite struct PostgresDestinationTests {
    /// A password that is not written as a URI wants it ends up in names of hosts and ports, which libpq tells.
    @Test(arguments: [
        "postgresql://me:can@ary@db/figures", "postgresql://me:canary/x@db/figures",
        "host=db password='canary", "host=db password=no canary",
    ])
    func passwordsAreToldNobody(settings: String) {
        let destination = PostgresDestination(settings: settings, schema: "figures")
        do throws(ShippingFailure) {
            _ = try destination.connect(isAbandoned: { false })
            Issue.record("these settings connect to something")
        } catch {
            #expect(error.kind == .permanent && error.reason == "settings")
            #expect(!"\(error) \(error.advice ?? "")".contains("ary"))
        }
    }
}
