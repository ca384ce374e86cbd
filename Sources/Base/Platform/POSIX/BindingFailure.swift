internal import Glibc

/// Nobody can listen at an address: why not.
package enum BindingFailure: Error, Hashable, Sendable {
    /// Another process does.
    case addressInUse
    /// This machine has no such address.
    case addressNotAvailable
    /// This user may not.
    case accessDenied
    /// The name leads to no address.
    case hostNotFound
    /// What the system says.
    case other(String)

    /// - Parameter code: what `bind` or `socket` left in `errno`.
    fileprivate init(code: Int32) {
        self =
            switch code {
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressNotAvailable
            case EACCES: .accessDenied
            default: .other(SystemErrorText.reason(of: code))
            }
    }

    /// - Parameters:
    ///   - lookUp: what `getaddrinfo` answered.
    ///   - systemCode: what it left in `errno`.
    package init(lookUp: Int32, systemCode: Int32) {
        self =
            switch lookUp {
            case EAI_NONAME, Self.noData, Self.addressFamily: .hostNotFound
            case EAI_SYSTEM: .other(SystemErrorText.reason(of: systemCode))
            default: .other(SystemErrorText.lookUpReason(of: lookUp))
            }
    }

    /// `EAI_NODATA` and `EAI_ADDRFAMILY`, which glibc answers and shows to GNU programs alone: the name is known, and
    /// has no address of the kind.
    private static let (noData, addressFamily): (Int32, Int32) = (-5, -9)
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
        let systemCode = errno
        guard answer == 0, let first = unsafe found else {
            throw BindingFailure(lookUp: answer, systemCode: systemCode)
        }
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
