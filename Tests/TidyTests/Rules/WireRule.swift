/// A front is a face: the packages that speak a wire have one home, and what every front needs knows none of them.
enum WireRule {
    static let homes = ["Sources/Server/HTTPFronts", "Tests/HTTPFrontsTests"]
    /// How the names of these modules begin.
    static let prefixes = ["NIO", "Hummingbird", "HTTPTypes"]

    static func check(_ file: SourceFile) -> [Finding] {
        guard !homes.contains(where: file.isBelow) else { return [] }
        return ImportRule.imports(of: file).compactMap { module, line in
            guard prefixes.contains(where: module.hasPrefix) else { return nil }
            return Finding(
                path: file.path, line: line,
                message: "`\(module)` belongs to \(homes[0]): take plain values here and refuse with a typed refusal")
        }
    }
}
