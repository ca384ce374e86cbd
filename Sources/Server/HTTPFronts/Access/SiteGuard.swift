import Bytes
import HTTPTypes
import Hummingbird

/// Keeps pages of other sites from using a server that lets in whoever can reach it.
///
/// A browser on this machine can reach it, too, and runs pages of strangers. Such a page names itself in `Origin`;
/// where its site has its name resolve to this machine's address, the name stands in `Host`. Programs send no `Origin`
/// and the name that they were given, so they are not concerned.
struct SiteGuard: Sendable {
    /// Names in lower case under which the server may be asked, besides addresses, `localhost` and names without a dot,
    /// which are nobody's site.
    private let names: Set<[UInt8]>
    /// Where it listens, in lower case: asked for at the one port, so no pages of any port there are its own.
    private let hosts: Set<[UInt8]>

    /// - Parameters:
    ///   - names: of the settings.
    ///   - hosts: names or addresses where it listens.
    init(names: [String], hosts: [String]) {
        self.names = Set(names.map { Array($0.lowercased().utf8) })
        self.hosts = Set(hosts.map { Array($0.lowercased().utf8) })
    }

    /// - Throws: 403.
    func check(_ request: Request) throws(Refusal) {
        let host = Authority(request.head.authority ?? "")
        guard let host, isOwn(host.name) else {
            throw Self.refusal(
                "without tokens nobody is served under the name that Host has",
                hint: "ask by address or localhost, make tokens with `plimsoll tokens create`, or set `names`")
        }
        guard let origin = request.headers[.origin] else { return }
        guard let site = Site(origin), isSame(site, host) else {
            throw Self.refusal(
                "without tokens pages of other sites are not served",
                hint: "make tokens with `plimsoll tokens create`, or set `names` where a proxy is in front")
        }
    }

    private func isSame(_ site: Site, _ host: Authority) -> Bool {
        if names.contains(Array(site.authority.name.utf8)) { return true }
        return site.authority.name.hasSameBytes(as: host.name)
            && site.authority.port ?? site.defaultPort == host.port ?? site.defaultPort
    }

    private func isOwn(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        if names.contains(bytes) || hosts.contains(bytes) || !bytes.contains(UInt8(ascii: ".")) { return true }
        if name == "localhost." || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func refusal(_ message: String, hint: String) -> Refusal {
        Refusal(.forbidden, message, hint: hint, reason: .foreignSite)
    }
}

/// A host in lower case with the port that was named.
private struct Authority {
    var name: String
    var port: Int?

    /// `name`, `name:port`, `[v6]:port`; nil for anything else.
    init?(_ text: String) {
        let text = text.lowercased()
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.foreign.contains($0) }) else {
            return nil
        }
        let afterName = text.last == "]" ? nil : text.lastIndex(of: ":")
        if let afterName {
            guard let port = UInt16(text[text.index(after: afterName)...]) else { return nil }
            self.port = Int(port)
        }
        name = String(text[..<(afterName ?? text.endIndex)])
        if name.first == "[", name.last == "]" {
            let inside = name.dropFirst().dropLast().utf8
            guard !inside.isEmpty, inside.allSatisfy(Self.isOfIPv6) else { return nil }
            // No dot, as every name that is an address of this kind.
            name = "[" + String(decoding: inside.filter { $0 != UInt8(ascii: ".") }, as: UTF8.self) + "]"
        } else if name.isEmpty || name.contains(":") {
            return nil
        }
    }

    private static let foreign = Set("@/?#\\".utf8)

    private static func isOfIPv6(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// What `Origin` says: a scheme and a host. `null` is none.
private struct Site {
    var authority: Authority
    var defaultPort: Int

    init?(_ origin: String) {
        let parts = origin.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix("//"), let authority = Authority(String(parts[1].dropFirst(2)))
        else { return nil }
        switch parts[0].lowercased() {
        case "http": defaultPort = 80
        case "https": defaultPort = 443
        default: return nil
        }
        self.authority = authority
    }
}
