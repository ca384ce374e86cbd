/// Where a server listens: `host:port`, with IPv6 hosts in brackets.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, without brackets.
    package var host: String
    /// 0 lets the system pick a free port.
    package var port: Int

    /// Takes each part as given.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `127.0.0.1:8910`, `[::1]:8910`, `localhost:0`; nil when it is none of these.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Only this machine can reach it.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// It stands for all addresses of the machine: one to listen at, and none to go to.
    var isUnspecified: Bool { IPAddress(host)?.isUnspecified ?? false }

    /// Where it is reached: at another host where it stands for all addresses of the machine, else as it is.
    package func reached(at host: String) -> ListenAddress {
        isUnspecified ? ListenAddress(host: host, port: port) : self
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
