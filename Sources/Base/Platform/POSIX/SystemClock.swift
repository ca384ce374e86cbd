internal import Glibc

/// The machine's clocks. The monotonic one counts on while the machine sleeps, so that waking up is no step of the wall
/// clock.
package final class SystemClock: Clock {
    package init() {}

    package func wallNanoseconds() -> Int64 { now(CLOCK_REALTIME) }
    package func monotonicNanoseconds() -> Int64 { now(CLOCK_BOOTTIME) }

    private func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Sound: `time` is a whole `timespec` that outlives the call.
        let answer = unsafe clock_gettime(clock, &time)
        precondition(answer == 0, "both clocks exist on every Linux")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
