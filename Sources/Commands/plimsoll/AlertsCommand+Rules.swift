import AlertRules
import ArgumentParser
import Platform
import RuleFiles
import RuleTrials
import Rules

extension AlertsCommand {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Look for mistakes in rule files of Prometheus.",
            discussion: """
                Names every mistake with its file, line and column: fields that are not known, expressions and \
                templates that cannot be read, rules that are there twice. Exit status 1 when there is one.

                Warns of what is no mistake but says nothing for ever: metrics that neither plimsoll has nor a rule of \
                the files records, labels that a metric has not, values that a label never has, a rate over a range \
                in which two samples never are, labels in texts that the alert has not, and recording rules that \
                read themselves, alone or by way of others. Rules over metrics of others are fine in a Prometheus \
                that has these, short ranges in one that scrapes more often, and so are rules that read what they \
                recorded before, of which plimsoll keeps nothing; the exit status stays as it is.
                """)

        @Argument(help: ArgumentHelp("Rule files, YAML.", valueName: "file"))
        var files: [String]

        func run() throws {
            let disk = Machine().fileSystem
            var hasFaults = false
            var read: [RuleFile] = []
            for path in files {
                let bytes = try CommandInput.file(path, in: disk)
                do {
                    let file = try RuleFile(bytes, name: path)
                    read.append(file)
                    let count = file.ruleCount
                    try StandardStream.output.print(
                        "Checking \(path)\n  SUCCESS: \(count) \(count == 1 ? "rule" : "rules") found")
                    if count == 0 { StandardStream.tell("\(path) holds no rule: no alert of it fires") }
                } catch let error as RuleFileError {
                    hasFaults = true
                    StandardStream.tell("Checking \(path)\n  FAILED:\n\(error)")
                }
            }
            // Rules of one file may name those of another one.
            for warning in RuleSet(read, RuleOptions()).warnings { StandardStream.tell("\(warning)") }
            if hasFaults { throw ExitStatus.Ending(status: .checkFailed) }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Run unit tests of rules, files of `promtool test rules`.",
            discussion: """
                Each file names its rule files from its own folder. Tells what is otherwise than expected; exit \
                status 1 when anything is.

                Example: plimsoll alerts test Alerts/tests/*.yaml
                """)

        @Argument(help: ArgumentHelp("Test files, YAML.", valueName: "file"))
        var files: [String]

        func run() throws {
            let disk = Machine().fileSystem
            var hasFailed = false
            for path in files {
                let faults = try Self.faults(of: path, in: disk)
                if faults.isEmpty {
                    try StandardStream.output.print("Unit Testing:  \(path)\n  SUCCESS")
                } else {
                    hasFailed = true
                    StandardStream.tell("Unit Testing:  \(path)\n  FAILED:")
                    for fault in faults { StandardStream.tell("    \(fault)") }
                }
            }
            if hasFailed { throw ExitStatus.Ending(status: .checkFailed) }
        }

        private static func faults(of path: String, in disk: any FileSystem) throws -> [String] {
            let bytes = try CommandInput.file(path, in: disk)
            do {
                let file = try RuleTestFile(bytes, name: path)
                var rules: [RuleFile] = []
                for pattern in file.ruleFiles {
                    let names = try RuleFilesOnDisk.matching(pattern, from: path, in: disk)
                    if names.isEmpty { StandardStream.tell("  WARNING: no file match pattern \(pattern)") }
                    for name in names { rules.append(try RuleFile(try CommandInput.file(name, in: disk), name: name)) }
                }
                return RuleTrial(file, of: rules).faults()
            } catch let error as RuleFileError {
                return ["\(error)"]
            }
        }
    }
}

/// Where rule files are.
enum RuleFilesOnDisk {
    /// The files that a pattern of a test file means, in the order of their names. `*` and `?` may stand in the name
    /// of a file.
    static func matching(_ pattern: String, from testFile: String, in disk: any FileSystem) throws -> [String] {
        let folder = testFile.lastIndex(of: "/").map { String(testFile[...$0]) } ?? ""
        let path = pattern.hasPrefix("/") ? pattern : folder + pattern
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        guard name.contains(where: { $0 == "*" || $0 == "?" }) else {
            return try disk.lengthBytes(of: path) == nil ? [] : [path]
        }
        let place = String(path.dropLast(name.count))
        return try disk.list(place.isEmpty ? "." : place)
            .filter { !$0.isDirectory && matches(Array($0.name.utf8)[...], Array(name.utf8)[...]) }
            .map { place + $0.name }.sorted()
    }

    private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        // Where the last star stands, and how much of the name it has taken: only that one is tried again.
        var (name, pattern) = (name, pattern)
        var star: (name: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
        while let byte = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                star = (name, pattern)
            } else if let wanted = pattern.first, wanted == UInt8(ascii: "?") || wanted == byte {
                (name, pattern) = (name.dropFirst(), pattern.dropFirst())
            } else if let last = star {
                star = (last.name.dropFirst(), last.pattern)
                (name, pattern) = (last.name.dropFirst(), last.pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
