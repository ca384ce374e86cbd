package import Platform

/// Says on stderr how far a long work is, how fast, and how long it will take: on a terminal one line, redrawn at most
/// five times a second, elsewhere a plain line every five seconds.
package struct ProgressLine {
    /// Where it says it.
    package enum Form: Sendable { case terminal, lines, none }

    private static let redrawNanoseconds: Int64 = 200_000_000
    private static let lineNanoseconds: Int64 = 5_000_000_000
    private static let barCharacters = 24

    private let clock: any Clock
    private let form: Form
    private let write: @Sendable (String) -> Void
    private let start: Int64
    private var lastDrawn: Int64 = .min
    /// Characters of the line on the screen.
    private var drawnCount = 0

    /// Starts the clock of rate and time left.
    package init(
        clock: any Clock, form: Form = StandardStream.error.isTerminal ? .terminal : .lines,
        write: @escaping @Sendable (String) -> Void = { _ = try? StandardStream.error.write(Array($0.utf8)) }
    ) {
        self.clock = clock
        self.form = form
        self.write = write
        start = clock.monotonicNanoseconds()
        // The first plain line is due when work that is short has long ended.
        if form == .lines { lastDrawn = start }
    }

    /// Draws when the last drawing is old enough.
    /// - Parameters:
    ///   - done: work done, of `total`; a total of nil is unknown.
    ///   - count: things done, as the rate counts them.
    package mutating func update(done: Int, total: Int?, count: Int, unit: String) {
        guard form != .none else { return }
        let now = clock.monotonicNanoseconds()
        let pause = form == .terminal ? Self.redrawNanoseconds : Self.lineNanoseconds
        guard lastDrawn == .min || now - lastDrawn >= pause else { return }
        lastDrawn = now
        let line = Self.line(done: done, total: total, count: count, unit: unit, elapsedNanoseconds: now - start)
        if form == .terminal { draw(line) } else { write(line + "\n") }
    }

    /// Wipes the line, for whatever is printed next.
    package mutating func clear() {
        guard drawnCount > 0 else { return }
        draw("")
        write("\r")
    }

    private mutating func draw(_ line: String) {
        let padding = String(repeating: " ", count: max(0, drawnCount - line.count))
        write("\r" + line + padding)
        drawnCount = line.count
    }

    /// `[######------]  50%  1200000 events  410000/s  3 s left`
    package static func line(done: Int, total: Int?, count: Int, unit: String, elapsedNanoseconds: Int64) -> String {
        let seconds = Double(elapsedNanoseconds) / 1e9
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        let counted = "\(count) \(unit)  \(rate)/s"
        guard let total, total > 0 else { return counted }
        let share = min(1, max(0, Double(done) / Double(total)))
        let filled = Int(share * Double(barCharacters))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barCharacters - filled)
        var line = "[\(bar)] \(Int(share * 100))%  \(counted)"
        if share > 0.02, share < 1 { line += "  \(duration(seconds * (1 - share) / share)) left" }
        return line
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60
            ? "\(whole) s"
            : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
