package import Domain
package import EventStores
import JSONTexts
package import WireFormats

/// What a sender of events learns: how many were kept, which were not, and why.
package struct IngestAnswer: Sendable {
    /// An event that was not kept.
    package struct Rejection: Sendable {
        /// Its place among the events of the input, from 0.
        package var index: Int
        /// Its id, where one could be read.
        package var id: String?
        /// Why, and what to do.
        package var error: String
    }

    /// An event that was kept, and what its sender should know of it.
    package struct Warning: Sendable {
        /// Its place among the events of the input, from 0.
        package var index: Int
        /// Its id.
        package var id: String?
        /// The whole sentence.
        package var warning: String
    }

    /// Events that were new to the store.
    package var accepted: Int
    /// Events that were there already.
    package var duplicates: Int
    /// All that were refused, by the decoder or by the writer.
    package var rejectedCount: Int
    /// The first of them, ascending by index.
    package var rejections: [Rejection]
    /// Events that were new to the store and have names which look like fields of ours, of the first that came.
    package var warnings: [Warning]
    /// All of them.
    package var warningCount: Int
    /// The store's last position after the batch.
    package var position: Int64
    /// Lines of an export that are no events, which were left out.
    package var asides = 0
    /// Spans of an export that were left out, since its events are taken as new and what was derived from them is among
    /// these.
    package var spansLeftOut = 0

    /// Joins what the decoder refused with the writer's verdicts on the rest.
    package init(_ decoded: DecodedBatch, _ result: AppendResult, registry: SchemaRegistry) {
        accepted = result.accepted
        duplicates = result.duplicates
        position = result.lastPosition
        rejections = decoded.rejections.map { Rejection(index: $0.index, id: $0.id, error: $0.error) }
        rejectedCount = decoded.rejectedCount
        warnings = decoded.warnings.map { Warning(index: $0.index, id: $0.id, warning: $0.warning) }
        warningCount = decoded.warningCount
        asides = decoded.asides.count
        spansLeftOut = decoded.evidenceLeftOut
        if warningCount > 0, accepted < result.verdicts.count { keepWarnings(of: decoded, result) }
        guard accepted + duplicates < result.verdicts.count else { return }
        for (row, verdict) in result.verdicts.enumerated() {
            guard let reason = Self.reason(verdict) else { continue }
            rejectedCount += 1
            guard rejections.count < Limits.listedRejectionsMax else { continue }
            let id = decoded.batch[row].text(of: registry.wellKnown.id).map { String(decoding: $0, as: UTF8.self) }
            rejections.append(Rejection(index: Int(decoded.eventIndexes[row]), id: id, error: reason))
        }
        rejections.sort { $0.index < $1.index }
    }

    /// Forgets the warnings of events that were there already or refused.
    private mutating func keepWarnings(of decoded: DecodedBatch, _ result: AppendResult) {
        var kept: Set<UInt32> = []
        for (row, verdict) in result.verdicts.enumerated() {
            if case .accepted = verdict { kept.insert(decoded.eventIndexes[row]) }
        }
        warnings.removeAll { !kept.contains(UInt32($0.index)) }
        warningCount = decoded.warnedIndexes.count { kept.contains($0) }
    }

    /// `{"accepted":n,"duplicates":n,"rejected":[{"index":i,"id":…,"error":…}],"position":p}`; `rejected_count` beside
    /// it when not all are listed. `warnings` and `warning_count` likewise, where there are any.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("accepted", accepted)
        json.member("duplicates", duplicates)
        Self.append("rejected", rejections.map { ($0.index, $0.id, $0.error) }, as: "error", to: &json)
        if rejectedCount > rejections.count { json.member("rejected_count", rejectedCount) }
        if !warnings.isEmpty {
            Self.append("warnings", warnings.map { ($0.index, $0.id, $0.warning) }, as: "warning", to: &json)
        }
        if warningCount > warnings.count { json.member("warning_count", warningCount) }
        if asides > 0 { json.member("left_out", asides) }
        if spansLeftOut > 0 { json.member("spans_left_out", spansLeftOut) }
        json.member("position", position)
        json.endObject()
        return json.bytes
    }

    /// A list of events.
    /// - Parameter name: of the member that says what is to be said of each.
    private static func append(
        _ list: String, _ events: [(index: Int, id: String?, sentence: String)], as name: String,
        to json: inout JSONWriter
    ) {
        json.key(list)
        json.beginArray()
        for event in events {
            json.beginObject()
            json.member("index", event.index)
            if let id = event.id { json.member("id", id) }
            json.member(name, event.sentence)
            json.endObject()
        }
        json.endArray()
    }

    private static func reason(_ verdict: EventVerdict) -> String? {
        switch verdict {
        case .accepted, .duplicate: nil
        case .conflict:
            "conflict: another event with this tenant, source, id and time is kept already; give new facts a new id"
        case .tooOld: "too_old: its time lies beyond the retention horizon"
        case .tooNew: "too_new: its time lies more than 24 h ahead; check the sender's clock"
        case .unreadable(let place):
            "unreadable: whether it is kept already cannot be read (\(place)); send it again after that"
        }
    }
}

extension DecodedBatch {
    /// What the writer takes of it.
    package var ingestBatch: IngestBatch { IngestBatch(events: batch, deadLetters: deadLetters) }
}
