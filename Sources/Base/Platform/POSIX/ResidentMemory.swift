internal import Glibc

/// Has the allocator give large blocks back to the system as they are freed, and share what it keeps among threads:
/// what the process holds then follows what it uses. Called once, before there is much.
package func returnMemoryEarly() {
    // The overlay of the C library has not got the call.
    guard let place = unsafe dlsym(nil, "mallopt") else { return }
    // Sound: malloc.h declares `int mallopt(int, int)`.
    let set = unsafe unsafeBitCast(place, to: (@convention(c) (Int32, Int32) -> Int32).self)
    let (trimThreshold, mapThreshold, arenasMax): (Int32, Int32, Int32) = (-1, -3, -8)
    // Vectors of a chunk, at most a megabyte each, stay below: they are used again and again.
    _ = set(mapThreshold, 4 << 20)
    // Setting one holds the other at 128 KiB: each chunk would give its pages back and have the system clear new ones.
    _ = set(trimThreshold, 16 << 20)
    _ = set(arenasMax, 4)
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
