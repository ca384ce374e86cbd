/// The state of one aggregate over all groups of one thread: grow, update by chunks, merge with other threads', finish.
package protocol Accumulator: Sendable {
    /// Makes room for groups numbered below `groups`.
    mutating func grow(to groups: Int)
    /// Takes room for so many groups at once, which there will be, roughly.
    mutating func reserve(groups: Int)
    /// Takes in a chunk's arguments.
    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError)
    /// Takes in numbers which are yet to be divided by what the state was made for; false, and nothing happened, where
    /// it wants the quotients.
    mutating func update(dividends: Vector, _ assignment: GroupAssignment) throws(KernelError) -> Bool
    /// Takes in another thread's state; `mapping` gives its groups' numbers here.
    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws(KernelError)
    /// The results of groups, in the order asked for.
    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector
    /// The same for states whose finish takes long: it looks at the watch between bounded stretches of work.
    func finish(_ groups: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector
    /// The same for states whose finish others may share.
    func finish(_ groups: [UInt32], _ watch: KernelWatch, _ helpers: KernelHelpers) throws(KernelError) -> Vector
    /// Whether values may have no result, which is then refused: all groups are finished, though few are wanted.
    var mayRefuse: Bool { get }
    /// What finishing needs beside ``memoryBytes``, the results' texts above all: for budgets.
    var finishBytes: Int { get }
    /// Takes in a whole page by what its header says of it; false, and nothing happened, when that is not enough.
    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool
    /// What the state holds, roughly: for budgets.
    var memoryBytes: Int { get }
}

extension Accumulator {
    /// As `absorb`, of a state of the same kind.
    package mutating func merge(_ other: any Accumulator, _ mapping: [UInt32]) throws(KernelError) {
        guard let other = other as? Self else { preconditionFailure("states of one aggregate are of one kind") }
        try absorb(other, mapping)
    }

    /// Most finish in a time that the number of their groups bounds.
    package func finish(_ groups: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        try watch.look()
        return try finish(groups)
    }

    /// Most take less than sharing does.
    package func finish(
        _ groups: [UInt32], _ watch: KernelWatch, _ helpers: KernelHelpers
    ) throws(KernelError) -> Vector { try finish(groups, watch) }

    /// Most sums may be too great, or are handed on to others.
    package var mayRefuse: Bool { true }

    /// Most results are small.
    package var finishBytes: Int { 0 }

    /// Most take it as groups come.
    package mutating func reserve(groups: Int) {}

    /// Most want values as they are.
    package mutating func update(dividends: Vector, _ assignment: GroupAssignment) throws(KernelError) -> Bool {
        false
    }

    /// Most states need every row.
    package mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool { false }
}

extension Array {
    /// Appends `value` until there are `count` elements.
    mutating func pad(to newCount: Int, with value: Element) {
        if newCount > count { append(contentsOf: repeatElement(value, count: newCount - count)) }
    }
}
