/// That a panel stands once for each value of a variable, or a row with all that it heads.
package struct PanelRepeat: Sendable {
    /// The variable's name.
    package var variable: String
    /// Whether copies stand beside each other; else below.
    private var isAcross: Bool
    /// At most so many stand beside each other.
    private var besideMax: Int
    /// Where the file says so.
    private var path: String

    /// More copies are not drawn, which is said.
    package static let copiesMax = 20

    /// nil: it stands once.
    init?(_ fields: Fields) {
        let direction = fields.word("repeatDirection", among: ["", "h", "v"])
        let most = fields.integer("maxPerRow", in: 1...24)
        guard let variable = fields.text("repeat"), !variable.isEmpty else { return nil }
        (self.variable, isAcross, besideMax) = (variable, direction != "v", most ?? 4)
        path = fields.path(of: "repeat")
    }

    /// How many of 24 columns each of some copies has; nil: as many as the panel.
    fileprivate func width(amongCopies count: Int) -> Int? { isAcross ? 24 / max(1, min(count, besideMax)) : nil }

    /// Panels in the order of their page that know which row heads them. Where nobody knows the variable, or the row is
    /// repeated already, a panel stands once, which is said.
    static func settled(_ panels: [Panel], _ variables: [BoardVariable], _ unknown: UnknownParts) -> [Panel] {
        var panels = panels
        // An open row heads what follows, one that is folded what it folds away.
        var (open, repeated): (Int?, Set<Int>) = (nil, [])
        for place in panels.indices {
            let panel = panels[place]
            if panel.isRow {
                open = panel.isCollapsed ? nil : panel.id
            } else {
                panels[place].section = panel.row ?? open
            }
            guard let repeats = panel.repeats else { continue }
            var reason: String?
            if !variables.contains(where: { $0.name.utf8.elementsEqual(repeats.variable.utf8) }) {
                reason = "there is no variable `\(repeats.variable)`: it is drawn once"
            } else if let section = panels[place].section, repeated.contains(section) {
                reason = "its row is repeated: in each it is drawn once"
            }
            if let reason {
                panels[place].repeats = nil
                panels[place].unknown.append(UnknownPart(path: repeats.path, reason: reason, isEssential: false))
                unknown.add(repeats.path, reason)
            } else if panel.isRow {
                repeated.insert(panel.id)
            }
        }
        return panels
    }
}

extension Panel {
    /// One of its copies, as wide as there is room for it beside others.
    /// - Parameter count: how many there are.
    package func copied(among count: Int) -> Panel {
        guard let width = repeats?.width(amongCopies: count) else { return self }
        var copy = self
        (copy.place.x, copy.place.width) = (0, width)
        return copy
    }
}
