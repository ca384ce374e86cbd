package import PromQLText

// tests: the runner of conformance scripts reads with it.
/// A script of Prometheus' test language: series are loaded, expressions asked, answers expected.
///
/// A command is a line and the lines behind it up to an empty one; a comment line counts as an empty one.
package struct Script: Sendable {
    /// In their order.
    package let commands: [Command]

    /// What a script says in one place.
    package enum Command: Sendable {
        /// Series come to those that are there.
        case load(Load)
        /// All series go.
        case clear
        /// Something is asked.
        case ask(Question)
    }

    /// Series to come.
    package struct Load: Sendable {
        /// ms from one value to the next.
        package let step: Int64
        /// Whether histograms of counters by `le` come as native ones with listed ends, too.
        package let makesHistograms: Bool
        /// What comes.
        package let series: [LoadedSeries]
    }

    /// A series, and when its counting began.
    package struct LoadedSeries: Sendable {
        /// Its values.
        package let description: SeriesDescription
        /// For each value, ms from its time to the start that came with it, nil where none did; nil for no starts at
        /// all.
        package let starts: [Int64?]?
    }
}

// tests: as `Script`.
/// An expression, when it is asked for, and what is expected.
package struct Question: Sendable {
    /// Where it stands, from 1.
    package let line: Int
    /// As it is written.
    package let expression: String
    /// When.
    package let times: Times
    /// What is to be said of the answer.
    package var expectations: [Expectation]
    /// The answer; nothing at all where nothing else is said.
    package var answer: Answer

    /// ms since 1970.
    package enum Times: Hashable, Sendable {
        /// Once.
        case instant(Int64)
        /// From a time to another, both included, again and again.
        case range(from: Int64, through: Int64, step: Int64)
    }

    /// What an answer is.
    package enum Answer: Hashable, Sendable {
        /// Series in the order in which they stand.
        case series([SeriesDescription])
        /// Series whose samples stand at times of their own.
        case ranges([SeriesDescription], from: Int64, through: Int64, step: Int64)
        /// A number alone.
        case scalar(SeriesDescription.Value)
        /// A text, as a literal.
        case string(PromQLExpression)
    }
}

/// What is to be said of an answer, apart from its values.
package struct Expectation: Hashable, Sendable {
    /// What it is about.
    package let kind: Kind
    /// How the words have to be; nil for any.
    package let words: Words?

    /// What may be expected.
    package enum Kind: String, Hashable, Sendable {
        /// There is none.
        case fail
        /// A warning comes with it.
        case warn
        /// None does.
        case noWarn = "no_warn"
        /// A remark comes with it.
        case info
        /// None does.
        case noInfo = "no_info"
        /// The series stand in the order that is expected.
        case ordered
    }

    /// What the words are held against.
    package enum Words: Hashable, Sendable {
        /// They are so.
        case exact(String)
        /// A pattern matches somewhere in them.
        case pattern(String)
    }
}
