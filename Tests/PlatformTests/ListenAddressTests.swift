import Platform
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8910", "127.0.0.1", 8910), ("[::1]:0", "::1", 0), ("localhost:80", "localhost", 80),
        ("0.0.0.0:65535", "0.0.0.0", 65535),
    ])
    func addressesParseAndPrint(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(arguments: ["", "8910", "host", ":80", "host:", "host:65536", "host:-1", "::1:80", "host:8x"])
    func othersAreRefused(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    /// An address that stands for all of a machine's, however it is written, is none to go to.
    @Test(arguments: [
        ("0.0.0.0", "HOST:8910"), ("::", "HOST:8910"), ("::0", "HOST:8910"), ("0:0:0:0:0:0:0:0", "HOST:8910"),
        ("::ffff:0.0.0.0", "HOST:8910"), ("::1", "[::1]:8910"), ("10.0.0.1", "10.0.0.1:8910"),
        ("localhost", "localhost:8910"), ("0.0.0.1", "0.0.0.1:8910"),
    ])
    func anotherHostStandsForAllAddresses(host: String, reached: String) {
        #expect(ListenAddress(host: host, port: 8910).reached(at: "HOST").description == reached)
    }

    @Test func onlyThisMachineIsLoopback() {
        for host in ["127.0.0.1", "127.255.3.4", "localhost", "::1"] {
            #expect(ListenAddress(host: host, port: 1).isLoopback)
        }
        for host in ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "127.evil", "128.0.0.1"] {
            #expect(!ListenAddress(host: host, port: 1).isLoopback)
        }
    }
}
