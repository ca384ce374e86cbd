internal import Glibc

/// Has the allocator give large blocks back to the system as they are freed, and share what it keeps among threads:
/// what the process holds then follows what it uses. Called once, before there is much.
package func returnMemoryEarly() {
    // Vectors of a chunk, at most a megabyte each, stay below, and what a million groups are computed in: these are
    // used again and again.
    adjust(.mapThreshold, 9 << 20)
    // Setting one holds the other at 128 KiB: each chunk, or each question of many groups, would give its pages back
    // and have the system clear new ones.
    adjust(.trimThreshold, 32 << 20)
    adjust(.arenasMax, 4)
}

/// Has the allocator keep what is freed, for a command that needs the like again at once, round by round: what is given
/// back to the system is cleared by it before it is had again. Called once, before there is much. Whoever calls it
/// looks at ``residentMemoryBytes()`` and calls ``returnFreeMemory()`` in between.
package func keepFreedMemory() {
    // The most that is taken; what is longer is seldom.
    adjust(.mapThreshold, 32 << 20)
    adjust(.trimThreshold, 1 << 30)
    // As long as a thread's stretch of memory is at most: it is not given back either when it falls empty.
    adjust(.topPad, 64 << 20)
}

/// What can be set by `mallopt(3)`, by the numbers of malloc.h.
private enum AllocatorSetting: Int32 {
    case trimThreshold = -1
    case topPad = -2
    case mapThreshold = -3
    case arenasMax = -8
}

private func adjust(_ setting: AllocatorSetting, _ value: Int32) {
    // The overlay of the C library has not got the call.
    guard let place = unsafe dlsym(nil, "mallopt") else { return }
    // Sound: malloc.h declares `int mallopt(int, int)`.
    let call = unsafe unsafeBitCast(place, to: (@convention(c) (Int32, Int32) -> Int32).self)
    _ = call(setting.rawValue, value)
}

/// Has the allocator give back to the system what is free in the midst of what is used. Looks through all that it
/// keeps, and whoever allocates waits for parts of that: tenths of a second where it keeps gigabytes.
package func returnFreeMemory() {
    guard let place = unsafe dlsym(nil, "malloc_trim") else { return }
    // Sound: malloc.h declares `int malloc_trim(size_t)`.
    let trim = unsafe unsafeBitCast(place, to: (@convention(c) (Int) -> Int32).self)
    _ = trim(0)
}

/// Physical memory that the process holds, in bytes; nil where the system does not tell. By `proc(5)`, the second
/// number of `statm`.
package func residentMemoryBytes() -> Int? {
    guard let file = try? POSIXFileSystem().open("/proc/self/statm", .read) else { return nil }
    defer { file.close() }
    guard let bytes = try? file.read(upTo: 256, at: 0) else { return nil }
    let numbers = bytes.split(separator: UInt8(ascii: " "))
    guard numbers.count > 1, let pages = Int(String(decoding: numbers[1], as: UTF8.self)) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}
