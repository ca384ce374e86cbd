import Bytes
import Dashboarding
import JSONTexts

/// Where a panel stands: by itself, or as one of its copies.
struct PanelPlace {
    /// One of several that stand for a variable's values.
    struct Copy {
        /// From 0.
        var number: Int
        var variable: String
        var value: ByteText
    }

    var panel: Panel
    /// nil: it stands once.
    var copy: Copy?

    /// What variables say here.
    func texts(over all: [String: VariableText]) -> [String: VariableText] {
        guard let copy else { return all }
        var texts = all
        texts[copy.variable] = .values([copy.value])
        return texts
    }

    /// By which a page finds it.
    func write(to json: inout JSONWriter) {
        json.member("id", panel.id)
        if let copy { json.member("copy", copy.number) }
    }
}

/// Panels that stand once for each value of a variable.
extension BoardRun {
    /// Where the wanted panels stand, in the order of the page; known once variables are.
    var places: [PanelPlace] {
        let all = request.dashboard.panels
        let rows = Dictionary(
            all.compactMap { panel in panel.isRow ? panel.repeats.map { (panel.id, $0.variable) } : nil },
            uniquingKeysWith: { first, _ in first })
        return request.panels.flatMap { panel -> [PanelPlace] in
            guard let variable = panel.repeats?.variable ?? panel.section.flatMap({ rows[$0] }),
                let values = copies(of: variable)?.shown
            else { return [PanelPlace(panel: panel)] }
            let copy = panel.copied(among: values.count)
            return values.enumerated().map { number, value in
                PanelPlace(panel: copy, copy: PanelPlace.Copy(number: number, variable: variable, value: value))
            }
        }
    }

    /// A line for each panel and each row that stands for values: which ones.
    var repeatLines: [[UInt8]] {
        request.dashboard.panels.compactMap { panel in
            guard let variable = panel.repeats?.variable, let (shown, leftOutCount) = copies(of: variable) else {
                return nil
            }
            return BoardLines.line("repeat") { json in
                json.member("id", panel.id)
                json.member("variable", variable)
                json.key("values")
                json.array(shown) { $1.value(utf8: $0.bytes[...]) }
                if !panel.isRow { json.member("width", panel.copied(among: shown.count).columns) }
                if leftOutCount > 0 { json.member("leftOut", leftOutCount) }
            }
        }
    }

    /// The values for which something stands, each once; nil where nobody knows any.
    private func copies(of variable: String) -> (shown: [ByteText], leftOutCount: Int)? {
        guard let values = settings[variable], !values.isEmpty else { return nil }
        var (shown, seen): ([ByteText], Set<ByteText>) = ([], [])
        for value in values where seen.insert(value).inserted && shown.count < PanelRepeat.copiesMax {
            shown.append(value)
        }
        return (shown, seen.count - shown.count)
    }
}
