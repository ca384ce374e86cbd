import Testing

/// The house rules, held against the whole repository. Every failure names file, line and what to do.
struct TidyTests {
    let repository = Repository.shared
    let table = ImportTable(parsing: Repository.shared.map)
    let targets = PackageTargets.parse(Repository.shared.package)

    private func expectNone(_ findings: [Finding], _ location: SourceLocation = #_sourceLocation) {
        for finding in findings { Issue.record("\(finding.description)", sourceLocation: location) }
    }

    /// The target of a path in `Sources`, the folder of one in `Tests`.
    private func room(_ path: String) -> String {
        table.row(of: path)?.target ?? path.split(separator: "/").prefix(2).joined(separator: "/")
    }

    @Test func everythingIsRead() {
        #expect(repository.sources.count > 100)
        #expect(table.rows.count > 10)
        #expect(targets.count > table.rows.count)
    }

    @Test func importsFollowTheMap() {
        expectNone(ImportRule.checkOrder(table))
        expectNone(ImportRule.checkPackage(table, targets))
        expectNone(ImportRule.checkFiles(repository.swift, table, targets))
    }

    @Test func frontsAreFaces() {
        expectNone(repository.swift.flatMap(WireRule.check))
    }

    @Test func unsafeStaysInItsHomes() {
        expectNone(Ratchet.beyond(repository.sources.flatMap(UnsafeRule.check), Ratchet.unsafe, group: room))
    }

    @Test func theMachineIsReachedThroughPlatform() {
        expectNone(Ratchet.beyond(repository.swift.flatMap(MachineRule.check), Ratchet.machine, group: room))
    }

    @Test func noUnsortedOrderEscapes() {
        let byType = Dictionary(grouping: repository.sources) { typePath($0.path) }
        let findings = repository.sources.flatMap { file in
            OrderRule.check(file, siblings: (byType[typePath(file.path)] ?? []).filter { $0.path != file.path })
        }
        expectNone(Ratchet.beyond(findings, Ratchet.unordered, group: room))
        report("unordered iterations", Ratchet.slack(findings, Ratchet.unordered, group: room))
    }

    @Test func textsOfDataAreBytes() {
        let findings = repository.sources.flatMap(TextKeyRule.check)
        expectNone(Ratchet.beyond(findings, Ratchet.textKeys, group: room))
        report("texts as keys", Ratchet.slack(findings, Ratchet.textKeys, group: room))
        expectNone(TextMemberRule.check(repository.sources))
    }

    @Test func codesOfErrorsHaveOneHome() {
        expectNone(repository.sources.flatMap(StateCodeRule.check))
    }

    @Test func nothingIsLeftOver() {
        expectNone(repository.files.flatMap(LeftoverRule.check))
    }

    @Test func declarationsAreDocumented() {
        let findings = repository.sources.flatMap(DocumentationRule.check)
        expectNone(Ratchet.beyond(findings, Ratchet.undocumented, group: room))
        report("undocumented declarations", Ratchet.slack(findings, Ratchet.undocumented, group: room))
    }

    @Test func declarationsHaveAUserElsewhere() {
        let findings = SurfaceRule.check(repository.files, targets)
        print(
            "declarations for others: \(findings.declared), without a user \(findings.unused.count), "
                + "with a user in tests alone \(findings.testsOnly.count)")
        expectNone(findings.unused)
        expectNone(findings.idleRemarks)
        expectNone(Ratchet.beyond(findings.testsOnly, Ratchet.testsOnly, group: room))
        report("declarations that only tests use", Ratchet.slack(findings.testsOnly, Ratchet.testsOnly, group: room))
    }

    @Test func linesFit() {
        let findings = repository.swift.flatMap(SizeRule.checkLines)
        expectNone(Ratchet.beyond(findings, Ratchet.longLines, group: room))
        report("long lines", Ratchet.slack(findings, Ratchet.longLines, group: room))
    }

    @Test func filesAndFunctionsAreSmall() {
        expectNone(repository.swift.flatMap(SizeRule.checkFile))
        expectNone(repository.swift.flatMap { SizeRule.checkFunctions($0, known: Ratchet.longFunctions) })
    }

    /// Not a check: the sizes by stage, to be read.
    @Test func sizesByStage() {
        let stages = Dictionary(grouping: repository.swift.filter { $0.path.contains("/") }) { file in
            let parts = file.path.split(separator: "/")
            return parts[0] == "Sources" ? parts[0...1].joined(separator: "/") : String(parts[0])
        }
        for (stage, files) in stages.sorted(by: { $0.key < $1.key }) {
            let functions = files.flatMap(SizeRule.functions)
            print(
                "\(stage): \(files.count) files, lines \(SizeRule.summary(files.map(\.lineCount))); "
                    + "\(functions.count) functions, lines \(SizeRule.summary(functions.map(\.lineCount)))")
        }
        #expect(stages["Sources/Base"] != nil)
    }

    /// Files `Name.swift` and `Name+Aspect.swift` of one folder tree tell of one type.
    private func typePath(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return room(path) + "/" + name.split { $0 == "+" || $0 == "." }[0]
    }

    private func report(_ what: String, _ slack: [String]) {
        for text in slack { print("can be lowered, \(what): \(text)") }
    }
}
