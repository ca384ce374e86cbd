import HTTPTypes
import Hummingbird
import Platform
import RequestFields

/// Keeps pages of other sites from using a server that lets in whoever can reach it, or a session that a browser has.
///
/// A browser on this machine can reach it, too, and runs pages of strangers. Such a page names itself in `Origin`;
/// where its site has its name resolve to this machine's address, the name stands in `Host`. Programs send no `Origin`;
/// their `Host` is the name that they were given, which only has to be one of the server's. What proxies say of both in
/// fields of their own (`X-Forwarded-Host`) anybody can write, so nobody reads it.
struct SiteGuard: Sendable {
    /// What to do where a name is missing.
    static let advice =
        "make tokens with `plimsoll tokens create`, or add the name that it is asked by to the setting names "
        + "(--names, PLIMSOLL_NAMES)"

    /// Under which the server may be asked, besides addresses, `localhost` and names without a dot, which are nobody's
    /// site.
    private let names: Set<HostName>
    /// Where it listens: asked for at the one port, so no pages of any port there are its own.
    private let hosts: Set<HostName>

    /// - Parameters:
    ///   - names: of the settings.
    ///   - hosts: names or addresses where it listens.
    init(names: [String], hosts: [String]) {
        self.names = Set(names.compactMap { HostName(Array($0.utf8)[...]) })
        // An address of version 6 stands in brackets only where a port may follow it.
        self.hosts = Set(hosts.compactMap { IPAddress($0).map(HostName.address) ?? HostName(Array($0.utf8)[...]) })
    }

    /// - Throws: 403.
    func check(_ request: Request) throws(Refusal) {
        let host = try ownHost(
            request, else: "without tokens nobody is served under the name that Host has", mayMakeTokens: true)
        guard let origin = request.headers[.origin] else { return }
        let site = OriginSite(origin)
        guard let site, isSame(site, host) else {
            throw Self.refusal(
                "without tokens pages of other sites are not served", hint: "open the server's own page",
                adding: site?.authority.name, mayMakeTokens: true)
        }
    }

    // MARK: Pages

    /// Keeps pages from being shown under a name that is not the server's: whoever owns the name could have it resolve
    /// to this server now and to his own later, and is sent then what a browser has for the name.
    /// - Throws: 403.
    func checkHost(_ request: Request) throws(Refusal) { _ = try ownHost(request) }

    /// Keeps forms and scripts of other sites from acting in the name of who has a session here.
    /// - Parameter isToldOf: whether the browser must say that a page of this server asks; else it is enough that it
    ///   says nothing else, as programs do.
    /// - Throws: 403.
    func checkSender(_ request: Request, isToldOf: Bool) throws(Refusal) {
        let host = try ownHost(request)
        let site = request.headers[.origin].flatMap(OriginSite.init)
        let isOwn: Bool
        if let name = Self.fetchSite, let relation = request.headers[name] {
            // No script can write this field; what leads a request over several sites counts as the farthest.
            isOwn = relation == "same-origin"
        } else if request.headers[.origin] != nil {
            isOwn = site.map { isSame($0, host) } ?? false
        } else {
            isOwn = !isToldOf
        }
        guard isOwn else {
            throw Self.refusal(
                "a session is not used by pages of other sites, nor by what does not say whose page it is",
                hint: "open the server's own page", adding: site?.authority.name)
        }
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    private func ownHost(
        _ request: Request, else message: String = "pages are not shown under the name that Host has",
        mayMakeTokens: Bool = false
    ) throws(Refusal) -> HostAuthority {
        let host = HostAuthority(request.head.authority ?? "")
        guard let host, isOwn(host.name) else {
            throw Self.refusal(
                message, hint: "ask by address or localhost", adding: host?.name, mayMakeTokens: mayMakeTokens)
        }
        return host
    }

    private func isSame(_ site: OriginSite, _ host: HostAuthority) -> Bool {
        if names.contains(site.authority.name) { return true }
        return site.authority.name == host.name
            && site.authority.port ?? site.defaultPort == host.port ?? site.defaultPort
    }

    private func isOwn(_ name: HostName) -> Bool {
        if names.contains(name) || hosts.contains(name) { return true }
        return switch name {
        case .address: true
        case .name(let bytes): !bytes.contains(UInt8(ascii: ".")) || bytes.suffix(10).elementsEqual(".localhost".utf8)
        }
    }

    /// - Parameter name: the one that would have to be in the setting; nil where none could be, or need be.
    /// - Parameter mayMakeTokens: whether who shows a token would be served.
    private static func refusal(
        _ message: String, hint: String, adding name: HostName?, mayMakeTokens: Bool = false
    ) -> Refusal {
        var hint = hint + (mayMakeTokens ? ", make tokens with `plimsoll tokens create`" : "")
        if case .name(let bytes)? = name, bytes.contains(UInt8(ascii: ".")) {
            let name = String(decoding: bytes, as: UTF8.self)
            hint +=
                ", or, if the name is the server's, add \(name) to its setting names (--names \(name) or "
                + "PLIMSOLL_NAMES=\(name); several with commas between them)"
        }
        return Refusal(.forbidden, message, hint: hint, reason: .foreignSite)
    }
}
