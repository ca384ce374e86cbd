package import Platform

/// A folder of dashboards that somebody put beside those of the program.
package struct DashboardFolder: Sendable {
    /// What a look at the folder came to.
    package struct Look: Sendable {
        /// In the order of their files' names, with these.
        package var dashboards: [(file: String, dashboard: Dashboard)] = []
        /// Why files are left out, with their names.
        package var faults: [String] = []

        /// Of no folder.
        package init() {}

        /// What is not understood of the dashboards, a line each.
        package var remarks: [String] {
            dashboards.flatMap { file, dashboard in dashboard.remarks.map { "\(file): \($0)" } }
        }
    }

    private let path: String
    private let fileSystem: any FileSystem

    private static let filesMax = 200

    /// - Parameter path: of the folder.
    package init(_ path: String, in fileSystem: any FileSystem) { (self.path, self.fileSystem) = (path, fileSystem) }

    /// Reads all files of it that end in `.json`; one that cannot be used is named and left out. Blocking.
    package func look() -> Look {
        var look = Look()
        let names: [String]
        do throws(StorageError) {
            names = try fileSystem.list(path).filter { !$0.isDirectory && $0.name.hasSuffix(".json") }.map(\.name)
        } catch {
            look.faults.append("\(path): \(error)")
            return look
        }
        if names.count > Self.filesMax {
            look.faults.append("\(path): \(names.count) files are too many: the first \(Self.filesMax) are read")
        }
        var known: [String: String] = [:]
        for name in names.prefix(Self.filesMax) {
            let file = path + "/" + name
            do {
                guard let bytes = try fileSystem.input(file, bytesMax: Dashboard.bytesMax, takesPipes: false) else {
                    look.faults.append("\(file): longer than \(Dashboard.bytesMax >> 20) MiB")
                    continue
                }
                let dashboard = try Dashboard(bytes)
                if let other = known[dashboard.uid] {
                    look.faults.append("\(file): \(other) has the uid \(dashboard.uid), too")
                    continue
                }
                known[dashboard.uid] = name
                look.dashboards.append((name, dashboard))
            } catch {
                look.faults.append("\(file): \(error)")
            }
        }
        return look
    }
}
