import Bytes
import Domain
import WireFormats

// Numbers of usage and cost, whatever they came in.
extension SpanReader {
    /// Keeps the numbers of an attribute that speaks of usage or cost, and notes those that no field reads.
    /// - Returns: whether it had any; a table may name it as content all the same.
    mutating func keep(
        _ attribute: OTLPAttribute, _ usage: UsageName, _ treatment: DialectBook.Treatment?, _ record: inout SpanRecord
    ) -> Bool {
        let leaves: [NumberExtractor.Leaf]
        switch attribute.value {
        case .integer, .double:
            guard let number = Self.spanValue(attribute.value) else { return false }
            leaves = [NumberExtractor.Leaf(path: "", value: number)]
        case .text(let bytes):
            guard bytes.count <= Bounds.membersTextBytes else { return false }
            if let number = Self.number(bytes) {
                leaves = [NumberExtractor.Leaf(path: "", value: number)]
            } else {
                leaves = NumberExtractor.leaves(in: bytes) ?? []
                record.withheldValues += leaves.isEmpty ? 0 : 1
            }
        case .map, .array:
            leaves = Self.leaves(of: attribute.value)
            record.withheldValues += leaves.isEmpty ? 0 : Self.textCount(attribute.value)
        case .empty, .boolean, .bytes: return false
        }
        guard !leaves.isEmpty else { return false }
        if treatment == .content || treatment == .unread {
            noteUnknown(attribute.key, attribute.value, &record)
            return true
        }
        let isKept = treatment == .kept || treatment == .numbers || treatment == .plain
        for leaf in Self.withSums(leaves) { keep(leaf, of: attribute.key, usage, isKept: isKept, &record) }
        return true
    }

    /// The numbers with those of a call's goes added up: names are the same in each, and each was billed.
    static func withSums(_ leaves: [NumberExtractor.Leaf]) -> [NumberExtractor.Leaf] {
        guard leaves.contains(where: { UsageWords.isOfIterations($0.path) }) else { return leaves }
        var result: [NumberExtractor.Leaf] = []
        var places: [String: Int] = [:]
        for leaf in leaves {
            guard UsageWords.isOfIterations(leaf.path), let count = leaf.value.wholeNumber,
                (0...Limits.tokensMax).contains(count)
            else {
                result.append(leaf)
                continue
            }
            if let place = places[leaf.path], let before = result[place].value.wholeNumber {
                // What is beyond the limit stays there, so that it is no count.
                result[place].value = .integer(min(before + count, Limits.tokensMax + 1))
            } else {
                places[leaf.path] = result.count
                result.append(leaf)
            }
        }
        return result
    }

    /// - Parameter isKept: whether a table has the attribute kept whatever it says.
    func keep(
        _ leaf: NumberExtractor.Leaf, of name: String, _ usage: UsageName, isKept: Bool, _ record: inout SpanRecord
    ) {
        let reported = leaf.path.isEmpty ? name : name + "/" + leaf.path
        guard leaf.path.isEmpty || UsageName(reported) != nil else { return }
        let key = leaf.path.isEmpty || book.reads(reported) ? reported : name + "/" + UsageWords.shown(leaf.path)
        guard let usage = leaf.path.isEmpty ? usage : UsageName(key), key.utf8.count <= 2 * Bounds.nameBytes else {
            return
        }
        var isRead = usage != .unread || book.reads(key)
        if case .field(let field) = usage, field != .reportedCost {
            isRead = leaf.value.wholeNumber.map { (0...Limits.tokensMax).contains($0) } ?? false
        }
        if usage == .costPart { isRead = book.reads(key) }
        if !isRead { noteUnknown(key, leaf.value.typeName, &record) }
        // A text that nobody here reads as usage may be anything, and so may a number whose name is not shown.
        if !isRead, key.hasSuffix("/*") || !isKept && leaf.value.typeName == "string" {
            record.withheldValues += leaf.path.isEmpty ? 1 : 0
            return
        }
        // Of numbers whose names are shown alike the largest.
        if key != reported, let other = record.attributes[key]?.number, other >= leaf.value.number ?? 0 { return }
        if record.attributes.count < Bounds.attributes + Bounds.usageAttributes { record.attributes[key] = leaf.value }
    }

