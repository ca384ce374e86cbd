import Bytes
import Dashboarding
import JSONTexts
import Plans
import PromQLEvaluation
import PromQLText

/// What variables may be, and what they are.
extension BoardRun {
    /// The line of a variable that people choose; what it stands for is known from then on.
    func line(of variable: BoardVariable) throws(SeriesRefusal) -> [UInt8]? {
        let given = request.chosen.filter { $0.name.utf8.elementsEqual(variable.name.utf8) }.map(\.value)
        switch variable.source {
        case .constant(let text):
            set(variable, to: .raw(ByteText(text.utf8)), [ByteText(text.utf8)])
            return nil
        case .datasource:
            texts[variable.name] = .raw("")
            return nil
        case .fixed:
            let chosen = given.isEmpty ? variable.chosen.map { ByteText($0.utf8) } : given
            set(variable, to: .values(chosen), chosen)
            return BoardLines.variable(variable, values: [], chosen: chosen, refusal: nil)
        case .labelValues(let query):
            let known = Self.chosen(variable, given, [])
            if request.part == .panels, !asksForValues(variable, known) {
                let isAll = Self.isAll(known)
                let raw = VariableText.raw(ByteText(variable.allValue.utf8))
                set(variable, to: isAll ? raw : .values(known), isAll ? nil : known)
                return nil
            }
            return try line(of: variable, query, given)
        }
    }

    /// - Parameter values: one by one; nil: nobody knows them.
    private func set(_ variable: BoardVariable, to text: VariableText, _ values: [ByteText]?) {
        (texts[variable.name], settings[variable.name]) = (text, values)
    }

    /// Whether panels cannot be asked without knowing what the variable may be.
    private func asksForValues(_ variable: BoardVariable, _ chosen: [ByteText]) -> Bool {
        if chosen.isEmpty { return true }
        guard Self.isAll(chosen) else { return false }
        return variable.allValue.isEmpty
            || request.dashboard.panels.contains { panel in
                panel.repeats.map { $0.variable.utf8.elementsEqual(variable.name.utf8) } ?? false
            }
    }

    private func line(
        of variable: BoardVariable, _ query: LabelValuesQuery, _ given: [ByteText]
    ) throws(SeriesRefusal) -> [UInt8] {
        var (values, refusal): ([ByteText], BoardRefusal?) = ([], nil)
        switch try self.values(of: query) {
        case .failure(let failure): refusal = failure
        case .success(let known):
            refusal = hold(known.reduce(0) { $0 + $1.bytes.count + 64 })
            if refusal != nil { break }
            switch try wanted(known, variable) {
            case .success(let wanted): values = wanted
            case .failure(let failure): refusal = failure
            }
        }
        let chosen = Self.chosen(variable, given, values)
        let isAll = Self.isAll(chosen)
        let single: [ByteText]? = isAll ? (refusal == nil ? values : nil) : chosen
        if isAll, !variable.allValue.isEmpty {
            set(variable, to: .raw(ByteText(variable.allValue.utf8)), single)
        } else if let refusal, isAll || chosen.isEmpty {
            set(variable, to: .unknown(refusal.message), nil)
        } else {
            set(variable, to: .values(isAll ? values : chosen), single)
        }
        let sought = request.sought.last { $0.name.utf8.elementsEqual(variable.name.utf8) }?.text
        return BoardLines.variable(
            variable, values: values, chosen: chosen, refusal: refusal, sought: sought.map(ValueSearch.init))
    }

    /// Values as the variable has them, each once, in its order.
    private func wanted(
        _ known: [ByteText], _ variable: BoardVariable
    ) throws(SeriesRefusal) -> Result<[ByteText], BoardRefusal> {
        guard let filter = variable.filter else { return .success(variable.isDescending ? known.reversed() : known) }
        var found: Set<ByteText> = []
        for value in known {
            do throws(QueryError) {
                try options.check()
            } catch {
                return .failure(try Self.lateness(error))
            }
            if let wanted = filter.value(of: value) { found.insert(wanted) }
        }
        let sorted = found.sorted()
        return .success(variable.isDescending ? sorted.reversed() : sorted)
    }

    private static func isAll(_ chosen: [ByteText]) -> Bool {
        chosen.contains { $0 == ByteText(BoardVariable.all.utf8) }
    }

    /// As the address says, else as the file, else all or the first.
    private static func chosen(_ variable: BoardVariable, _ given: [ByteText], _ values: [ByteText]) -> [ByteText] {
        let named = given.isEmpty ? variable.chosen.map { ByteText($0.utf8) } : given
        if !named.isEmpty { return variable.isMultiple ? named : Array(named.prefix(1)) }
        return variable.includesAll ? [ByteText(BoardVariable.all.utf8)] : Array(values.prefix(1))
    }

    private func values(of query: LabelValuesQuery) throws(SeriesRefusal) -> Result<[ByteText], BoardRefusal> {
        let times = request.times
        let timing = PanelTiming(from: times.from, to: times.to, points: 1000, least: 0)
        var selectors: [[UInt8]] = []
        if !query.selector.isEmpty {
            switch text(of: query.selector, timing) {
            case .success(let text): selectors = [text]
            case .failure(let refusal): return .failure(refusal)
            }
        }
        do throws(SeriesRefusal) {
            let label = ByteText(query.label.utf8)
            return .success(
                try runner.labelValues(
                    of: label, selectors, in: times.from...times.to, over: source, within: options))
        } catch {
            if error.kind == .canceled { throw error }
            return .failure(BoardRefusal(error))
        }
    }
}
