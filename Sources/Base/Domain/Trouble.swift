/// What is not as it should be while a store or a server goes on, for those who run it. Whoever shows it takes each
/// part from here: texts are by strangers as well, and say nothing of what is to be done.
package struct Trouble: Hashable, Sendable {
    /// What ends it.
    package enum Remedy: Hashable, Sendable {
        /// A file is damaged: a backup has it.
        case backup
        /// A file is whole and of a form that only a later version reads.
        case laterVersion
        /// The disk is full: more room on it.
        case space
        /// A flush failed: a look at the disk, and a restart.
        case restart
        /// As it says.
        case asTold
    }

    /// What is the matter, as a clause.
    package var text: String
    /// What ends it.
    package var remedy: Remedy
    /// What to do, as a clause; nil where the text says it.
    package var advice: String?

    /// Takes each part as given.
    package init(_ text: String, _ remedy: Remedy, advice: String? = nil) {
        (self.text, self.remedy, self.advice) = (text, remedy, advice)
    }

    /// All of it in one line.
    package var line: String { advice.map { "\(text); \($0)" } ?? text }

    /// The same with words before it that say what it concerns.
    package func concerning(_ words: String) -> Trouble { Trouble(words + text, remedy, advice: advice) }
}
