package import Bytes
package import PromQLText

/// The value of an expression, and what people should know of how it came about.
package struct PromQLAnswer: Sendable {
    /// What was asked for.
    package let value: Value
    /// What may be wrong, in Prometheus' words, each with its place.
    package let warnings: [String]
    /// What is worth a look, likewise.
    package let infos: [String]
    /// The most samples that were held at a time, read or computed.
    package let samplesMost: Int

    /// A value of the language.
    package enum Value: Hashable, Sendable {
        /// A number at a time.
        case scalar(time: Int64, Double)
        /// A text.
        case string(ByteText)
        /// Series with one sample each, in the order that the expression gives.
        case vector([InstantSample])
        /// Series with samples, in the order of their labels.
        case matrix([Series])
    }
}

/// A series at a time.
package struct InstantSample: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// ms since 1970.
    package let time: Int64
    /// What it says.
    package let value: SampleValue
}
