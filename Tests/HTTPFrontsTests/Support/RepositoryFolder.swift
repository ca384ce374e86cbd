import Foundation

/// Where the package lies, for tests that read its files.
enum RepositoryFolder {
    static let root: URL = {
        var root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root.deleteLastPathComponent()
        }
        return root
    }()
}
