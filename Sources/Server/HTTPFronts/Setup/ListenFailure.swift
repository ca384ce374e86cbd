package import Platform

/// An address cannot be listened at.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    /// The address, and what the system says.
    package var description: String
    /// What to do.
    package var advice: String

    /// - Parameter option: the command line's name for the address.
    init(_ address: ListenAddress, option: String, _ failure: BindingFailure) {
        switch failure {
        case .addressInUse:
            description = "cannot listen on \(address): another process does already"
            advice = "stop it, or choose another port with \(option) \(address.host):PORT (port 0 picks a free one)"
        case .addressNotAvailable:
            description = "cannot listen on \(address): this machine has no such address"
            advice = "give an address of this machine with \(option) HOST:PORT"
        case .accessDenied:
            description = "cannot listen on \(address): the system does not let this user"
            advice = "ports below 1024 are reserved; choose another with \(option) \(address.host):PORT"
        case .hostNotFound:
            description = "cannot listen on \(address): nobody knows an address of that name"
            advice = "give an address of this machine with \(option) HOST:PORT"
        case .other(let reason):
            description = "cannot listen on \(address): \(reason)"
            advice = "choose another address with \(option) HOST:PORT"
        }
    }
}

extension ListenAddress {
    /// Binds the address and lets it go again, so that a command can tell before it creates anything.
    /// - Throws: ``ListenFailure``.
    package func checkFree(option: String = "--listen") async throws(ListenFailure) {
        do throws(BindingFailure) {
            // A name may be looked up at another machine.
            try await onOwnThread { () throws(BindingFailure) in try tryBinding() }
        } catch {
            throw ListenFailure(self, option: option, error)
        }
    }
}