    /// Numbers of a map or list that came as such, with the names that lead to them. Longer names than a name of usage
    /// has lead to none: each number carries its own.
    static func leaves(of value: OTLPValue, _ path: [String] = []) -> [NumberExtractor.Leaf] {
        guard path.count < 16, path.last?.utf8.count ?? 0 <= 2 * Bounds.nameBytes else { return [] }
        switch value {
        case .map(let members): return members.prefix(64).flatMap { leaves(of: $0.value, path + [$0.key]) }
        case .array(let elements): return elements.prefix(64).flatMap { leaves(of: $0, path) }
        case .integer(let number) where !path.isEmpty:
            return [NumberExtractor.Leaf(path: path.joined(separator: "/"), value: .integer(number))]
        case .double(let number) where number.isFinite && !path.isEmpty:
            return [NumberExtractor.Leaf(path: path.joined(separator: "/"), value: .double(number))]
        default: return []
        }
    }

    /// The parts of a cost whose total was told need nobody who reads them.
    func forgetCostParts(_ record: inout SpanRecord) {
        let costParts = record.unknownAttributes.keys.filter { UsageName($0.text) == .costPart }
        guard !costParts.isEmpty, SpanUsage(MappedSpan(record, book)).reportedCost != nil else { return }
        // order: each is removed for itself.
        for name in costParts { record.unknownAttributes[name] = nil }
    }

    /// Whether a field can take its number from what stands under a name that some field reads; true for all others.
    func isCount(_ value: OTLPValue, _ name: String) -> Bool {
        let usage = UsageName(name)
        let isOfField = if case .field? = usage { true } else { false }
        guard isOfField || book.reads(name) else { return true }
        guard let said = Self.spanValue(value) else { return false }
        let isCost =
            usage == .field(.reportedCost)
            || (book.rules[.reportedCost] ?? []).contains { $0.key.hasSameBytes(as: name) }
        return isCost ? said.number != nil : said.wholeNumber.map { $0 >= 0 } ?? false
    }

    /// Keeps what is a number, yes or no, or a container of numbers under names that may be shown; the rest is
    /// withheld.
    func storeNumbers(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        var leaves: [NumberExtractor.Leaf] = []
        switch value {
        case _
        where CredentialDetection.isLikely(name, value)
            || UsageWords.isCredential(UsageWords.segments(of: name).flatMap { $0 }):
            record.withheldValues += Self.valueCount(value)
        case .integer, .double, .boolean:
            if !isCount(value, name) { noteUnknown(name, value, &record) }
            return store(value, name, &record)
        case .text(let bytes):
            record.withheldValues += 1
            if let number = Self.number(bytes) {
                record.withheldValues -= 1
                if !isCount(value, name) { noteUnknown(name, value, &record) }
                record.attributes[name] = number
            } else if bytes.count <= Bounds.membersTextBytes {
                leaves = NumberExtractor.leaves(in: bytes) ?? []
                if leaves.isEmpty { noteUnknown(name, value, &record) }
            }
        case .array(let elements):
            if !isCount(value, name) { noteUnknown(name, value, &record) }
            guard Self.textCount(value) > 0 || elements.isEmpty else { return store(value, name, &record) }
            record.withheldValues += Self.textCount(value)
        case .map:
            leaves = Self.leaves(of: value)
            record.withheldValues += Self.textCount(value)
        case .empty, .bytes: record.withheldValues += Self.textCount(value)
        }
        for leaf in leaves {
            let key = name + "/" + UsageWords.shown(leaf.path)
            guard !key.hasSuffix("/*"), key.utf8.count <= 2 * Bounds.nameBytes else { continue }
            if record.attributes.count < Bounds.attributes { record.attributes[key] = leaf.value }
        }
    }
}
