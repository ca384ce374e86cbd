/// A target as `Package.swift` declares it.
struct PackageTarget: Equatable {
    var name: String
    /// From the repository's root.
    var folder: String
    /// Targets of ours, and the names of variables that stand for products of other packages.
    var uses: [String]
    var isTest: Bool
}

/// Reads the target list of `Package.swift` from its text: calls of `room`, `library`, `tests`, `.target`,
/// `.executableTarget`.
enum PackageTargets {
    static func parse(_ text: String) -> [PackageTarget] {
        let file = SourceFile(path: "Package.swift", text: text)
        var targets: [PackageTarget] = []
        for index in file.tokens.indices {
            guard file.tokens[index].kind == .word, file.token(index + 1).text == "(" else { continue }
            guard file.token(index - 1).text != "func" else { continue }
            let arguments = Arguments(file, open: index + 1)
            switch file.tokens[index].text {
            case "room":
                guard arguments.strings.count == 2 else { continue }
                targets.append(
                    PackageTarget(
                        name: arguments.strings[0], folder: "Sources/" + arguments.strings[1],
                        uses: arguments.lists["uses"] ?? [],
                        isTest: false))
            case "library":
                guard let name = arguments.strings.first else { continue }
                targets.append(PackageTarget(name: name, folder: "Sources/System/" + name, uses: [], isTest: false))
            case "tests":
                guard let name = arguments.strings.first else { continue }
                targets.append(
                    PackageTarget(
                        name: name + "Tests", folder: "Tests/\(name)Tests",
                        uses: [name] + (arguments.lists["uses"] ?? []), isTest: true))
            case "target", "executableTarget", "testTarget":
                guard let name = arguments.named["name"], let path = arguments.named["path"] else { continue }
                targets.append(
                    PackageTarget(
                        name: name, folder: path, uses: arguments.lists["dependencies"] ?? [],
                        isTest: file.tokens[index].text == "testTarget"))
            default: break
            }
        }
        return targets
    }

    /// The arguments of one call: strings without label, strings by label, lists by label.
    private struct Arguments {
        var strings: [String] = []
        var named: [String: String] = [:]
        var lists: [String: [String]] = [:]

        init(_ file: SourceFile, open: Int) {
            let end = file.afterBracket(open) - 1
            var index = open + 1
            var label = ""
            while index < end {
                let token = file.tokens[index]
                if token.kind == .word, file.token(index + 1).text == ":" {
                    label = token.text
                    index += 2
                } else if token.text == "[", token.kind == .sign {
                    let close = file.afterBracket(index)
                    lists[label] = file.tokens[(index + 1)..<(close - 1)].filter { $0.kind != .sign }.map(\.text)
                    index = close
                } else if token.text == "," {
                    label = ""
                    index += 1
                } else if token.kind == .string {
                    if label.isEmpty {
                        strings.append(token.text)
                    } else if named[label] == nil {
                        named[label] = token.text
                    }
                    index += 1
                } else {
                    index = token.text == "(" ? file.afterBracket(index) : index + 1
                }
            }
        }
    }
}
