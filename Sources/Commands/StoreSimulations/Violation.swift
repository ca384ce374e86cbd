/// What a store did that it must never do.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// What must hold at every time, by the numbers that the reliability tests know them by.
    enum Invariant: String, Sendable {
        /// Everything acknowledged is there, as it was sent.
        case nothingLost = "I1"
        /// What is recovered is a beginning of what was sent, without a hole.
        case noHoles = "I2"
        /// A batch is there whole or not at all.
        case wholeBatches = "I3"
        /// Nothing is there that was not sent, and nothing twice.
        case nothingInvented = "I4"
        /// What is computed of events equals what is computed of them anew.
        case computedRightly = "I5"
        /// A start that is cut short and begun again ends where one at a stretch does.
        case recoveredTwice = "I6"
        /// What is damaged or fails gives the right answer or an error that says what and where.
        case answeredOrRefused = "I7"
        /// Damage of one segment leaves the others readable.
        case othersReadable = "I8"
        /// After a failed flush nothing more is acknowledged.
        case silentAfterFailedFlush = "I9"
        /// Positions and received times only grow, and no position is given twice.
        case positionsGrow = "I10"
        /// There are as many flushes as acknowledgements ask for.
        case flushesCounted = "I14"
    }

    var invariant: Invariant
    /// What was seen, in words.
    var text: String

    init(_ invariant: Invariant, _ text: String) { (self.invariant, self.text) = (invariant, text) }

    package var description: String { "\(invariant.rawValue): \(text)" }
}
