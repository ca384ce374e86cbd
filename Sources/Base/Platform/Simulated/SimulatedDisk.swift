/// Names and contents of a simulated volume. Contents and names are flushed apart, as on a real one.
struct SimulatedDisk {
    enum NameChange {
        case create(path: String, node: Int)
        case rename(from: String, to: String, node: Int)
        case remove(path: String, node: Int)

        /// The directory whose flush makes the change durable.
        var directory: String {
            switch self {
            case .create(let path, _), .remove(let path, _): parentDirectory(of: path)
            case .rename(_, let to, _): parentDirectory(of: to)
            }
        }
    }

    private(set) var nodes: [Int: SimulatedNode] = [:]
    private(set) var names: [String: Int] = [:]
    private(set) var directories: Set<String> = ["/", "."]
    private var flushedNames: [String: Int] = [:]
    private var nameChanges: [NameChange] = []
    private var nextNode = 1

    /// Bytes of all files that have a name; of one that has several once.
    var usedBytes: Int { Set(names.values).reduce(0) { $0 + (nodes[$1]?.written.count ?? 0) } }

    func hasDirectory(of path: String) -> Bool { directories.contains(parentDirectory(of: path)) }

    mutating func create(_ path: String, isSecret: Bool) -> Int {
        let node = nextNode
        nextNode += 1
        nodes[node] = SimulatedNode(isSecret: isSecret)
        names[path] = node
        nameChanges.append(.create(path: path, node: node))
        return node
    }

    mutating func rename(_ path: String, to newPath: String, node: Int) {
        names[path] = nil
        names[newPath] = node
        nameChanges.append(.rename(from: path, to: newPath, node: node))
    }

    /// A second name comes and goes as a new file's first one does.
    mutating func link(_ path: String, node: Int) {
        names[path] = node
        nameChanges.append(.create(path: path, node: node))
    }

    mutating func remove(_ path: String, node: Int) {
        names[path] = nil
        nameChanges.append(.remove(path: path, node: node))
    }

    /// Directories are durable from the start: creating one includes the flush of its parent.
    mutating func createDirectories(_ path: String) {
        var path = path
        while directories.insert(path).inserted { path = parentDirectory(of: path) }
    }

    mutating func removeDirectory(_ path: String) { directories.remove(path) }

    mutating func flushDirectory(_ directory: String) {
        var remaining: [NameChange] = []
        for change in nameChanges {
            guard change.directory == directory else {
                remaining.append(change)
                continue
            }
            if case .rename(let from, let to, let node) = change, parentDirectory(of: from) != directory {
                flushedNames[to] = node
                remaining.append(.remove(path: from, node: node))
            } else {
                Self.apply(change, to: &flushedNames)
            }
        }
        nameChanges = remaining
    }

    mutating func withNode<Result>(_ node: Int, _ body: (inout SimulatedNode) -> Result) -> Result? {
        guard nodes[node] != nil else { return nil }
        return body(&nodes[node, default: SimulatedNode(isSecret: false)])
    }

    private static func apply(_ change: NameChange, to names: inout [String: Int]) {
        switch change {
        case .create(let path, let node):
            names[path] = node
        case .rename(let from, let to, let node):
            if names[from] == node { names[from] = nil }
            names[to] = node
        case .remove(let path, let node):
            if names[path] == node { names[path] = nil }
        }
    }

    /// Settles on one of the states that a power cut may leave. How much survives is itself drawn, so that whole
    /// losses, whole survivals and every mixture come up.
    mutating func cutPower(_ generator: inout SeededGenerator) {
        let moods: [[SimulatedNode.Fate]] = [
            SimulatedNode.Fate.allCases, [.nothing], [.everything], [.prefix], [.someSectors], [.nothing, .everything],
        ]
        let fates = moods[generator.next(below: moods.count)]
        for change in nameChanges where fates[generator.next(below: fates.count)] != .nothing {
            Self.apply(change, to: &flushedNames)
        }
        nameChanges.removeAll()
        names = flushedNames
        for node in nodes.keys.sorted() { nodes[node]?.cutPower(&generator, fates: fates) }
        let named = Set(names.values)
        // order: each is dropped or not by itself.
        for node in nodes.keys where !named.contains(node) { nodes[node] = nil }
    }
}
