import JSONTexts

/// A set of objectives that came into force: a row `objectives.changed` of `system_events`.
package struct ObjectiveVersion: Hashable, Sendable {
    /// The record's type.
    package static let recordType = "objectives.changed"

    /// 1 is the built-in set, which no record tells of; each change is the next.
    package var number: Int
    /// What is in force from then on.
    package var set: ObjectiveSet
    /// From when on: the received time of the record, ns since 1970 UTC; the least of all times for the built-in set.
    package var since: Int64

    /// Takes each part as given.
    package init(number: Int, set: ObjectiveSet, since: Int64) {
        (self.number, self.set, self.since) = (number, set, since)
    }

    /// The record's data as canonical JSON.
    package var data: String {
        JSONWriter.object(writeMembers)
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("hash", set.hash)
        json.key("set")
        json.raw(utf8: set.canonicalJSON[...])
        json.member("version", number)
    }

    /// The version that a record tells of; nil where the data is not what ``data`` writes.
    package init?(data: String, since: Int64) {
        guard let json = try? JSONReader.parse(data) else { return nil }
        self.init(json, since: since)
    }

    /// The same of JSON that was read.
    fileprivate init?(_ json: JSONValue, since: Int64) {
        guard let number = json["version"]?.integer, (1...Int64(Int32.max)).contains(number),
            let set = json["set"].flatMap({ ObjectiveSet($0) }), json["hash"]?.string == set.hash
        else { return nil }
        self.init(number: Int(number), set: set, since: since)
    }
}

/// Every version that was in force, ascending: the built-in one, then those that the log tells of.
package struct ObjectiveHistory: Hashable, Sendable {
    /// Never empty.
    package private(set) var versions = [ObjectiveVersion(number: 1, set: .builtIn, since: .min)]

    /// Only the built-in set.
    package init() {}

    /// The last one.
    package var current: ObjectiveVersion { versions[versions.count - 1] }

    /// What comes next where a set is to be in force from a time on; nil where it is already.
    package func next(_ set: ObjectiveSet, since: Int64) -> ObjectiveVersion? {
        set == current.set ? nil : ObjectiveVersion(number: current.number + 1, set: set, since: since)
    }

    /// Takes the next one in.
    /// - Returns: false where it is not the next one; nothing changed then.
    @discardableResult
    package mutating func add(_ version: ObjectiveVersion) -> Bool {
        guard version.number == current.number + 1 else { return false }
        assert(version.number > 1, "the built-in set comes first")
        versions.append(version)
        return true
    }

    /// The one with a number; nil for none.
    package subscript(number: Int) -> ObjectiveVersion? {
        versions.indices.contains(number - 1) ? versions[number - 1] : nil
    }

    /// The one in force at a time: that of a period which ends there.
    package func inForce(at time: Int64) -> ObjectiveVersion { versions.last { $0.since <= time } ?? versions[0] }

    /// Those that came into force within a period, start included, end not.
    package func changes(from: Int64, to: Int64) -> [ObjectiveVersion] {
        versions.dropFirst().filter { $0.since >= from && $0.since < to }
    }
}

extension ObjectiveHistory {
    /// The versions as a JSON array, ascending: what records hold, and since when each was in force.
    package var json: String {
        var json = JSONWriter()
        json.array(versions) { version, json in
            json.object { json in
                json.key("since")
                if version.since == .min { json.null() } else { json.value(time: version.since) }
                version.writeMembers(to: &json)
            }
        }
        json.endLine()
        return json.text
    }

    /// The history that ``json`` tells of; nil where it is none.
    package init?(json: String) {
        guard let versions = (try? JSONReader.parse(json))?.array, !versions.isEmpty else { return nil }
        self.init()
        for (index, value) in versions.enumerated() {
            let since = value["since"]?.string.map { try? RFC3339.parse($0) }
            guard let version = ObjectiveVersion(value, since: (since ?? nil) ?? .min) else { return nil }
            if index == 0 { self.versions = [version] } else if !add(version) { return nil }
        }
    }
}
