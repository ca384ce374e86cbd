/// Every column and event type that the program knows, in a fixed order; what decoding, storage and SQL look names up
/// in.
///
/// Made once at start-up from the schema files that are built in, then shared by everyone: it never changes. Column 0
/// is `id`, 1 `source`, 2 `tenant`; then the context, then own fields by file and name, then `attributes`. A store
/// keeps the order that it was created with (``builtIn(continuing:)``): ids stand in its files.
package final class SchemaRegistry: Sendable {
    /// All columns, by id.
    package let columns: [SchemaColumn]
    /// All types, by id.
    package let types: [SchemaEventType]
    /// Columns that events of every type may carry, ascending: the envelope's and the context's.
    package let contextColumns: [UInt16]
    /// Columns that code needs by name.
    package let wellKnown: WellKnownColumns
    /// Types that code needs by name.
    package let wellKnownTypes: WellKnownTypes

    private let columnTable: NameTable
    private let typeTable: NameTable
    /// One bit for each pair of type and column, ``wordsPerType`` words a type.
    private let allowedBits: [UInt64]
    private let wordsPerType: Int

    /// - Precondition: ids are indexes, names distinct; the built-in files are checked by tests.
    init(columns: [SchemaColumn], types: [SchemaEventType], contextColumns: [UInt16]) {
        self.columns = columns
        self.types = types
        self.contextColumns = contextColumns
        columnTable = NameTable(columns.map(\.name))
        typeTable = NameTable(types.map(\.name))
        precondition(columns.indices.allSatisfy { Int(columns[$0].id) == $0 }, "ids of columns are places")
        precondition(types.indices.allSatisfy { Int(types[$0].id) == $0 }, "ids of types are places")
        assert(zip(contextColumns, contextColumns.dropFirst()).allSatisfy { $0 < $1 }, "columns of the context ascend")
        wordsPerType = (columns.count + 63) / 64
        var bits = [UInt64](repeating: 0, count: wordsPerType * types.count)
        for type in types {
            for column in contextColumns + type.ownColumns {
                bits[Int(type.id) * wordsPerType + Int(column) / 64] |= 1 << (column % 64)
            }
        }
        allowedBits = bits
        let (columnTable, typeTable) = (columnTable, typeTable)
        wellKnown = WellKnownColumns { name in
            guard let id = columnTable.find(Array(name.utf8).span) else {
                preconditionFailure("no schema file has the field \(name)")
            }
            return id
        }
        wellKnownTypes = WellKnownTypes { name in
            guard let id = typeTable.find(Array(name.utf8).span) else {
                preconditionFailure("no schema file has the type \(name)")
            }
            return id
        }
    }

    /// Id of a column by the UTF-8 bytes of its name; nil where no schema has it. Does not allocate.
    package func column(utf8 name: Span<UInt8>) -> UInt16? { columnTable.find(name) }
    /// The same for a slice of bytes.
    package func column(utf8 name: ArraySlice<UInt8>) -> UInt16? { columnTable.find(name.span) }
    /// The same for text; allocates.
    package func column(named name: String) -> UInt16? { columnTable.find(Array(name.utf8).span) }

    /// Id of an event type by the UTF-8 bytes of its name, with or without the prefix `io.plimsoll.`; nil where it is
    /// unknown. Does not allocate.
    package func type(utf8 name: Span<UInt8>) -> UInt16? {
        let prefix: StaticString = "io.plimsoll."
        guard name.count > prefix.utf8CodeUnitCount, name[0] == UInt8(ascii: "i"), name[2] == UInt8(ascii: ".") else {
            return typeTable.find(name)
        }
        for (place, byte) in SchemaRegistry.typePrefix.enumerated() where name[place] != byte {
            return typeTable.find(name)
        }
        return typeTable.find(name.extracting(SchemaRegistry.typePrefix.count..<name.count))
    }
    /// The same for a slice of bytes.
    package func type(utf8 name: ArraySlice<UInt8>) -> UInt16? { type(utf8: name.span) }
    /// The same for text; allocates.
    package func type(named name: String) -> UInt16? { type(utf8: Array(name.utf8).span) }

    private static let typePrefix = Array("io.plimsoll.".utf8)

    /// Whether events of the type may carry the column as a field of their own or of the context.
    package func isAllowed(_ column: UInt16, in type: UInt16) -> Bool {
        guard Int(column) < columns.count, Int(type) < types.count else { return false }
        return allowedBits[Int(type) * wordsPerType + Int(column) / 64] & (1 << (column % 64)) != 0
    }

    /// Whether a text is among the values that the type lists for the field; true where it lists none. Others are
    /// counted, or refused where the column is closed. Does not allocate.
    /// - Complexity: O(listed values).
    package func isKnown(_ value: Span<UInt8>, of column: UInt16, in type: UInt16) -> Bool {
        let known: [String]
        if let place = types[Int(type)].ownColumns.firstIndex(of: column) {
            known = types[Int(type)].knownValues[place]
        } else {
            known = columns[Int(column)].knownValues
        }
        if known.isEmpty { return true }
        for text in known {
            let utf8 = text.utf8
            guard utf8.count == value.count else { continue }
            var place = 0
            for byte in utf8 {
                if byte != value[place] { break }
                place += 1
            }
            if place == value.count { return true }
        }
        return false
    }

    /// Names of all types, sorted: what the refusal of an unknown type lists.
    package var typeNames: [String] { types.map(\.name).sorted() }
}
