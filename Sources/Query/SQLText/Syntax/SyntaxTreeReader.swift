import JSONParsing
import Plans

/// Reads the grammar's JSON tree.
enum SyntaxTreeReader {
    /// - Throws: `.queryTooComplex` when the tree is nested too deeply. The text comes from the grammar's own printer,
    ///   so nothing else is wrong with it.
    static func read(_ text: String) throws(QueryError) -> SyntaxNode {
        var tape = JSONTape()
        var parser = JSONParser(depthMax: TextLimits.treeDepthMax)
        do throws(JSONError) {
            try parser.parse(Array(text.utf8), into: &tape)
        } catch {
            throw QueryError.tooDeep(position: nil)
        }
        return node(tape, at: tape.root)
    }

    private static func node(_ tape: JSONTape, at place: Int) -> SyntaxNode {
        switch tape.kind(place) {
        case .object: return object(tape, at: place)
        case .array: return array(tape, at: place)
        case .string: return .string(tape.text(place))
        case .integer: return .integer(Int(tape.integer(place)))
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        case .unsigned, .double, .null: return .null
        }
    }

    private static func object(_ tape: JSONTape, at place: Int) -> SyntaxNode {
        var fields: [SyntaxField] = []
        var key = tape.firstChild(place)
        let end = tape.end(place)
        while key < end {
            let value = tape.next(key)
            fields.append(SyntaxField(name: tape.text(key), value: node(tape, at: value)))
            key = tape.next(value)
        }
        return .object(fields)
    }

    private static func array(_ tape: JSONTape, at place: Int) -> SyntaxNode {
        var items: [SyntaxNode] = []
        var item = tape.firstChild(place)
        let end = tape.end(place)
        while item < end {
            items.append(node(tape, at: item))
            item = tape.next(item)
        }
        return .array(items)
    }
}
