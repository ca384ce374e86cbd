package import Platform

/// What a host is told apart by, however it is written.
package enum HostName: Hashable, Sendable {
    /// Of either version, those of version 4 the mapped ones of version 6; its zone, which says only by which of this
    /// machine's links it is reached, is let go.
    case address(IPAddress)
    /// In lower case, without the dot that ends a name which is given from the root on.
    case name([UInt8])

    /// A name, an address of version 4, or one of version 6 in brackets; nil for anything else.
    package init?(_ text: ArraySlice<UInt8>) {
        if text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") {
            let inside = text.dropFirst().dropLast()
            // What stands behind the percent sign is escaped in an address of the web (RFC 6874), elsewhere not.
            let parts = inside.split(separator: UInt8(ascii: "%"), maxSplits: 1, omittingEmptySubsequences: false)
            // An escaped sign with nothing behind it is a zone without a name.
            let isZoneSound =
                parts.count == 1
                || (!parts[1].isEmpty && !parts[1].elementsEqual("25".utf8) && parts[1].allSatisfy(Self.isOfZone))
            guard isZoneSound, parts[0].contains(UInt8(ascii: ":")),
                let address = IPAddress(String(decoding: parts[0], as: UTF8.self))
            else { return nil }
            self = .address(address)
            return
        }
        let name = text.last == UInt8(ascii: ".") ? text.dropLast() : text
        guard !name.isEmpty, name.last != UInt8(ascii: "."), name.allSatisfy(Self.isOfName) else { return nil }
        if let address = IPAddress(String(decoding: name, as: UTF8.self)) {
            self = .address(address)
        } else {
            self = .name(name.map(Self.lowercased))
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isOfZone(_ byte: UInt8) -> Bool {
        isOfName(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "%")
    }
}

/// A host with the port that was named.
package struct HostAuthority: Hashable, Sendable {
    /// The host alone.
    package var name: HostName
    /// nil where none is named: an empty one is none, too (RFC 3986, section 3.2.3).
    package var port: Int?

    /// `name`, `name:`, `name:port`, `[v6]:port`; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let colon = bytes.last == UInt8(ascii: "]") ? nil : bytes.lastIndex(of: UInt8(ascii: ":"))
        if let digits = colon.map({ bytes[($0 + 1)...] }), !digits.isEmpty {
            let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let port = UInt16(String(decoding: digits, as: UTF8.self)) else { return nil }
            self.port = Int(port)
        }
        guard let name = HostName(bytes[..<(colon ?? bytes.endIndex)]) else { return nil }
        self.name = name
    }
}

/// What `Origin` says: a scheme and a host. `null` is none.
package struct OriginSite: Hashable, Sendable {
    /// The host, with the port where it is no standard one.
    package var authority: HostAuthority
    /// The standard port of its scheme.
    package var defaultPort: Int

    /// The value of `Origin`; nil where it names no site of the web.
    package init?(_ origin: String) {
        let parts = origin.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix("//"), let authority = HostAuthority(String(parts[1].dropFirst(2)))
        else { return nil }
        switch parts[0].lowercased() {
        case "http": defaultPort = 80
        case "https": defaultPort = 443
        default: return nil
        }
        self.authority = authority
    }
}
