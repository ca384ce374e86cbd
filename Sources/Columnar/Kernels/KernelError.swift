/// What a kernel cannot compute, without words of any language that asks for it: an engine refuses, a fold leaves it to
/// others.
package enum KernelError: Error, Hashable, Sendable {
    /// An exact number would need more than 38 digits.
    case decimalOverflow
    /// A result lies outside of its type.
    case outOfRange(ColumnType)
    /// The parts of an interval do not hold its sum.
    case intervalOverflow
    /// A value is too large to be counted in a histogram of integers.
    case uncountable
    /// A text would be longer than texts may be.
    case textTooLong
    /// Whoever asked wants no more, or its time is over: see ``KernelWatch``.
    case stopped
    /// Rows would be put into no part.
    case noTiles
    /// The first value of a frame is the number one.
    case noPlace
    /// The text of a histogram is none.
    case damagedHistogram(expected: String)
}
