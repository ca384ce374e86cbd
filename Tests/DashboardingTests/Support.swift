import Bytes
import Dashboarding
import Foundation
import JSONTexts

/// The dashboards that ship, found from where this file lies.
enum Shipped {
    static let names = ["business", "cost", "operational", "quality"]

    static func bytes(_ name: String) throws -> [UInt8] {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return try Array(Data(contentsOf: folder.appending(path: "Dashboards/\(name).json")))
    }
}

extension Dashboard {
    /// A dashboard of one file's text.
    init(text: String) throws { self = try Dashboard(Array(text.utf8)) }

    /// One with these members besides what every dashboard has.
    init(members: String) throws { try self.init(text: #"{"uid":"d","title":"D",\#(members)}"#) }

    /// One with a panel of these members.
    init(panel: String) throws { try self.init(members: #""panels":[{"id":1,\#(panel)}]"#) }

    /// As pages are told.
    func model() throws -> JSONValue {
        var json = JSONWriter()
        write(to: &json)
        return try JSONReader.parse(json.bytes)
    }
}

extension JSONValue {
    /// The same with another value at a place; unchanged where the place is none.
    func replacing(_ place: ArraySlice<JSONPlace>, with value: JSONValue) -> JSONValue {
        guard let first = place.first else { return value }
        switch (self, first) {
        case (.object(var members), .member(let name)):
            guard let index = members.firstIndex(where: { $0.name == name }) else {
                return .object(members + [JSONMember(name: name, value: value)])
            }
            members[index].value = members[index].value.replacing(place.dropFirst(), with: value)
            return .object(members)
        case (.array(var values), .element(let index)) where values.indices.contains(index):
            values[index] = values[index].replacing(place.dropFirst(), with: value)
            return .array(values)
        default: return self
        }
    }

    /// Places of all values that hold no others.
    var leaves: [[JSONPlace]] {
        switch self {
        case .object(let members) where !members.isEmpty:
            members.flatMap { member in member.value.leaves.map { [.member(member.name)] + $0 } }
        case .array(let values) where !values.isEmpty:
            values.indices.flatMap { index in values[index].leaves.map { [.element(index)] + $0 } }
        default: [[]]
        }
    }

    /// As text.
    var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    private func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .boolean(let flag): json.value(flag)
        case .number(let text): json.raw(text)
        case .string(let text): json.value(text)
        case .array(let values): json.array(values) { $0.write(to: &$1) }
        case .object(let members):
            json.object { json in
                for member in members {
                    json.key(member.name)
                    member.value.write(to: &json)
                }
            }
        }
    }
}

/// A step into a document.
enum JSONPlace: Hashable, Sendable {
    case member(String)
    case element(Int)
}

extension [JSONPlace] {
    /// Without numbers of elements: what a file may say at such places.
    var pattern: String {
        reduce("") { text, place in
            switch place {
            case .member(let name): text.isEmpty ? name : text + "." + name
            case .element: text + "[]"
            }
        }
    }
}
