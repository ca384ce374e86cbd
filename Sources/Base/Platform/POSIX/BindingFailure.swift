internal import Glibc

/// Nobody can listen at an address: why not.
package enum BindingFailure: Error, Hashable, Sendable {
    /// Another process does.
    case isInUse
    /// This machine has no such address.
    case isElsewhere
    /// This user may not.
    case isDenied
    /// The name leads to no address.
    case isUnknown
    /// What the system says.
    case other(String)

    fileprivate init(code: Int32) {
        self =
            switch code {
            case EADDRINUSE: .isInUse
            case EADDRNOTAVAIL: .isElsewhere
            case EACCES: .isDenied
            default: .other(SystemErrorText.reason(of: code))
            }
    }
}

extension ListenAddress {
    /// Binds the address and lets it go again. Nobody listens meanwhile, so that who connects is turned away by the
    /// system, as before, and not kept waiting for an answer. Blocks while a name is looked up.
    package func tryBinding() throws(BindingFailure) {
        // Sound: only the kind of socket is asked for; no pointer is set.
        var wanted = unsafe addrinfo()
        unsafe wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        // Sound: texts and structure are read during the call; what is found is freed once, below.
        let answer = unsafe getaddrinfo(host, String(port), &wanted, &found)
        guard answer == 0, let first = unsafe found else { throw .isUnknown }
        defer { unsafe freeaddrinfo(first) }
        // The first is what the server takes.
        let (family, length) = unsafe (first.pointee.ai_family, first.pointee.ai_addrlen)
        let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw BindingFailure(code: errno) }
        defer { _ = Glibc.close(socket) }
        var one: Int32 = 1
        // Sound: the option is an integer, whose size is passed; the address lives as long as what was found.
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(socket, first.pointee.ai_addr, length) == 0 else { throw BindingFailure(code: errno) }
    }
}
