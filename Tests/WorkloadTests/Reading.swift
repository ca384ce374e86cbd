import Foundation
import Workload

/// Renders everything a sequence holds.
func rendered(_ events: some Sequence<WorkloadEvent>) -> [UInt8] {
    var bytes: [UInt8] = []
    for event in events { event.render(into: &bytes) }
    return bytes
}

extension WorkloadEvent {
    func text(_ name: String) -> String? {
        if case .text(let text) = value(of: name) { return text }
        return nil
    }

    func integer(_ name: String) -> Int64? {
        if case .integer(let value) = value(of: name) { return value }
        return nil
    }
}

/// Field names of the schemas in the repository, by event type; the context under `_context`.
func schemaFields() throws -> [String: Set<String>] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Schemas/events")
        .standardizedFileURL
    var fields: [String: Set<String>] = [:]
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    for file in files where file.pathExtension == "json" {
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let properties = document?["properties"] as? [String: Any] ?? [:]
        fields[file.deletingPathExtension().lastPathComponent] = Set(properties.keys)
    }
    return fields
}
