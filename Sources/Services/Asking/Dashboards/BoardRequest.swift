package import Bytes
package import Dashboarding

/// What is asked of a dashboard at once.
package struct BoardRequest: Sendable {
    /// The dashboard.
    var dashboard: Dashboard
    /// Over which times.
    var times: BoardTimes
    /// CSS pixels of all columns together.
    var pageWidth: Int
    /// Values of variables, as an address has them: of one several may stand there.
    var chosen: [(name: String, value: ByteText)]
    /// Panels that are wanted; nil: all but those that a row folds away.
    var wanted: Set<Int>?
    /// Which lines are wanted.
    var part: Part
    /// What listed values of variables hold, by the variable's name: letters of English in either case.
    var sought: [(name: String, text: ByteText)]

    /// Which lines of a dashboard are wanted, besides its range and what they stand on.
    package enum Part: String, CaseIterable, Sendable {
        /// Those of variables, panels and marks.
        case all
        /// Those of panels: the page knows the others.
        case panels
        /// What variables may be.
        case variables
    }

    /// Takes each part as given.
    package init(
        _ dashboard: Dashboard, over times: BoardTimes, pageWidth: Int, chosen: [(name: String, value: ByteText)],
        wanted: Set<Int>?, part: Part = .all, sought: [(name: String, text: ByteText)] = []
    ) {
        (self.dashboard, self.times, self.pageWidth) = (dashboard, times, pageWidth)
        (self.chosen, self.wanted, self.part, self.sought) = (chosen, wanted, part, sought)
    }

    /// The panels that are asked, in the order of the page.
    var panels: [Panel] {
        guard part != .variables else { return [] }
        return dashboard.panels.filter { panel in
            !panel.isHeading && (wanted.map { $0.contains(panel.id) } ?? (panel.row == nil))
        }
    }
}

/// Why a question of a panel has no answer.
struct BoardRefusal: Error, Hashable {
    /// What whoever looks can do about it.
    var kind: SeriesRefusal.Kind
    /// What is wrong.
    var message: String
    /// `line:column` of the expression as it was asked, or as the file has it where it could not be.
    var position: String?

    init(_ kind: SeriesRefusal.Kind, _ message: String, position: String? = nil) {
        (self.kind, self.message, self.position) = (kind, message, position)
    }

    init(_ refusal: SeriesRefusal) { self.init(refusal.kind, refusal.message) }
}
