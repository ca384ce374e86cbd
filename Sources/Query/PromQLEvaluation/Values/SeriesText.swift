import Bytes
import PromQLText

/// Labels of series in messages: the name is one of them.
enum SeriesText {
    static func written(_ labels: LabelSet) -> String {
        "{" + labels.labels.map { "\($0.name)=" + QuotedText.quoted($0.value.bytes) }.joined(separator: ", ") + "}"
    }
}
