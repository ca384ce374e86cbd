internal import Glibc

/// Ends the process at once with a status: how every command ends, one that succeeds as well.
///
/// C's `exit` would first run what libraries do at the end of a process, and would run it beside threads that still
/// work or are just ending: those of pools, of event loops, of tasks. OpenSSL frees there what its threads look at in
/// their last step, which took commands down after their answer. Nothing here needs that: what is to be kept was
/// written, flushed and closed by who asks for the end, and the system takes back the rest, locks of files among it.
/// Only what libraries wrote to C's streams is sent on.
package func exitProcess(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}
