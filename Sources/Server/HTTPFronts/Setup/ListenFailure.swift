import NIOCore
import NIOPosix
package import Platform

/// An address cannot be listened at.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    /// The address, and what the system says.
    package var description: String
    /// What to do.
    package var advice: String

    /// - Parameter option: the command line's name for the address.
    init(_ address: ListenAddress, option: String, _ error: any Error) {
        guard let error = error as? IOError else {
            description = "cannot listen on \(address): \(error)"
            advice = "give an address of this machine with \(option) HOST:PORT"
            return
        }
        switch error.errnoCode {
        case Self.addressInUse:
            description = "cannot listen on \(address): another process does already"
            advice = "stop it, or choose another port with \(option) \(address.host):PORT (port 0 picks a free one)"
        case Self.addressNotAvailable:
            description = "cannot listen on \(address): this machine has no such address"
            advice = "give an address of this machine with \(option) HOST:PORT"
        case Self.accessDenied:
            description = "cannot listen on \(address): the system does not let this user"
            advice = "ports below 1024 are reserved; choose another with \(option) \(address.host):PORT"
        default:
            description = "cannot listen on \(address): \(error)"
            advice = "choose another address with \(option) HOST:PORT"
        }
    }

    // Linux: EADDRINUSE, EADDRNOTAVAIL, EACCES.
    private static let addressInUse: CInt = 98
    private static let addressNotAvailable: CInt = 99
    private static let accessDenied: CInt = 13
}

extension ListenAddress {
    /// Binds the address and lets it go again, so that a command can tell before it creates anything.
    /// - Throws: ``ListenFailure``.
    package func checkFree(option: String = "--listen") async throws {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
            try await channel.close().get()
        } catch {
            throw ListenFailure(self, option: option, error)
        }
    }
}
