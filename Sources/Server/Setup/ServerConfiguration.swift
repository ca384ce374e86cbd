/// What the operator decides.
package struct ServerConfiguration: Sendable {
    /// Where to listen.
    package var listen: ListenAddress
    /// Serve on an address that others can reach although nobody has to prove who he is.
    package var isInsecure: Bool
    /// What strangers can make the server hold or do.
    package var limits: ServerLimits
    /// SIGINT and SIGTERM stop the server.
    package var stopsOnSignals: Bool

    /// Loopback needs no insistence; see ``objection``.
    package init(listen: ListenAddress, isInsecure: Bool = false, limits: ServerLimits = ServerLimits(), stopsOnSignals: Bool = true) {
        self.listen = listen
        self.isInsecure = isInsecure
        self.limits = limits
        self.stopsOnSignals = stopsOnSignals
    }

    /// Says why the configuration cannot be served; nil when it can.
    package var objection: String? {
        guard !listen.isLoopback, !isInsecure else { return nil }
        return "\(listen) can be reached from other machines, and there are no credentials to keep strangers out"
    }
}
