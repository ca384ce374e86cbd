import Columnar

/// What is kept of a piece: its cells at coarse points, and when each of its label sets begins.
final class CellPiece: Sendable {
    /// No other piece has it.
    let number = MorselIdentity.freshOrigin()
    let coarse: CellRun
    let firsts: [(set: Int, time: Int64)]
    /// Of its cells; nil where it has none.
    let points: ClosedRange<Int64>?
    /// By coarse point a number for what counts and what begins there: see ``CellRun/marks``.
    let marks: [(point: Int64, mark: UInt64)]
    /// Its cells at every point, where no rows are there to be read again.
    let fine: CellRun?
    let memoryBytes: Int

    init(_ fine: CellRun, firsts: [(set: Int, time: Int64)], holdsCells: Bool = false) {
        (coarse, self.firsts, points) = (fine.coarse, firsts, fine.points)
        self.fine = holdsCells ? fine : nil
        var marks = fine.marks
        for (set, time) in firsts {
            let point = CoarsePoint.containing(SamplePoints.number(atOrAfter: time))
            let began = Mixing.mixed(UInt64(bitPattern: time)) &+ UInt64(set)
            marks[point, default: 0] &+= Mixing.mixed(began)
        }
        // order: they are added up.
        self.marks = marks.map { (point: $0.key, mark: $0.value) }
        memoryBytes =
            coarse.memoryBytes + firsts.count * 16 + marks.count * 16 + 256 + (holdsCells ? fine.memoryBytes : 0)
    }
}

/// Numbers that look like chance.
enum Mixing {
    /// Another number for each number.
    static func mixed(_ number: UInt64) -> UInt64 {
        var word = number &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
