package import JSONParsing
package import JSONTexts

extension JSONWriter {
    /// The value at a place of a tape in canonical form: keys sorted by their UTF-8 bytes, of a repeated key the last
    /// value. Recurses as deep as the value nests, which the parser bounds.
    /// - Complexity: O(n log n).
    package mutating func value(canonical tape: JSONTape, at place: Int) {
        switch tape.kind(place) {
        case .object:
            beginObject()
            for key in tape.canonicalKeys(of: place) {
                self.key(utf8: tape.string(key))
                value(canonical: tape, at: key + 1)
            }
            endObject()
        case .array:
            beginArray()
            var child = tape.firstChild(place)
            let end = tape.end(place)
            while child < end {
                value(canonical: tape, at: child)
                child = tape.next(child)
            }
            endArray()
        case .string: value(utf8: tape.string(place))
        case .integer: value(tape.integer(place))
        case .unsigned: value(tape.unsigned(place))
        case .double: value(keepingType: tape.double(place))
        case .true: value(true)
        case .false: value(false)
        case .null: null()
        }
    }
}

extension JSONTape {
    /// Places of an object's keys in the order of canonical form, each key once with its last value.
    func canonicalKeys(of object: Int) -> [Int] {
        var keys: [Int] = []
        var place = firstChild(object)
        let end = end(object)
        while place < end {
            keys.append(place)
            place = next(place + 1)
        }
        return canonicalOrder(of: keys)
    }

    /// The same of keys that stand in one object or in several.
    func canonicalOrder(of keys: [Int]) -> [Int] {
        JSONWriter.canonicalOrder(of: keys.count) { string(keys[$0]) }.map { keys[$0] }
    }
}
