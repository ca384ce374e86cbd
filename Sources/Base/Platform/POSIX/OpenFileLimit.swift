internal import Glibc

/// How many files and sockets the process may have open at one time (`RLIMIT_NOFILE`).
package struct OpenFileLimit: Hashable, Sendable {
    /// What holds now: what is opened beyond it fails.
    package var now: Int
    /// How far the process may raise it itself.
    package var most: Int

    /// What the system says; without bounds where it says nothing.
    package static var current: OpenFileLimit {
        guard let limit = limit else { return OpenFileLimit(now: .max, most: .max) }
        return OpenFileLimit(now: Int(clamping: limit.rlim_cur), most: Int(clamping: limit.rlim_max))
    }

    /// Files and sockets that the process has open; nil where the system does not tell, or has none left to look with.
    /// Blocking.
    package static var openCount: Int? {
        // Sound: a text that lives for the call.
        guard let stream = unsafe opendir("/proc/self/fd") else { return nil }
        defer { _ = unsafe closedir(stream) }
        var count = 0
        // Sound: the stream is open and used by this thread alone; the entry is read before the next call.
        while let entry = unsafe readdir(stream) {
            let isNumber = unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: "."))
            if isNumber { count += 1 }
        }
        // One of them is the look itself.
        return count - 1
    }

    /// Raises it as far as the process may. The usual 1,024 is for programs that wait by `select`, and libraries below
    /// end the process where they find no descriptor. A system that lets nobody raise it leaves what there was.
    package static func raise() {
        guard var limit, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // Sound: the call reads the structure during the call only.
        _ = unsafe setrlimit(resource, &limit)
    }

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private static var limit: rlimit? {
        var limit = rlimit()
        // Sound: the call fills the structure in and keeps nothing.
        return unsafe getrlimit(resource, &limit) == 0 ? limit : nil
    }
}
