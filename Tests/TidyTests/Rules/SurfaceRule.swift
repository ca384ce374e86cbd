/// What a target shows to others has a user there: in another target, or at least, with a reason, in tests.
///
/// A heuristic by names (`Uses`), which rather takes too much for a use: what it finds is unused. Protocols'
/// requirements and what stands for them, operators, overrides and subscripts are not looked at, nor is what the head
/// of another declaration names. A declaration that only tests use says why: `// tests: reason`, on a line above or at
/// the line's end; a type says it for its members too. A remark that excuses nothing is none: what stands below it has
/// found its user, or is gone.
enum SurfaceRule {
    /// Who adds this library to a package of their own uses what is `public` there.
    static let products = ["Sources/Emit/PlimsollEmitter"]

    /// What protocols of Swift and of packages ask for.
    private static let witnesses: Set<String> = [
        "description", "debugDescription", "hash", "encode", "makeIterator", "makeAsyncIterator", "next", "rawValue",
        "allCases", "id", "startIndex", "endIndex", "index", "count", "underestimatedCount", "wrappedValue",
        "projectedValue", "errorDescription", "advanced", "distance", "Element", "Index", "Iterator", "AsyncIterator",
        "RawValue", "AllCases", "Failure", "Body", "CodingKeys", "body", "run", "handle", "respond", "response",
        "write", "appendLiteral", "appendInterpolation", "callAsFunction", "magnitude", "customMirror", "_rawHashValue",
    ]
    private static let witnessInitialisers: Set<[String]> = [
        ["from"], ["rawValue"], ["stringLiteral"], ["integerLiteral"], ["floatLiteral"], ["booleanLiteral"],
        ["nilLiteral"],
        ["arrayLiteral"], ["dictionaryLiteral"], ["stringInterpolation"], ["unicodeScalarLiteral"],
        ["extendedGraphemeClusterLiteral"],
    ]

    private typealias Read = (file: SourceFile, room: String, declarations: Declarations)

    struct Findings {
        /// How many declarations were looked at.
        var declared = 0
        /// Named in no other target.
        var unused: [Finding] = []
        /// Named in targets of tests alone.
        var testsOnly: [Finding] = []
        /// Remarks that excuse nothing.
        var idleRemarks: [Finding] = []
    }

    private struct Place: Hashable {
        var path: String
        var line: Int
    }

    static func check(_ files: [SourceFile], _ targets: [PackageTarget]) -> Findings {
        let rooms = targets.filter { !$0.isTest }
        func room(_ file: SourceFile) -> PackageTarget? {
            rooms.filter { file.isBelow($0.folder) }.max { $0.folder.count < $1.folder.count }
        }
        let (sources, tests) = uses(files, of: Set(rooms.map(\.name)))
        var read: [Read] = []
        for file in files where file.isSwift {
            guard let room = room(file) else { continue }
            let declarations = Declarations(of: file, isProduct: products.contains { file.isBelow($0) })
            read.append((file, room.name, declarations))
        }
        let known = Known(read.map { ($0.room, $0.declarations) })
        var findings = Findings()
        let remarked = remarkedTypes(read)
        var serving: Set<Place> = []
        for (file, room, declarations) in read {
            for declaration in declarations.declared {
                findings.declared += 1
                if known.excuses(declaration, in: room) { continue }
                func isUsed(_ uses: Uses?) -> Bool {
                    let isInherited = known.inherited.contains(declaration.owner)
                    return uses?.mayUse(declaration, isInherited: isInherited, aliases: known.aliases) ?? false
                }
                if isUsed(sources[room]) { continue }
                let isTested = isUsed(tests[room])
                let ofType = remarked[room]?[declaration.owner] ?? []
                let own = file.remark(remark, at: declaration.line).map { [Place(path: file.path, line: $0)] } ?? []
                if isTested, !(ofType + own).isEmpty {
                    serving.formUnion(ofType + own)
                    continue
                }
                let finding = Finding(path: file.path, line: declaration.line, message: message(declaration, isTested))
                if isTested { findings.testsOnly.append(finding) } else { findings.unused.append(finding) }
            }
        }
        findings.idleRemarks = read.flatMap { idleRemarks($0.file, serving) }
        return findings
    }

    private static func idleRemarks(_ file: SourceFile, _ serving: Set<Place>) -> [Finding] {
        let remarks = file.comments.filter { $0.text.hasPrefix(remark) }
        return remarks.filter { !serving.contains(Place(path: file.path, line: $0.line)) }.map {
            Finding(path: file.path, line: $0.line, message: "it excuses nothing: take `// tests:` away")
        }
    }

    /// What files that import a room use, by room; those of tests apart.
    private static func uses(_ files: [SourceFile], of names: Set<String>) -> (
        sources: [String: Uses], tests: [String: Uses]
    ) {
        var sources: [String: Uses] = [:]
        var tests: [String: Uses] = [:]
        for file in files where file.isSwift {
            let imported = Set(ImportRule.imports(of: file).map(\.module)).intersection(names)
            guard !imported.isEmpty else { continue }
            let uses = Uses(of: file)
            for name in imported.sorted() {
                if file.isBelow("Tests") {
                    tests[name, default: Uses()].add(uses)
                } else {
                    sources[name, default: Uses()].add(uses)
                }
            }
        }
        return (sources, tests)
    }

    private static let remark = "tests:"

    /// Where types have the remark, by room and name.
    private static func remarkedTypes(_ read: [Read]) -> [String: [String: [Place]]] {
        var found: [String: [String: [Place]]] = [:]
        for (file, room, declarations) in read {
            let types = declarations.declared.filter { $0.kind == .type }
            for type in types {
                guard let line = file.remark(remark, at: type.line) else { continue }
                found[room, default: [:]][type.name, default: []].append(Place(path: file.path, line: line))
            }
        }
        return found
    }

    private static func message(_ declaration: Declaration, _ isTested: Bool) -> String {
        let labels = declaration.parameters.map { $0.name + ":" }.joined()
        var name = declaration.owner.isEmpty ? declaration.name : declaration.owner + "." + declaration.name
        if declaration.kind == .function { name += "(\(labels))" }
        if declaration.kind == .initialiser { name = declaration.owner + ".init(\(labels))" }
        return isTested
            ? "only tests use `\(name)`: let them go another way, or say `// tests: why` above"
            : "no other target uses `\(name)`: make it internal, or delete it"
    }

    /// What all files together say of names.
    private struct Known {
        var named: [String: Set<String>] = [:]
        var required: Set<String> = []
        var requiredInitialisers: Set<[String]> = []
        /// Types whose members others may have without a dot.
        var inherited: Set<String> = []
        var aliases: Set<String> = []

        init(_ all: [(room: String, declarations: Declarations)]) {
            for (room, declarations) in all {
                named[room, default: []].formUnion(declarations.named)
                required.formUnion(declarations.required)
                requiredInitialisers.formUnion(declarations.requiredInitialisers)
                inherited.formUnion(declarations.protocols)
                inherited.formUnion(declarations.classes)
                aliases.formUnion(declarations.aliases)
            }
        }

        func excuses(_ declaration: Declaration, in room: String) -> Bool {
            if declaration.kind == .initialiser {
                let labels = declaration.parameters.map(\.name)
                return witnessInitialisers.contains(labels) || requiredInitialisers.contains(labels)
            }
            return witnesses.contains(declaration.name) || required.contains(declaration.name)
                || named[room]?.contains(declaration.name) == true
        }
    }
}
