package import Bytes
import PromQLText

// The bytes of a state, version 1: a byte for the version; the time of the evaluation; the rules, each with name,
// labels, error, time, alerts and the series written; the abandoned series. Numbers are varints, times zigzag varints
// behind a byte that says whether there is one, texts and lists begin with their length, values of series are the
// eight bytes of the double.
extension RuleGroupState {
    private static let version: UInt8 = 1
    private static let countMax = 10_000_000

    /// The state, exactly: equal states have equal bytes.
    package var bytes: [UInt8] {
        var sink = ByteSink()
        sink.append(Self.version)
        sink.append(time: evaluatedAt)
        sink.append(varint: UInt64(rules.count))
        for rule in rules { sink.append(rule) }
        sink.append(abandoned)
        return sink.bytes
    }

    /// Reads what ``bytes`` wrote.
    /// - Throws: ``DecodingError`` with the offset where the bytes are no state.
    package init(_ bytes: ArraySlice<UInt8>) throws(DecodingError) {
        var cursor = ByteCursor(bytes)
        let version = try cursor.readByte()
        guard version == Self.version else {
            throw version > Self.version
                ? cursor.newerForm("a state of rules of version \(Self.version)", found: version)
                : cursor.failure("a state of rules of version \(Self.version)")
        }
        let evaluatedAt = try cursor.readTime()
        var rules: [RuleState] = []
        for _ in 0..<(try cursor.readCount(max: Self.countMax)) { rules.append(try cursor.readRule()) }
        let abandoned = try cursor.readSeries()
        guard cursor.isAtEnd else { throw cursor.failure("the end of the state") }
        self.init(rules: rules, evaluatedAt: evaluatedAt, abandoned: abandoned)
    }
}

extension ByteSink {
    fileprivate mutating func append(time: Int64?) {
        append(time == nil ? UInt8(0) : 1)
        if let time { append(zigzag: time) }
    }

    fileprivate mutating func append(_ text: ByteText) {
        append(varint: UInt64(text.bytes.count))
        append(contentsOf: text.bytes)
    }

    fileprivate mutating func append(_ labels: [SeriesLabel]) {
        append(varint: UInt64(labels.count))
        for label in labels {
            append(label.name)
            append(label.value)
        }
    }

    fileprivate mutating func append(_ series: [LabelSet]) {
        append(varint: UInt64(series.count))
        for labels in series { append(labels.labels) }
    }

    fileprivate mutating func append(_ rule: RuleState) {
        append(rule.name)
        append(rule.labels)
        append(rule.error == nil ? UInt8(0) : 1)
        if let error = rule.error { append(error) }
        append(time: rule.evaluatedAt)
        append(varint: UInt64(rule.alerts.count))
        for alert in rule.alerts {
            append(alert.labels.labels)
            append(alert.annotations)
            append(alert.value)
            append(alert.stage.rawValue)
            append(zigzag: alert.activeAt)
            for time in [
                alert.firedAt, alert.resolvedAt, alert.keptFiringSince, alert.sentAt, alert.validUntil,
            ] { append(time: time) }
        }
        append(rule.written)
    }
}

extension ByteCursor {
    private static let bytesMax = 64 << 20

    fileprivate mutating func readTime() throws(DecodingError) -> Int64? {
        switch try readByte() {
        case 0: return nil
        case 1: return try readZigzag()
        default: throw failure("0 or 1 before a time")
        }
    }

    fileprivate mutating func readBytes() throws(DecodingError) -> ByteText {
        let count = try readCount(max: Self.bytesMax)
        return ByteText(try readSlice(count))
    }

    fileprivate mutating func readLabels() throws(DecodingError) -> [SeriesLabel] {
        var labels: [SeriesLabel] = []
        for _ in 0..<(try readCount(max: Self.bytesMax)) {
            labels.append(SeriesLabel(name: try readBytes(), value: try readBytes()))
        }
        return labels
    }

    /// Labels in their order, none twice, none empty.
    fileprivate mutating func readLabelSet() throws(DecodingError) -> LabelSet {
        let labels = try readLabels()
        let set = LabelSet(labels.map { ($0.name, $0.value) })
        guard set.labels == labels else { throw failure("labels in their order") }
        return set
    }

    fileprivate mutating func readSeries() throws(DecodingError) -> [LabelSet] {
        var series: [LabelSet] = []
        for _ in 0..<(try readCount(max: Self.bytesMax)) {
            let labels = try readLabelSet()
            if let last = series.last, !(last < labels) { throw failure("series in their order") }
            series.append(labels)
        }
        return series
    }

    fileprivate mutating func readRule() throws(DecodingError) -> RuleState {
        var rule = RuleState(name: try readBytes(), labels: try readLabels())
        switch try readByte() {
        case 0: break
        case 1: rule.error = try readBytes()
        default: throw failure("0 or 1 before an error")
        }
        rule.evaluatedAt = try readTime()
        for _ in 0..<(try readCount(max: Self.bytesMax)) {
            let alert = try readAlert()
            if let last = rule.alerts.last, !(last.labels < alert.labels) { throw failure("alerts in their order") }
            rule.alerts.append(alert)
        }
        rule.written = try readSeries()
        return rule
    }

    private mutating func readAlert() throws(DecodingError) -> RuleAlert {
        let (labels, annotations) = (try readLabelSet(), try readLabels())
        let value = try readDouble()
        guard let stage = RuleAlert.Stage(rawValue: try readByte()) else { throw failure("the stage of an alert") }
        var alert = RuleAlert(
            labels: labels, annotations: annotations, value: value, stage: stage, activeAt: try readZigzag())
        alert.firedAt = try readTime()
        alert.resolvedAt = try readTime()
        alert.keptFiringSince = try readTime()
        alert.sentAt = try readTime()
        alert.validUntil = try readTime()
        return alert
    }
}
