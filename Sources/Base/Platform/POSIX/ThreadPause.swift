internal import Glibc

/// Lets the thread that calls it rest for some milliseconds, perhaps a little more: for work on threads of its own that
/// waits for other such work, and looks now and then whether it is still wanted.
package func pauseThread(milliseconds: UInt32) {
    // A signal may end it early, and whoever waits looks again.
    _ = usleep(min(milliseconds, 999) * 1000)
}
