import EventLogs
import Platform

/// How a log goes on behind its end: decided here, for all who look at it or mend it.
enum LogContinuation {
    /// It is whole: a start opens it.
    case opened
    /// It ends before its first damaged place, and goes on in a file behind that place.
    case setAside(at: LogPlace)
    /// What a start reads first is lost: it begins again behind what is sealed.
    case begunAgain(behind: StateFile)
    /// Nothing was sealed, and nothing before the damage says how it could go on.
    case nowhere(CorruptionError)

    /// - Parameters:
    ///   - survey: of the log from the place on that the state names.
    ///   - state: nil where nothing was sealed, or where it cannot be read.
    init(_ survey: LogSurvey, _ state: StateFile?) {
        if let end = survey.end {
            self = .setAside(at: end)
        } else if let damage = survey.faults.first {
            self.init(lost: damage, state)
        } else {
            self = .opened
        }
    }

    /// Of a log whose beginning is lost, or all of it.
    init(lost damage: CorruptionError, _ state: StateFile?) {
        self = state.map { .begunAgain(behind: $0) } ?? .nowhere(damage)
    }

    /// Whether it is damaged, and can go on without what is lost: ``EventStore/setLogAside(at:context:)``.
    var canBeMended: Bool {
        switch self {
        case .opened, .nowhere: false
        case .setAside, .begunAgain: true
        }
    }
}
