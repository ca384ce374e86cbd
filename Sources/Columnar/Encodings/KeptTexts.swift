internal import Bytes
internal import Synchronization

// Ids have so many values that pages keep to dictionaries of their own (`SharedTexts`), and whoever groups by them
// would look each text of each page up by its bytes, question after question. A segment has them once, in blocks
// (`TextPool`). Here each text of a block has a number among all of its column's in the store, found out when the block
// is asked for the second time: who asks one question alone pays nothing for the next. From then on pages turn into
// numbers, no block is read, and no text is looked at.

/// Numbers of the texts that blocks of segments have, column by column, and one dictionary for all numbers of a column.
/// Bounded for all segments together. Safe from any thread.
package final class KeptTexts: Sendable {
    /// The blocks of one column in one segment that a page names.
    package struct Blocks: Sendable {
        let column: ExactText
        let origin: UInt64
        let indices: [Int]
        let textCount: Int

        /// - Parameters:
        ///   - column: the column's name; columns of one name share their numbers, whatever their table.
        ///   - origin: of the segment, a number that nothing else has in this process.
        ///   - indices: which of the segment's blocks, in the order in which the page's codes count through them.
        ///   - textCount: how many texts they have together.
        /// - Precondition: there is a block.
        package init(column: String, origin: UInt64, indices: [Int], textCount: Int) {
            precondition(!indices.isEmpty, "a page of shared texts names blocks")
            (self.column, self.origin) = (ExactText(column), origin)
            (self.indices, self.textCount) = (indices, textCount)
        }
    }

    /// What the codes of such a page are among all texts of the column.
    package struct Numbers: Sendable {
        /// By code of the page, block by block.
        private let parts: [[UInt32]]
        /// How many codes there are.
        let count: Int
        /// The texts by their numbers; it has these and more.
        let dictionary: TextDictionary

        fileprivate init(_ answer: Answer) {
            (parts, dictionary) = (answer.parts, answer.dictionary)
            count = parts.reduce(0) { $0 + $1.count }
        }

        /// Blocks of far more texts than there are codes are not put together for them.
        private static let textsPerCode = 4

        /// Puts in the place of each code of the page its number.
        /// - Returns: false where a code is beyond them; nothing has happened then.
        /// - Complexity: O(codes + texts), or O(codes · log blocks) where they are few.
        func replace(_ codes: inout [UInt32]) -> Bool {
            if parts.count == 1 { return CodeTable.replace(&codes, by: parts[0]) }
            if codes.count < count / Self.textsPerCode { return replace(few: &codes) }
            var numbers: [UInt32] = []
            numbers.reserveCapacity(count)
            for part in parts { numbers.append(contentsOf: part) }
            return CodeTable.replace(&codes, by: numbers)
        }

        private func replace(few codes: inout [UInt32]) -> Bool {
            guard BitPacking.areAll(codes, below: count) else { return false }
            var starts = [0]
            for part in parts { starts.append(starts[starts.count - 1] + part.count) }
            // Neighbours are mostly of one block.
            var (block, known) = (0, 0..<parts[0].count)
            for row in codes.indices {
                let code = Int(codes[row])
                if !known.contains(code) {
                    block = starts.partitioningIndex { $0 > code } - 1
                    known = starts[block]..<starts[block + 1]
                }
                codes[row] = parts[block][code - known.lowerBound]
            }
            return true
        }
    }

    /// The same, block by block.
    fileprivate struct Answer: Sendable {
        var parts: [[UInt32]]
        var dictionary: TextDictionary
    }

    private enum Look: Sendable {
        case known(Answer)
        /// Blocks to be read and taken.
        case missing([Int])
        /// Not this time.
        case nothing
    }

    private struct Block {
        /// By place in the block; empty where it was asked for once alone.
        var numbers: [UInt32] = []
        /// Above all numbers.
        var end = 0
    }

    private struct Column {
        let family = TextFamily()
        var interner = TextInterner()
        var longest = 0
        /// The texts that were there when it was made; nil: nobody wanted them yet.
        var dictionary: TextDictionary?
        /// How often numbers were asked for since then.
        var asked = 0
        /// By origin and index.
        var blocks: [UInt64: [Int: Block]] = [:]
        /// In all blocks.
        var numberCount = 0
        /// Whether texts came for which there was no room: others are not read for nothing.
        var isFull = false

        /// Bytes held, roughly: a dictionary that lacks the newest texts is a second copy of the others.
        var heldBytes: Int {
            let isBehind = dictionary.map { $0.count < interner.count } ?? false
            return interner.memoryBytes * (isBehind ? 2 : 1) + numberCount * 4
        }

        /// The numbers of blocks; nil where one has none, or where a new dictionary would come too soon.
        /// - Parameter isNew: whether some were read for it.
        mutating func answer(_ wanted: Blocks, isNew: Bool) -> Answer? {
            asked += 1
            var parts: [[UInt32]] = []
            var end = 0
            for index in wanted.indices {
                guard let block = blocks[wanted.origin]?[index], !block.numbers.isEmpty else { return nil }
                parts.append(block.numbers)
                end = max(end, block.end)
            }
            if let dictionary, end <= dictionary.count { return Answer(parts: parts, dictionary: dictionary) }
            guard isDue(isNew: isNew) else { return nil }
            let whole = interner.indexed(of: family, longest: longest)
            (dictionary, asked) = (whole, 0)
            return Answer(parts: parts, dictionary: whole)
        }

        /// Whether a new dictionary may be made. The texts that come after it are beside a copy of all of it, so that
        /// one for each block would cost the square of what there is.
        private func isDue(isNew: Bool) -> Bool {
            if asked > KeptTexts.asksPerDictionary, dictionary != nil { return true }
            return !isNew && interner.count >= (dictionary?.count ?? 0) / 8 * 9
        }

        /// Gives the texts of a block their numbers.
        /// - Complexity: O(bytes of the texts), and of all others where a dictionary was made since the last ones came.
        mutating func take(_ texts: TextDictionary, of wanted: Blocks, index: Int) {
            let numbers = interner.intern((0..<UInt32(texts.count)).map { $0 }, of: texts)
            for code in 0..<texts.count { longest = max(longest, texts.range(code).count) }
            let end = numbers.reduce(0) { max($0, Int($1) + 1) }
            blocks[wanted.origin, default: [:]][index] = Block(numbers: numbers, end: end)
            numberCount += numbers.count
        }
    }

    private struct State {
        var columns: [ExactText: Column] = [:]

        var heldBytes: Int { columns.values.reduce(0) { $0 + $1.heldBytes } }
    }

    /// Once numbers were asked for so often, new texts are worth a new dictionary at once.
    private static let asksPerDictionary = 8
    /// What a text takes beside its bytes: where it begins, its place in the table, its number in a block.
    private static let textBytes = 40

    private let bytesMax: Int
    private let state = Mutex(State())

    /// Nothing is known.
    /// - Parameter bytesMax: what is held, roughly; a dictionary that a question holds may be an earlier one.
    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// What codes that count through the texts of blocks are among all texts of the column; nil where that is not known
    /// yet, or texts are too many to be kept: the page is then read with its texts.
    /// - Parameter read: gives the texts of one of the blocks, all of them.
    /// - Throws: what `read` throws.
    /// - Complexity: O(texts of the blocks); of their bytes the second time a block is asked for, and then no more.
    package func numbers(
        of blocks: Blocks, read: (_ index: Int) throws -> TextDictionary
    ) rethrows -> Numbers? {
        switch state.withLock({ look(at: blocks, in: &$0) }) {
        case .known(let answer): return Numbers(answer)
        case .nothing: return nil
        case .missing(let indices):
            // Not under the lock: others know theirs.
            var texts: [TextDictionary] = []
            for index in indices { texts.append(try read(index)) }
            let found = texts
            return state.withLock { take(found, as: indices, of: blocks, in: &$0) }.map { Numbers($0) }
        }
    }

    private func look(at blocks: Blocks, in state: inout State) -> Look {
        if bytesMax == 0 { return .nothing }
        let before = state.heldBytes
        var column = state.columns.removeValue(forKey: blocks.column) ?? Column()
        defer { state.columns[blocks.column] = column }
        var (missing, isFirst) = ([Int](), false)
        for index in blocks.indices {
            if let known = column.blocks[blocks.origin]?[index] {
                if known.numbers.isEmpty { missing.append(index) }
            } else {
                column.blocks[blocks.origin, default: [:]][index] = Block()
                isFirst = true
            }
        }
        if isFirst || (!missing.isEmpty && column.isFull) { return .nothing }
        if missing.isEmpty { return column.answer(blocks, isNew: false).map { .known($0) } ?? .nothing }
        guard before + blocks.textCount * Self.textBytes <= bytesMax else { return .nothing }
        return .missing(missing)
    }

    private func take(
        _ texts: [TextDictionary], as indices: [Int], of blocks: Blocks, in state: inout State
    ) -> Answer? {
        for (index, texts) in zip(indices, texts) {
            let held = state.heldBytes
            var column = state.columns.removeValue(forKey: blocks.column) ?? Column()
            defer { state.columns[blocks.column] = column }
            // Somebody else may have taken it meanwhile.
            if column.blocks[blocks.origin]?[index]?.numbers.isEmpty == false { continue }
            guard held + texts.bytes.count + texts.count * Self.textBytes <= bytesMax else {
                column.isFull = true
                return nil
            }
            column.take(texts, of: blocks, index: index)
        }
        var column = state.columns.removeValue(forKey: blocks.column) ?? Column()
        defer { state.columns[blocks.column] = column }
        return column.answer(blocks, isNew: true)
    }

    /// Lets go of an origin's blocks; of all of a column where most of its texts were of such.
    /// - Complexity: O(columns + blocks of the origin).
    package func forget(origin: UInt64) {
        state.withLock { state in
            // order: each is changed by itself.
            for name in Array(state.columns.keys) {
                guard var column = state.columns.removeValue(forKey: name) else { continue }
                if let blocks = column.blocks.removeValue(forKey: origin) {
                    // order: they are counted.
                    column.numberCount -= blocks.values.reduce(0) { $0 + $1.numbers.count }
                    column.isFull = false
                    assert(column.numberCount >= 0, "what was taken is let go once")
                    if column.interner.count > 2 * column.numberCount { continue }
                }
                state.columns[name] = column
            }
        }
    }
}
