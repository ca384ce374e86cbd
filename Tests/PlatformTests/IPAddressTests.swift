import Platform
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("10.0.0.7", "::ffff:10.0.0.7"), ("10.0.0.7", "::FFFF:a00:7"), ("::", "0:0:0:0:0:0:0:0"),
        ("2001:db8::7", "2001:0DB8:0:0::0:7"), ("1::", "1:0:0:0:0:0:0:0"), ("::1", "0:0:0:0:0:0:0.0.0.1"),
        ("fe80::1%eth0", "fe80::1"), ("0.0.0.0", "::ffff:0:0"),
    ])
    func oneAddressHasSeveralTexts(one: String, other: String) throws {
        #expect(try #require(IPAddress(one)) == (try #require(IPAddress(other))))
    }

    @Test(arguments: [
        "", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.07", "10.0.0.-1", "10.0.0.+1", "10.0.0.1 ", "a.b.c.d",
        "１.1.1.1",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7::8:9", "12345::", "g::", "::10.0.0",
        "10.0.0.7:80", "[::1]", "::1:", "1:2:3:4:5:6:7:1.2.3.4", "localhost", "%eth0",
    ])
    func whatIsNoAddressIsNone(text: String) { #expect(IPAddress(text) == nil) }

    @Test func rangesHoldWhatBeginsAlike() throws {
        for (range, inside, outside) in [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["11.0.0.0", "9.255.255.255", "::10.0.0.1"]
            ),
            ("192.168.7.9/24", ["192.168.7.0", "192.168.7.255"], ["192.168.8.0"]),
            ("127.0.0.1", ["127.0.0.1"], ["127.0.0.2"]), ("10.0.0.7/32", ["10.0.0.7"], ["10.0.0.6"]),
            ("0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1", "2001:db8::"]),
            ("2001:db8::/33", ["2001:db8:7fff::"], ["2001:db8:8000::", "10.0.0.1"]), ("::/0", ["::", "1.2.3.4"], []),
            ("::ffff:10.0.0.0/104", ["10.3.4.5"], ["11.0.0.0"]),
        ] {
            let range = try #require(IPAddressRange(range))
            for text in inside { #expect(range.contains(try #require(IPAddress(text))), "\(text)") }
            for text in outside { #expect(!range.contains(try #require(IPAddress(text))), "\(text)") }
        }
        for text in ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "/8", "10.0.0.0/-1", "fe80::1%eth0", "lan"] {
            #expect(IPAddressRange(text) == nil, "\(text)")
        }
    }
}
