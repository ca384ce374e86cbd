internal import Domain
internal import JSONParsing
internal import JSONTexts

extension EventAssembler {
    /// `attributes` in the data: its members join the event's own, so that what we export reads back as it was.
    mutating func readAttributes(_ tape: JSONTape, _ place: Int, _ column: UInt16) throws(FieldError) {
        guard tape.kind(place) == .object else { throw mismatch(tape, place, column) }
        var key = tape.firstChild(place)
        let end = tape.end(place)
        while key < end {
            attributeKeys.append(key)
            key = tape.next(key + 1)
        }
    }

    /// Writes what was collected for `attributes` as one map in canonical form: keys sorted, of a repeated key the
    /// last.
    mutating func writeAttributes(_ tape: JSONTape) throws(FieldError) {
        guard !attributeKeys.isEmpty else { return }
        // Before sorting, which takes longer than reading did.
        guard attributeKeys.count <= limits.attributesMax else {
            let name = registry.columns[Int(registry.wellKnown.attributes)].name
            throw FieldError(
                field: name, expected: "at most \(limits.attributesMax) members", found: "\(attributeKeys.count)")
        }
        let keys = tape.canonicalOrder(of: attributeKeys)
        beginMap()
        let name = registry.columns[Int(registry.wellKnown.attributes)].name
        try writeMembers(tape, keys, name, depth: 0)
        if attributeWriter.bytes.count > 2 { fillFromAttributeWriter(registry.wellKnown.attributes) }
    }

    mutating func beginMap() {
        attributeWriter.removeAll()
        attributeMembers = 0
    }

    mutating func fillFromAttributeWriter(_ column: UInt16) {
        let start = scratch.count
        scratch.append(contentsOf: attributeWriter.bytes)
        fill(column, FieldSlot(kind: .scratchJSON, payload: Int64(start), count: Int32(scratch.count - start)))
    }

    /// Writes an object in canonical form, without members whose names are those of withheld fields and those that may
    /// be somebody's.
    mutating func writeMap(_ tape: JSONTape, _ place: Int, _ field: String, depth: Int) throws(FieldError) {
        try writeMembers(tape, tape.canonicalKeys(of: place), field, depth: depth)
    }

    private mutating func writeMembers(_ tape: JSONTape, _ keys: [Int], _ field: String, depth: Int) throws(FieldError)
    {
        attributeWriter.beginObject()
        let asked = askedOfPair(tape, keys)
        for key in keys {
            if let column = registry.column(utf8: tape.string(key)), plan.isWithheld[Int(column)] {
                withheldColumns.append(column)
                continue
            }
            if isSecretOfPair(tape, key, asked) || isPrivate(tape, key) {
                privateKeys.append(key)
                continue
            }
            // At the top null means absent; inside a value it is the sender's own.
            if depth == 0, tape.kind(key + 1) == .null { continue }
            attributeMembers += 1
            guard attributeMembers <= limits.attributesMax else {
                throw FieldError(field: field, expected: "at most \(limits.attributesMax) members", found: "more")
            }
            attributeWriter.key(utf8: tape.string(key))
            try writeValue(tape, key + 1, field, depth: depth + 1)
        }
        attributeWriter.endObject()
    }

    private mutating func writeValue(_ tape: JSONTape, _ place: Int, _ field: String, depth: Int) throws(FieldError) {
        switch tape.kind(place) {
        case .object, .array:
            guard depth < limits.attributesDepthMax else {
                throw FieldError(
                    field: field, expected: "at most \(limits.attributesDepthMax) levels of nesting", found: "more")
            }
            if tape.kind(place) == .object {
                try writeMap(tape, place, field, depth: depth)
            } else {
                try writeElements(tape, place, field, depth: depth)
            }
        default: attributeWriter.value(canonical: tape, at: place)
        }
        guard attributeWriter.bytes.count <= limits.attributesBytesMax else {
            throw FieldError(field: field, expected: "at most \(limits.attributesBytesMax) bytes", found: "more")
        }
    }

    private mutating func writeElements(_ tape: JSONTape, _ place: Int, _ field: String, depth: Int) throws(FieldError)
    {
        attributeWriter.beginArray()
        var child = tape.firstChild(place)
        let end = tape.end(place)
        while child < end {
            try writeValue(tape, child, field, depth: depth + 1)
            child = tape.next(child)
        }
        attributeWriter.endArray()
    }
}
