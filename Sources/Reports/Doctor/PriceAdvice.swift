import Bytes
import Domain
import JSONTexts

/// What mends calls without an exact cost: prices, or what senders have to tell where no price does.
struct PriceAdvice {
    private let book: PriceBook
    private let known: PricedNames
    /// Lines for prices that a new one would end; of more it is only said that there are some.
    private static let keptMax = 24

    /// - Parameter book: what has a price.
    init(_ book: PriceBook) { (self.book, known) = (book, PricedNames(book)) }

    /// What mends all that is missing; never empty.
    func lines(for gap: DoctorQueries.PriceGap) -> [String] {
        let names = gap.gaps.split(separator: ",").map(String.init)
        let (hasSpans, hasEvents) = (gap.callsOfSpans > 0, gap.calls > gap.callsOfSpans)
        func told(onSpans span: [String], inEvents event: [String]) -> [String] {
            (hasSpans ? span : []) + (hasEvents ? event : [])
        }
        let classes = names.compactMap(TokenClass.init(rawValue:))
        var lines: [String] = []
        if !classes.isEmpty {
            lines = gap.provider.isEmpty || gap.model.isEmpty
                ? told(onSpans: DoctorAdvice.call, inEvents: DoctorAdvice.callOfEvents) : prices(classes, for: gap)
        }
        if names.contains(where: { Self.untold.contains($0) }) {
            lines += told(onSpans: DoctorAdvice.usage, inEvents: DoctorAdvice.usageOfEvents)
        }
        if names.contains("reading") {
            lines += told(onSpans: DoctorAdvice.reading, inEvents: DoctorAdvice.readingOfEvents)
        }
        let others = names.filter { TokenClass(rawValue: $0) == nil && $0 != "reading" && !Self.untold.contains($0) }
        lines += others.flatMap { Self.noPrice($0) }
        return lines.isEmpty ? ["`plimsoll prices check`: what is missing was not noted when it was booked"] : lines
    }

    private static let untold = ["usage", "untold_input", "untold_output"]

    /// Of what is no class of tokens: a price list cannot name it.
    private static func noPrice(_ name: String) -> [String] {
        if name.utf8.starts(with: CostGaps.lengthPrefix.utf8) {
            return [
                "no price mends this: those of the list hold up to \(name.dropFirst(CostGaps.lengthPrefix.count)) "
                    + "tokens of input, and of longer prompts it is told what they cost at least"
            ]
        }
        if name == BookedCost.untoldTokens {
            return [
                "the counts that make up the total: cache and reasoning tokens beside those of input and output; no "
                    + "price mends this"
            ]
        }
        return ["no price mends \(name): no class of tokens tells it; a cost.recorded event can say what it cost"]
    }

    // MARK: Price lists

    /// A price of a list: what it is for, and from when on.
    private struct Line {
        var tokenClass: TokenClass
        var tier: String
        var amount: String
        var from: String
    }

    private func prices(_ classes: [TokenClass], for gap: DoctorQueries.PriceGap) -> [String] {
        // Prices for a name that is none would keep it.
        if let meant = known.providerMeant(by: gap.provider) {
            return ["\(gap.provider): did you mean \(meant), whose calls have prices? Let the sender name it so"]
        }
        let near = known.advice(provider: gap.provider, model: gap.model)
        // Shown with escapes it would be another name in a list.
        if [gap.provider, gap.model, gap.tier].contains(where: { !VisibleText.of($0).hasSameBytes(as: $0) }) {
            return [near, Self.unseen].compactMap { $0 }
        }
        let isOfTime = classes.first == .gpu
        let own = classes.filter { ($0 == .gpu) == isOfTime }
        let tier = PriceEntry.normalised(tier: gap.tier)
        let since = gap.since.map { "\(RFC3339.render($0).prefix(10))T00:00:00Z" } ?? ""
        let start = (try? RFC3339.parse(since)) ?? gap.since ?? .min
        let ended = ended(by: gap, from: start, isOfTime).filter { entry, _ in
            !(entry.serviceTier.hasSameBytes(as: tier) && own.contains(entry.tokenClass))
        }
        var lines = [near].compactMap { $0 }
        if ended.count > Self.keptMax {
            lines.append(
                "the first price that is set for a model ends those that hold for it now: load them, too, as "
                    + "`plimsoll prices list --all` has them")
        } else if !ended.isEmpty {
            let isListed = ended.allSatisfy { $0.entry.origin == .builtIn }
            lines.append(
                "the first price that is set for a model ends "
                    + "\(isListed ? "its list prices" : "those that hold for it"): the lines with a number keep them")
        }
        let missing = own.map { Line(tokenClass: $0, tier: tier, amount: "PRICE", from: since) }
        let kept = ended.count > Self.keptMax ? [] : ended.map { entry, from in
            Line(
                tokenClass: entry.tokenClass, tier: entry.serviceTier, amount: entry.usd,
                from: from == start ? since : RFC3339.render(from))
        }
        return lines + Self.file(missing + kept, of: gap, isOfTime)
    }

    private static let unseen =
        "no line of CSV to copy can name it, since nobody sees some of its characters: let its sender mend the name; a "
        + "price list in JSON can name it, with those characters as escapes"

    private static func file(_ lines: [Line], of gap: DoctorQueries.PriceGap, _ isOfTime: Bool) -> [String] {
        let amount = isOfTime ? "usd_per_gpu_hour" : "usd_per_million_tokens"
        let hasTiers = lines.contains { !$0.tier.isEmpty }
        return [
            "plimsoll prices load FILE, FILE being these lines with a number for each PRICE:",
            "provider,model,token_class,\(hasTiers ? "service_tier," : "")\(amount),valid_from",
        ] + lines.map { line in
            var row = CSVWriter()
            for field in [gap.provider, gap.model, line.tokenClass.rawValue] { row.field(field) }
            if hasTiers { row.field(line.tier) }
            for field in [line.amount, line.from] { row.field(field) }
            return row.text
        }
    }

    /// The prices that hold for calls of the model from a time on, and from when each does, which end with the first
    /// that is set for it; none where some are set for it already.
    private func ended(
        by gap: DoctorQueries.PriceGap, from start: Int64, _ isOfTime: Bool
    ) -> [(entry: PriceEntry, from: Int64)] {
        let candidates = book.candidates(provider: gap.provider, requestModel: gap.model, responseModel: nil)
        let lists = [candidates.deciding(isGPU: isOfTime, at: start, known: .all)] + candidates.lists
        let list = lists.lazy.map { $0.filter { ($0.tokenClass == .gpu) == isOfTime } }.first { !$0.isEmpty } ?? []
        guard let first = list.first, first.origin == .builtIn || !first.model.hasSameBytes(as: gap.model) else {
            return []
        }
        var ended: [(entry: PriceEntry, from: Int64)] = []
        for entry in list {
            let from = max(start, entry.validFrom)
            // In canonical order: of those from one time on, and of all before the start, the last one holds.
            if let last = ended.last, last.from == from, last.entry.tokenClass == entry.tokenClass,
                last.entry.serviceTier.hasSameBytes(as: entry.serviceTier)
            {
                ended[ended.count - 1].entry = entry
            } else {
                ended.append((entry, from))
            }
        }
        return ended
    }
}
