import Foundation
import Platform

/// A folder of the test's own on the real disk; gone with the last reference.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "platform-tests-" + UUID().uuidString
        try POSIXFileSystem().createDirectories(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
