internal import Glibc

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
