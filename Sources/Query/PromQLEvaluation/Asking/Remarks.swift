import PromQLText

/// What people should know of an evaluation: each remark once, in the order in which they came.
struct Remarks {
    private var known: [Remark: Int] = [:]
    private var all: [(remark: Remark, extent: MonotonicityExtent?)] = []
    /// How often something was remarked, known or not.
    private(set) var made = 0

    /// After so many nobody reads on.
    private static let countMax = 1_000

    mutating func add(_ words: RemarkWords, at place: Place, _ extent: MonotonicityExtent? = nil) {
        made += 1
        let remark = Remark(words: words, start: place.range.lowerBound)
        if let index = known[remark] {
            if let extent { all[index].extent?.extend(by: extent) }
            return
        }
        guard all.count < Self.countMax else { return }
        known[remark] = all.count
        all.append((remark, extent))
    }

    func written(in text: [UInt8], areWarnings: Bool) -> [String] {
        all.filter { $0.remark.words.isWarning == areWarnings }.map { remark, extent in
            "PromQL " + (areWarnings ? "warning" : "info") + ": " + remark.words.text + (extent?.text ?? "") + " ("
                + TextPosition.written(remark.start, in: text) + ")"
        }
    }
}

/// One remark and where the part begins that it is about.
private struct Remark: Hashable {
    let words: RemarkWords
    let start: Int
}
