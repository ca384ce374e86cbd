/// What a store says that it has lost.
struct StatedLoss {
    /// What was given up, by its name: a segment, or a file of the log from a place on.
    var file: String
    /// Positions of the events that are lost: none where the last is before the first.
    var first, last: Int64
    /// Events that the file had, as far as they were intact.
    var events: Int

    var isOfSegment: Bool { file.hasSuffix(".segment") }

    func holds(_ position: Int64) -> Bool { first <= position && position <= last }
}
