import Alerting
import Bytes
package import AlertRules
package import Domain
package import Platform
package import RuleFiles

/// The rules that are evaluated, and what all of them have in common.
package struct RuleSet: Sendable {
    /// A group and where it stands.
    struct Place: Sendable {
        /// By which states and notes know it: the file's name, a semicolon, its own.
        let key: ExactText
        let file: String
        let group: RuleGroup
    }

    /// In their order.
    let files: [RuleFile]
    /// What all groups have in common.
    let options: RuleOptions

    /// No rules.
    package static let none = RuleSet([], RuleOptions())

    /// Joins both.
    package init(_ files: [RuleFile], _ options: RuleOptions) { (self.files, self.options) = (files, options) }

    /// Files of an operator.
    /// - Throws: ``RuleFileError`` of the first that has mistakes or is too long; what reading throws.
    package init(_ paths: [String], in fileSystem: any FileSystem, _ options: RuleOptions) throws {
        self.init(try paths.map { try RuleFile(try fileSystem.ruleFile(at: $0), name: $0) }, options)
    }

    /// The rules that follow from objectives.
    /// - Parameter runbooks: where their alerts link to.
    /// - Throws: ``RuleFileError``: only where an address makes them unreadable.
    package init(of objectives: ObjectiveSet, runbooks: String, _ options: RuleOptions) throws(RuleFileError) {
        var files: [RuleFile] = []
        for file in ObjectiveFiles.rules.files(objectives, runbooks: runbooks) {
            files.append(try RuleFile(file.bytes, name: file.name))
        }
        self.init(files, options)
    }

    /// All groups, in the order of the files.
    var places: [Place] {
        files.flatMap { file in
            file.groups.map { group in
                Place(key: ExactText("\(file.name);\(group.name)"), file: file.name, group: group)
            }
        }
    }

    /// Groups with an alert of this name; nil: all.
    func places(with alert: ByteText?) -> [Place] {
        guard let alert else { return places }
        return places.filter { place in place.group.rules.contains { $0.isAlert(alert) } }
    }

    /// The names of alerts, each once, in the order of their bytes.
    package var alertNames: [String] {
        Set(places.flatMap { EvaluationNote.alerts(of: $0.group) }).sorted().map(\.description)
    }

    /// ms from one evaluation of a group to the next.
    func interval(of group: RuleGroup) -> Int64 { max(1, group.interval ?? options.interval) }

    /// ms that the questions of a group look back.
    func queryOffset(of group: RuleGroup) -> Int64 { group.queryOffset ?? options.queryOffset }
}

extension Rule {
    fileprivate func isAlert(_ name: ByteText) -> Bool { kind != .record && self.name == name }
}

extension FileSystem {
    /// The bytes of an operator's file, which is read again and again, so that no pipe will do.
    /// - Throws: `RuleFileError` for one that is too long, `StorageError`.
    func ruleFile(at path: String) throws -> [UInt8] {
        guard let bytes = try input(path, bytesMax: RuleFile.bytesMax, takesPipes: false) else {
            throw RuleFileError.tooLong(path)
        }
        return bytes
    }
}
