// The registry as a record of the log: which columns and types there were, in which order. Text, one a line, ending in
// a line feed:
//
//     plimsoll schemas 1
//     column <name> <type> <unit or -> <privacy class>
//     type <name> <column,column,… or ->
//
// Index of a line among its kind = the id in event rows. Two registries with equal bytes read and write the same event
// rows.

/// The names that a store was created with and those added since, in order: what ids in its files mean.
package struct SchemaNames: Equatable, Sendable {
    /// One column as it was logged.
    package struct Column: Equatable, Sendable {
        /// Name of the column.
        package var name: String
        /// Raw value of its ``FieldType``.
        package var type: String
        /// Its unit, or `-`.
        package var unit: String
        /// Raw value of its ``PrivacyClass``.
        package var privacy: String
    }

    /// Columns, by id.
    package var columns: [Column] = []
    /// Names of types, by id.
    package var types: [String] = []

    /// No names: what a new store has.
    package init() {}

    /// Reads what ``SchemaRegistry/serialised`` wrote.
    /// - Throws: ``SchemaContinuationError/malformed(line:)``.
    package init(parsing bytes: [UInt8]) throws(SchemaContinuationError) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, String(decoding: first, as: UTF8.self) == SchemaRegistry.serialisationHeader,
            lines.last?.isEmpty == true
        else { throw .malformed(line: 1) }
        for (index, line) in lines.enumerated().dropFirst().dropLast() {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            switch words.first {
            case "column" where words.count == 5:
                columns.append(Column(name: words[1], type: words[2], unit: words[3], privacy: words[4]))
            case "type" where words.count == 3: types.append(words[1])
            default: throw .malformed(line: index + 1)
            }
        }
    }
}

extension SchemaNames {
    /// Whether this list begins with all of an older one, so that ids of then mean the same.
    package func continues(_ older: SchemaNames) -> Bool {
        columns.starts(with: older.columns) && types.starts(with: older.types)
    }
}

/// Why this program cannot go on with the schemas of a store.
package enum SchemaContinuationError: Error, Equatable, Sendable {
    /// A line is not one of a list of this version.
    case malformed(line: Int)
    /// The store has a column or type that this program does not know: a newer program wrote it.
    case unknown(name: String)
    /// The store knows the column with another type, unit or privacy class.
    case changed(column: String, was: String, now: String)
    /// A name stands twice in the store's list.
    case repeated(name: String)

    /// What should stand there, and what does.
    package var expectation: String {
        switch self {
        case .malformed(let line): "a schema list of version 1, found another line \(line)"
        case .unknown(let name): "columns and types that this version knows, found \(name)"
        case .changed(let column, let was, let now): "\(column) as \(now), found \(was)"
        case .repeated(let name): "each name once in the schemas, found \(name) twice"
        }
    }

    /// Whether a newer version may have written it; what no version writes is damage.
    package var isOfNewerForm: Bool {
        if case .repeated = self { false } else { true }
    }
}

extension SchemaRegistry {
    static let serialisationHeader = "plimsoll schemas 1"

    /// The registry as the text above; equal registries have equal bytes.
    package var serialised: [UInt8] {
        var text = SchemaRegistry.serialisationHeader + "\n"
        for column in columns {
            text += "column \(column.name) \(column.type.rawValue) \(column.unit ?? "-") \(column.privacy.rawValue)\n"
        }
        for type in types {
            let own = type.ownColumns.map { columns[Int($0)].name }.joined(separator: ",")
            text += "type \(type.name) \(own.isEmpty ? "-" : own)\n"
        }
        return Array(text.utf8)
    }

    /// The registry of this program for a store that was created with other lists; see
    /// ``SchemaFiles/registry(continuing:)``.
    package static func builtIn(continuing names: SchemaNames) throws(SchemaContinuationError) -> SchemaRegistry {
        try SchemaFiles.builtIn.registry(continuing: names)
    }
}

extension SchemaFiles {
    /// The registry of these files for a store that was created with other lists: its ids stay, new names are appended.
    /// - Throws: where the store knows a name that the files do not, or knows it otherwise.
    package func registry(continuing names: SchemaNames) throws(SchemaContinuationError) -> SchemaRegistry {
        var seen: Set<String> = []
        for old in names.columns {
            guard seen.insert(old.name).inserted else { throw .repeated(name: old.name) }
            guard let column = columns[old.name] else { throw .unknown(name: old.name) }
            let (was, now) = (
                "\(old.type) \(old.unit) \(old.privacy)",
                "\(column.type.rawValue) \(column.unit ?? "-") \(column.privacy.rawValue)"
            )
            guard was == now else { throw .changed(column: old.name, was: was, now: now) }
        }
        let known = Set(types.map(\.name))
        seen = []
        for old in names.types {
            guard seen.insert(old).inserted else { throw .repeated(name: old) }
            guard known.contains(old) else { throw .unknown(name: old) }
        }
        return SchemaRegistry(self, continuing: names)
    }
}
