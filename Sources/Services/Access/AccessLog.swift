import OperatorLogs

/// Says who was refused and who used `admin`: by token id, never by secret, and with nothing that a stranger could have
/// written. Of refusals only so many, so that nobody fills the disk; counters have them all.
struct AccessLog: Sendable {
    private let paced: PacedLog

    init(_ paced: PacedLog) { self.paced = paced }

    func served(_ id: String, action: String, peer: String) {
        paced.log.notice("admin used", [LogField(.token, id), LogField(.client, peer), LogField(.request, action)])
    }

    /// - Parameter what: what became of a session.
    func session(_ what: String, of id: String, action: String, peer: String) {
        paced.log.notice(what, [LogField(.token, id), LogField(.client, peer), LogField(.request, action)])
    }

    func refused(_ objection: AccessDenialReason, id: String?, scope: AccessScope, action: String, peer: String) {
        paced.say(
            .warning, "refused", reason: objection.rawValue,
            [
                LogField(.request, action), LogField(.client, peer), LogField(.token, id ?? "-"),
                LogField(.scope, scope.rawValue),
            ])
    }

    func failed(_ reason: String) {
        paced.say(.error, "nobody is let in", reason: "credentials_unreadable", [LogField(.error, reason)])
    }
}
