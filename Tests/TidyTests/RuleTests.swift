import Testing

/// Every rule is shown a violation, planted as text, and a text that it must let pass: a rule that cannot fail is none.
struct RuleTests {
    private func file(_ text: String, at path: String = "Sources/Store/Rooms/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    private let table = ImportTable(
        parsing: """
            | target | folder | may import | from elsewhere |
            |---|---|---|---|
            | `Low` | `Sources/Base/Low` | | `Glibc` |
            | `High` | `Sources/High` | `Low` | |

            | another | table |
            """)

    // MARK: Scanner

    @Test func scannerTellsCodeFromTextAndComment() {
        let scanner = SwiftScanner(
            """
            let a = "no \\(b.map { "\\($0)" }) // text" // note
            /* one /* two */
            three */ let c = #"raw \\("# + \"""
                x" y
                \"""
            /// About d.
            var d: Int
            """)
        #expect(
            scanner.tokens.filter { $0.kind == .word }.map(\.text) == [
                "let", "a", "b", "map", "$0", "let", "c", "var", "d", "Int",
            ])
        #expect(
            scanner.tokens.filter { $0.kind == .string }.map(\.text) == [
                "no  // text", "", "raw \\(", "\n    x\" y\n    ",
            ])
        #expect(scanner.comments.map(\.line) == [1, 2, 3, 6])
        #expect(scanner.comments.filter(\.isDocumentation).map(\.text) == ["About d."])
        #expect(scanner.tokens.last?.line == 7)
    }

    // MARK: Imports

    @Test func tableAndPackageAreRead() {
        #expect(table.rows.map(\.target) == ["Low", "High"])
        #expect(table.rows[1].imports == ["Low"])
        #expect(table.rows[0].elsewhere == ["Glibc"])
        let targets = PackageTargets.parse(
            """
            func room(_ name: String) -> Target { .target(name: name, path: "x") }
            room("High", "High", uses: ["Low", other]),
            tests("High", uses: ["Low"]),
            library("CLow", apt: "liblow-dev"),
            .executableTarget(name: "tool", dependencies: ["High"], path: "Sources/Commands/tool", swiftSettings: settings),
            """)
        #expect(
            targets == [
                PackageTarget(name: "High", folder: "Sources/High", uses: ["Low", "other"], isTest: false),
                PackageTarget(name: "HighTests", folder: "Tests/HighTests", uses: ["High", "Low"], isTest: true),
                PackageTarget(name: "CLow", folder: "Sources/System/CLow", uses: [], isTest: false),
                PackageTarget(name: "tool", folder: "Sources/Commands/tool", uses: ["High"], isTest: false),
            ])
    }

    @Test func arrowsThatPointBackAreFound() {
        var wrong = table
        wrong.rows.swapAt(0, 1)
        #expect(ImportRule.checkOrder(table).isEmpty)
        #expect(
            ImportRule.checkOrder(wrong).map(\.message) == ["`High` may not import `Low`: no row above has that name"])
        wrong.rows = [table.rows[0], table.rows[0]]
        #expect(ImportRule.checkOrder(wrong).count == 1)
    }

    @Test func differencesFromThePackageAreFound() {
        let low = PackageTarget(name: "Low", folder: "Sources/Base/Low", uses: [], isTest: false)
        let high = PackageTarget(name: "High", folder: "Sources/High", uses: ["Low"], isTest: false)
        #expect(ImportRule.checkPackage(table, [low, high]).isEmpty)
        #expect(ImportRule.checkPackage(table, [low]).map(\.line) == [4], "a row that is no target")
        var changed = high
        changed.uses = []
        #expect(ImportRule.checkPackage(table, [low, changed]).count == 1)
        changed = low
        changed.uses = ["High"]
        changed.folder = "Sources/Low"
        #expect(ImportRule.checkPackage(table, [changed, high]).count == 2)
        let third = PackageTarget(name: "Third", folder: "Sources/Third", uses: [], isTest: false)
        #expect(ImportRule.checkPackage(table, [low, high, third]).count == 1)
    }

    @Test func importsBeyondTheTableAreFound() {
        let targets = [PackageTarget(name: "HighTests", folder: "Tests/HighTests", uses: ["High"], isTest: true)]
        func check(_ text: String, _ path: String) -> [Int] {
            ImportRule.checkFiles([file(text, at: path)], table, targets).map(\.line)
        }
        #expect(check("package import Low\n@preconcurrency import struct Low.Thing\n", "Sources/High/A.swift").isEmpty)
        #expect(check("import Low\ninternal import Glibc\n", "Sources/High/A.swift") == [2])
        #expect(check("import High\n", "Sources/Base/Low/A.swift") == [1])
        #expect(check("@testable import High\nimport Testing\nimport Low\n", "Tests/HighTests/A.swift") == [3])
        let lowTests = [PackageTarget(name: "LowTests", folder: "Tests/LowTests", uses: ["Low"], isTest: true)]
        #expect(ImportRule.checkFiles([file("import Glibc", at: "Tests/LowTests/A.swift")], table, lowTests).isEmpty)
        #expect(check("", "Sources/Nowhere/A.swift") == [0])
        #expect(check("let text = \"import Low\" // import Low\n", "Sources/Base/Low/A.swift").isEmpty)
    }

    @Test func packagesOfAWireStayInTheFront() {
        func lines(_ text: String, _ path: String) -> [Int] { WireRule.check(file(text, at: path)).map(\.line) }
        let text =
            "import Logging\npackage import NIOCore\nimport struct HTTPTypes.HTTPFields\n"
            + "@preconcurrency import HummingbirdCore\n"
        for path in ["Sources/Services/Asking/A.swift", "Sources/Server/Clients/A.swift", "Tests/IntakesTests/A.swift"]
        {
            #expect(lines(text, path) == [2, 3, 4], "\(path)")
        }
        #expect(lines(text, "Sources/Server/HTTPFronts/Setup/A.swift").isEmpty)
        #expect(lines(text, "Tests/HTTPFrontsTests/A.swift").isEmpty)
        let none = "import HTTPRequests\nlet text = \"import NIOCore\" // import NIOCore\n"
        #expect(lines(none, "Sources/Services/Sending/A.swift").isEmpty)
        #expect(
            lines(text, "Sources/Server/HTTPFrontsElsewhere/A.swift") == [2, 3, 4], "a name that only begins alike")
    }

    @Test func wordsOfAWireStayInTheFront() {
        func lines(_ text: String, _ path: String) -> [Int] { WireRule.check(file(text, at: path)).map(\.line) }
        let text = """
            let a = "application/json"
            let b = "no Content-Type, send text/csv"
            let c = "accept: context/other"
            let d = header["retry-after"]
            // "application/json"
            """
        #expect(lines(text, "Sources/Services/Asking/A.swift") == [1, 2, 4])
        #expect(lines(text, "Sources/Services/Sending/A.swift").isEmpty)
        #expect(lines(text, "Sources/Server/HTTPFronts/A.swift").isEmpty)
    }

    // MARK: Unsafe code, the machine

    @Test(arguments: [
        "let x = unsafe y", "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var x = 0",
        "@safe func f() {}",
        "bytes.withUnsafeBytes { _ in }", "var p: UnsafeRawPointer", "let q = OpaquePointer(x)",
    ])
    func unsafeCodeIsFound(_ text: String) {
        let found = UnsafeRule.check(file(text))
        #expect(!found.isEmpty || text.contains(".withUnsafe"))
        for home in UnsafeRule.homes { #expect(UnsafeRule.check(file(text, at: home + "/A.swift")).isEmpty) }
    }

    @Test func textsAsKeysAreFound() {
        func lines(_ text: String, _ path: String) -> [Int] { TextKeyRule.check(file(text, at: path)).map(\.line) }
        let text =
            "var a: [String: Int] = [:]\nvar b: Set<String> = []\nvar c: [String] = []\nlet d = [1: \"[String: Int]\"]\n"
        #expect(lines(text, "Sources/Columnar/A.swift") == [1, 2])
        #expect(lines(text, "Sources/Commands/A.swift").isEmpty)
    }

    @Test func keysWithTextsCompareBytes() {
        let text = """
            struct A: Hashable { var name: String }
            struct B: Hashable, Sendable { var names: [ExactText]? }
            struct C: Hashable { var name: String { "" }; func f(a: String) {} }
            struct D: Hashable { let parent: String? }
            struct E: Hashable { var name: String }
            struct F { struct G: Comparable, Hashable { var name: String } }
            // texts: words of ours.
            /// A name.
            struct H: Hashable { var name: String }
            var all: ([H: Int], [A: Int], Set<B>, [C: Int], Set<F.D>, [F.G: Int], [E]) = x
            """
        func lines(_ path: String) -> [Int] { TextMemberRule.check([file(text, at: path)]).map(\.line) }
        #expect(lines("Sources/Store/A.swift") == [1, 4, 6])
        #expect(lines("Sources/Commands/A.swift").isEmpty)
    }

    @Test func codesOfErrorsAreFound() {
        let text = #"["22012", "42P01", "XX001", "08000", "ARRAY", "2201", "a 22012"] // 22012"#
        #expect(StateCodeRule.check(file(text)).count == 4)
        #expect(StateCodeRule.check(file(text, at: StateCodeRule.home)).isEmpty)
    }

    @Test func unsafeInTextIsNoCode() {
        #expect(UnsafeRule.check(file("// unsafe\nlet a = \"unsafe\"; let b = .safe; let c = UnsafeRule.self")).isEmpty)
    }

    @Test(arguments: [
        "let a = Date()", "let a = Date.now", "let c = ContinuousClock()", "var g = SystemRandomNumberGenerator()",
        "Int.random(in: 0..<9)",
        "list.shuffled()", "let id = UUID()",
        "FileManager.default", "FileHandle.standardInput", "fopen(path, mode)", "URL(fileURLWithPath: x)",
        "print(\"x\")", "Data(contentsOf: URL(string: x)!)", "value.hashValue", "var hasher = Hasher()",
        "TimeZone.current",
        "DispatchQueue.main", "exit(1)", "_exit(status)", "Plimsoll.exit(withError: error)",
    ])
    func machineCallsAreFound(_ text: String) {
        #expect(!MachineRule.check(file(text)).isEmpty)
        #expect(MachineRule.check(file(text, at: MachineRule.home + "/A.swift")).isEmpty)
    }

    @Test(arguments: [
        "let a = Date(timeIntervalSince1970: 0)", "Int.random(in: 0..<9, using: &generator)", "let n = catalog.now",
        "output.print(text)",
        "func print(_ text: String) {}", "list.shuffled(using: &generator)", "func hash(into hasher: inout Hasher) {}",
        "// print(1)", "exitProcess(0)", "Plimsoll.exitCode(for: error)",
    ])
    func otherCallsPass(_ text: String) {
        #expect(MachineRule.check(file(text)).isEmpty)
    }

    @Test func testsMayReadFilesButNotDrawUnseeded() {
        let path = "Tests/HighTests/A.swift"
        #expect(MachineRule.check(file("FileManager.default; print(Date())", at: path)).isEmpty)
        #expect(MachineRule.check(file("Int.random(in: 0..<9)", at: path)).count == 1)
    }

    // MARK: Order

    @Test(arguments: [
        "var names: [String: Int] = [:]\nfor (name, count) in names { write(name) }",
        "let names: Set<String>\nfor name in self.names where name != x { write(name) }",
        "func f(_ names: [String: Int]) { for name in names.keys { write(name) } }",
        "let names = Set(list)\nlet rows = names.map { row($0) }",
        "var names = [Key: [Int]]()\nlet list = Array(names.values)",
        "let names = [\"a\": 1]\nreturn names.keys.joined(separator: x)",
        "let names = Dictionary(grouping: x) { $0 }\nnames.forEach { write($0) }",
        "func f(names: inout Set<Int>) { for name in names { write(name) } }",
        "var names: [Int: Row] = [:]\nlet new = old.replacing(x, names: own) { $0 }\nfor name in names { write(name) }",
        "let names: Set<Int>\nself.init(names: list)\nfor name in names { write(name) }",
        "init?<T: P>(of names: [T: Int]) { for name in names { write(name) } }",
        "list.forEach { (names: Set<Int>) in\nfor name in names { write(name) } }",
    ])
    func unsortedIterationIsFound(_ text: String) {
        #expect(OrderRule.check(file(text)).count == 1)
        let excused = text.replacing("\n", with: "\n// order: the sum is the same\n").replacing(
            "{ for", with: "{\n// order: any\n for")
        #expect(OrderRule.check(file(excused)).isEmpty)
    }

    @Test(arguments: [
        "var names: [String: Int] = [:]\nfor (name, count) in names.sorted(by: x) { write(name) }",
        "let names: Set<String>\nlet list = names.map(row).sorted()",
        "let names: [String]\nfor name in names { write(name) }",
        "let names: [String: [Int]]\nfor number in names[key] ?? [] { write(number) }",
        "let names = Set(list).sorted()\nfor name in names { write(name) }",
        "let names = flag ? [a: b] : [:]\nnames[x] = 1",
        "let names: Set<Int>\nlet all = names.map { $0 }.max()",
        "let names = [flag ? a : b]\nfor name in names { write(name) }",
        "let names: [String: Int]\nfunc f(names: [Int]) { for name in names { write(name) } }",
        "let names: [String: Int]\nlet rows = Others.names.map(row)",
        "let names: Set<Int>\nlist.forEach { (names: [Int]) throws in for name in names { write(name) } }",
        "let a = A(b, names: [:])\nfor name in head.names { write(name) }",
    ])
    func sortedIterationPasses(_ text: String) {
        #expect(OrderRule.check(file(text)).isEmpty)
    }

    @Test func siblingsShareDeclarations() {
        let whole = file("struct A { var names: Set<Int> }")
        let aspect = file("extension A { func f() { for name in names { write(name) } } }")
        #expect(OrderRule.check(aspect).isEmpty)
        #expect(OrderRule.check(aspect, siblings: [whole]).count == 1)
        let other = file("extension A { func g(names: Set<Int>) { let names = Set(names); h(names: names) } }")
        #expect(OrderRule.check(aspect, siblings: [other]).isEmpty, "what another function has for itself")
    }

    // MARK: Leftovers

    @Test func leftoversAreFound() {
        for mark in LeftoverRule.marks { #expect(LeftoverRule.check(file("\n// \(mark): later")).map(\.line) == [2]) }
        for word in LeftoverRule.licenceWords + LeftoverRule.foreignWords {
            #expect(!LeftoverRule.check(file("/// See \(word)x")).isEmpty)
        }
        #expect(LeftoverRule.check(file("let \(LeftoverRule.marks[2])Y = 1")).isEmpty)
    }

    @Test(arguments: ["let a = b", "return f(x)", "print(x)", "if a == b {", "}", "for a in b {", "f(x);", "} else {"])
    func deadCodeIsFound(_ text: String) {
        #expect(LeftoverRule.check(file("// " + text)).count == 1)
        #expect(LeftoverRule.check(file("/// " + text)).isEmpty)
    }

    @Test(arguments: [
        "let it be", "if a segment is whole, it passes", "for each of them {see above}",
        "offset  size  field", "return to sender",
    ])
    func prosePasses(_ text: String) {
        #expect(LeftoverRule.check(file("// " + text)).isEmpty)
    }

    // MARK: Documentation, sizes

    @Test(arguments: [
        "package struct A {}", "public func f() {}", "package static let a = 1", "@inlinable package func f() {}",
        "package init(a: Int) { b = a }",
        "package private(set) var a = 1",
        "/// Far away.\n\npackage var a: Int", "// Not a doc comment.\npackage enum A {}",
    ])
    func undocumentedDeclarationsAreFound(_ text: String) {
        #expect(DocumentationRule.check(file(text)).count == 1)
    }

    @Test(arguments: [
        "/// A.\npackage struct A {}", "/// F.\n@inlinable\npackage func f() {}", "package import Bytes", "func f() {}",
        "package extension A {}",
        "package static func == (a: A, b: A) -> Bool { true }", "package var description: String { x }",
        "package init(a: Int, b: Int) {\n    self.a = a\n    self.b = b\n}",
    ])
    func documentedDeclarationsPass(_ text: String) {
        #expect(DocumentationRule.check(file(text)).isEmpty)
    }

    @Test func sizesAreMeasured() {
        let wide = String(repeating: "é", count: SizeRule.lineColumnsMax)
        #expect(SizeRule.checkLines(file(wide)).isEmpty)
        #expect(SizeRule.checkLines(file("\n" + wide + "x")).map(\.line) == [2])
        let long = String(repeating: "\n", count: SizeRule.fileLinesMax)
        #expect(SizeRule.checkFile(file(long)).isEmpty)
        #expect(SizeRule.checkFile(file(long + "x")).count == 1)
        #expect(SizeRule.summary([3, 1, 2]) == "median 2, p90 3, max 3")
    }

    @Test func longFunctionsAreFound() {
        let lines = String(repeating: "x\n", count: SizeRule.functionLinesMax - 1)
        let text =
            "protocol P {\n func g()\n init()\n}\nfunc f(a: () -> Void = {}) -> Int {\n\(lines)}\ninit?(b: Int) { self.init(x) }\n"
        let sample = file(text)
        #expect(SizeRule.functions(of: sample).map(\.name) == ["f", "init"])
        #expect(SizeRule.functions(of: sample).map(\.lineCount) == [71, 1])
        #expect(SizeRule.checkFunctions(sample, known: [:]).map(\.line) == [5])
        #expect(SizeRule.checkFunctions(sample, known: [sample.path + ":f": 71]).isEmpty)
        #expect(SizeRule.checkFunctions(sample, known: [sample.path + ":f": 70]).count == 1)
    }

    // MARK: Surface

    private let low = PackageTarget(name: "Low", folder: "Sources/Base/Low", uses: [], isTest: false)
    private let high = PackageTarget(name: "High", folder: "Sources/High", uses: ["Low"], isTest: false)

    /// What is found in the declarations of `Low`, used by `High` and by tests.
    private func surface(_ text: String, high use: String = "", tests: String = "") -> SurfaceRule.Findings {
        SurfaceRule.check(
            [
                file(text, at: "Sources/Base/Low/A.swift"), file("import Low\n" + use, at: "Sources/High/B.swift"),
                file("import Low\n" + tests, at: "Tests/LowTests/C.swift"),
            ], [low, high])
    }

    @Test(arguments: [
        ("package struct A {}", "let b = 1 // A"), ("package func f() {}", "let t = \"f()\""),
        ("package func f(a: Int) {}", "f(b: 1); g(a: f(b: 2))"), ("package func f(a: Int) {}", "func f(a: Int) {}"),
        ("struct A { package let b = 1 }", "let b = 2; call(b: b)"), ("struct A { package func f() {} }", "f()"),
        ("package struct B {}\nextension B { package init(c: Int) {} }", "B(d: 1)"), ("public func f() {}", "g()"),
        ("package final class K {}\nextension K { package var b: Int { 1 } }", "var k: K"),
        ("struct A { package mutating func f(a: Int, b: Int = 1) {} }", "x.f(b: 2)"),
        ("struct A { package func f(a: Int) {} }", "x.g(\"\\(y)\", a: 1); x.f(\"\\(y)\")"),
    ])
    func declarationsWithoutUserAreFound(_ text: String, _ use: String) {
        let found = surface(text, high: use)
        #expect(found.unused.count == 1 && found.testsOnly.isEmpty, "\(found.unused)")
        let tested = surface(text, high: use, tests: "let all = [x.f, x.b, A(), B(c: 1), K.self, f]")
        #expect(tested.unused.isEmpty && tested.testsOnly.count == 1)
        let seam = "// tests: a seam\n" + text.replacing("\n", with: "\n// tests: a seam\n")
        let remarked = surface(seam, tests: "[x.f, x.b, A(), B(c: 1), f]")
        #expect(remarked.testsOnly.isEmpty)
    }

    @Test(arguments: [
        ("package struct A {}", "let a: A"), ("package func f(a: Int, b: Int = 1, _ c: Int) {}", "f(a: 1, 2)"),
        ("package func f(a: Int) {}", "list.map(f)"), ("package func f(a: () -> Void) {}", "f { }"),
        ("struct A { package let b = 1 }", "list.map(\\.b)"),
        ("struct A { package let b = 1 }", "extension A { var c: Int { b } }"),
        ("protocol P {}\nextension P { package var b: Int { 1 } }", "func g() { b }"),
        ("struct A { package init(c: Int) {} }", ".init(c: 1)"),
        ("struct A<T> { package init(c: T) {} }", "A<Int>(c: 1)"),
        ("struct A { package init(c: Int) {} }", "list.map(A.init)"),
        ("typealias B = A\nstruct A { package init(c: Int) {} }", "B(c: 1)"),
        ("struct A { package static let b = 1 }", "f(.b)"),
        ("struct A { @W package static var b = 1 }", "A.$b.withValue(2) { f() }"),
        // What a visible declaration, a protocol or inlined code names has to be visible.
        ("package struct A {}\npackage func f(a: A) {}", "f(a: x)"),
        ("package enum B { case c(A) }\npackage struct A {}", "var b: B"),
        ("package struct S { package static let s = 1 }\npackage func f(a: Int = .s) {}", "f(); S.self"),
        ("protocol P { func f() }\nstruct A { package func f() {} }", ""),
        ("struct A { package var description: String { x } }", ""),
        ("@inlinable func g() { f() }\n@usableFromInline package func f() {}", ""),
        (
            "struct A { package static func == (a: A, b: A) -> Bool { true }\n package init(from decoder: Decoder) {} }",
            ""
        ),
        ("struct A { package subscript(a: Int) -> Int { a } }", ""),
        ("struct A { package private(set) var b = 1 }", "x.b"),
    ])
    func declarationsWithUserPass(_ text: String, _ use: String) {
        let found = surface(text, high: use)
        #expect(found.unused.isEmpty && found.testsOnly.isEmpty, "\(found.unused)")
    }

    @Test func remarksThatExcuseNothingAreFound() {
        let text = "// tests: a seam\npackage struct A {\n    // tests: a seam\n    package var b: Int\n}"
        #expect(surface(text, tests: "let x = A(), y = x.b").idleRemarks.isEmpty)
        #expect(surface(text, high: "let x: A", tests: "let y = x.b").idleRemarks.isEmpty)
        #expect(surface(text, high: "let x: A, y = x.b").idleRemarks.map(\.line) == [1, 3])
        #expect(surface("// tests: gone", tests: "let x = 1").idleRemarks.map(\.line) == [1])
    }

    @Test func onlyFilesThatImportTheRoomUseIt() {
        let text = file("package struct A {}", at: "Sources/Base/Low/A.swift")
        let use = file("let a: A", at: "Sources/High/B.swift")
        #expect(SurfaceRule.check([text, use], [low, high]).unused.count == 1)
        let own = file("let a: A", at: "Sources/Base/Low/B.swift")
        #expect(SurfaceRule.check([text, own], [low, high]).unused.count == 1)
        let product = file("public struct A {}\npackage struct B {}", at: SurfaceRule.products[0] + "/A.swift")
        let emitter = PackageTarget(name: "Emitter", folder: SurfaceRule.products[0], uses: [], isTest: false)
        #expect(SurfaceRule.check([product], [emitter]).unused.map(\.line) == [2])
    }

    // MARK: Ratchet

    @Test func ratchetHoldsCounts() {
        let findings = [Finding(path: "a", line: 1, message: "x"), Finding(path: "a", line: 2, message: "y")]
        #expect(Ratchet.beyond(findings, ["a": 2]) { $0 }.isEmpty)
        #expect(Ratchet.beyond(findings, ["a": 1]) { $0 }.count == 3)
        #expect(Ratchet.beyond(findings, [:]) { $0 } == findings)
        #expect(Ratchet.slack(findings, ["a": 3, "b": 1]) { $0 } == ["a: 2 instead of 3", "b: 0 instead of 1"])
    }
}
