import Bytes
package import Domain
import JSONTexts
import RuleFiles
import Yams

/// A mistake in a document.
package struct OpenSLOFinding: Error, Hashable, Sendable, CustomStringConvertible {
    /// As it was named.
    package var file: String
    // tests: places are told apart from words.
    /// From 1; nil where it concerns the file as a whole.
    package var line: Int?
    // tests: as `line`.
    /// What is wrong, and what is expected.
    package var message: String

    package var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// OpenSLO v1 documents, read: the objectives of kind SLO whose figures can be counted in events.
///
/// What would be taken and mean nothing here is refused: fields that nobody reads, kinds that nothing follows from.
package struct OpenSLODocuments: Sendable {
    /// What one file may have; the documents that the program writes have a kilobyte each.
    static let bytesMax = 1024 * 1024
    /// Values of one document; what an alias stands for counts each time.
    static let nodesMax = 1_000_000

    /// In the order of the documents, each name once.
    package private(set) var objectives: [ServiceLevelObjective] = []
    /// In the order of the files; objectives are only to be used when there are none.
    package private(set) var findings: [OpenSLOFinding] = []

    /// Reads files one after the other; what one refers to may stand in another.
    /// - Parameter hasZone: whether there is a time zone of a name; this room has no clock.
    /// - Complexity: O(bytes).
    package init(_ files: [(name: String, text: String)], hasZone: (String) -> Bool) {
        var reading = DocumentReading()
        for file in files { reading.collect(file.name, file.text) }
        reading.readAll(hasZone)
        (objectives, findings) = (reading.objectives, reading.findings)
        if findings.isEmpty, objectives.isEmpty {
            let message = "no document of kind SLO"
            findings.append(OpenSLOFinding(file: files.first?.name ?? "nothing", line: nil, message: message))
        }
    }

    /// What was found, a line each, at most so many.
    package func report(max: Int = 20) -> String {
        let left = findings.count - max
        let lines = findings.prefix(max).map(\.description) + (left > 0 ? ["and \(left) more"] : [])
        return lines.joined(separator: "\n  ")
    }
}

/// Documents while they are read.
private struct DocumentReading {
    var objectives: [ServiceLevelObjective] = []
    var findings: [OpenSLOFinding] = []
    /// Indicators that stand alone, by name.
    private var indicators: [ExactText: Node] = [:]
    private var documents: [DocumentFields] = []

    mutating func collect(_ file: String, _ text: String) {
        guard text.utf8.count <= OpenSLODocuments.bytesMax else {
            let message = "\(text.utf8.count) bytes, at most \(OpenSLODocuments.bytesMax) are read"
            findings.append(OpenSLOFinding(file: file, line: nil, message: message))
            return
        }
        do {
            try YAMLAliases.check(text, nodesMax: OpenSLODocuments.nodesMax)
            var roots = try Yams.compose_all(yaml: text)
            while let root = roots.next() {
                do throws(OpenSLOFinding) {
                    documents.append(try DocumentFields(root, file: file))
                } catch {
                    findings.append(error)
                }
            }
            if let error = roots.error { findings.append(Self.finding(error, file)) }
        } catch let error as YAMLAliases.TooMany {
            let message = "more values than are read, with what aliases stand for"
            findings.append(OpenSLOFinding(file: file, line: error.line, message: message))
        } catch {
            findings.append(Self.finding(error, file))
        }
    }

    mutating func readAll(_ hasZone: (String) -> Bool) {
        for document in documents where document.kind == .indicator { addIndicator(document) }
        for document in documents { add(document, hasZone) }
    }

    private static func finding(_ error: any Error, _ file: String) -> OpenSLOFinding {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
            .composer(_, let problem, let mark, _)?:
            OpenSLOFinding(file: file, line: mark.line, message: "no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context)?:
            OpenSLOFinding(
                file: file, line: context.mark.line,
                message: "given twice: " + duplicates.map { "\($0)" }.sorted().joined(separator: ", "))
        default: OpenSLOFinding(file: file, line: nil, message: "no YAML: \(error)")
        }
    }

    private mutating func addIndicator(_ document: DocumentFields) {
        guard indicators.updateValue(document.spec.node, forKey: document.name) == nil else {
            findings.append(document.root.finding("there are two indicators \(document.name)"))
            return
        }
        do throws(OpenSLOFinding) {
            // What nobody refers to is checked, too, but for what its objective says.
            _ = try IndicatorFields(document.spec)
        } catch {
            findings.append(error)
        }
    }

    private mutating func add(_ document: DocumentFields, _ hasZone: (String) -> Bool) {
        do throws(OpenSLOFinding) {
            switch document.kind {
            case .indicator: return
            case .service: try document.spec.allow(["description"])
            case .dataSource: try document.spec.allow(["description", "type", "connectionDetails"])
            case .objective:
                for objective in try ObjectiveFields(document, indicators, hasZone).objectives {
                    guard !objectives.contains(where: { $0.name == objective.name }) else {
                        throw document.root.finding("there are two objectives \(objective.name)")
                    }
                    guard objectives.count < ServiceLevelObjective.objectivesMax else {
                        throw document.root.finding(
                            "more than \(ServiceLevelObjective.objectivesMax) objectives; ask for them in parts")
                    }
                    objectives.append(objective)
                }
            }
        } catch {
            findings.append(error)
        }
    }
}
