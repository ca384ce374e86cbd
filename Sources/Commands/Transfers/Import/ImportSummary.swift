import Domain
import JSONTexts

/// What became of an import.
package struct ImportSummary: Sendable {
    /// Rejections that are told one by one; the rest is counted.
    static let rejectionsListedMax = 100

    /// A line that was not kept, and why.
    package struct Rejection: Sendable {
        /// The file, as messages name it.
        package var source: String
        /// Counted from 1, over the lines that are not empty.
        package var line: Int
        /// Where in the source, where a line number would mislead.
        package var place: String?
        /// Its id, where one could be read.
        package var id: String?
        /// Why, and what to do.
        package var error: String

        /// Takes each part as given.
        package init(source: String, line: Int, place: String? = nil, id: String?, error: String) {
            (self.source, self.line, self.place, self.id, self.error) = (source, line, place, id, error)
        }
    }

    /// Events that were new to the store.
    package var accepted = 0
    /// Events that were there already.
    package var duplicates = 0
    /// Lines that were refused.
    package var rejected = 0
    /// The first of them.
    package var rejections: [Rejection] = []
    /// Events that were kept and warned of: for a name that no figure knows, for what was withheld or is missing.
    package var warned = 0
    /// What the first of them were warned of, each sentence once; `input_tokens` for `prompt_tokens`, for one.
    package var warnings: Set<String> = []
    /// Records of an export that were moved with its events: corrections, settled traces, refused events and the like.
    package var records = 0
    /// Lines of an export that are no events and were left out, since its events were taken as new.
    package var leftOut = 0
    /// Spans of an export that were left out: its events were taken as new, and what was derived from the spans is
    /// among them.
    package var spansLeftOut = 0
    /// What else is to be known of the sources, a sentence each.
    package var remarks: [String] = []
    /// Position of the last event kept; 0 when none was.
    package var position: Int64 = 0
    /// Whether it was asked to end before it was through.
    package var isInterrupted = false
    /// From the first byte read until the last event was durable.
    package var elapsedNanoseconds: Int64 = 0

    /// Nothing so far.
    package init() {}

    /// What loading a price list came to: refusals by their place in the list, prices that the store had as duplicates.
    package mutating func place(in changes: PriceList.Changes) {
        duplicates += changes.knownCount
        for index in rejections.indices {
            let line = rejections[index].line - 1
            if changes.places.indices.contains(line) { rejections[index].place = changes.places[line] }
        }
    }

    /// The elapsed time in seconds, to the microsecond.
    package var seconds: Double { Double(elapsedNanoseconds / 1000) / 1_000_000 }

    /// `{"accepted":n,"duplicates":n,"rejected":n,"rejections":[first hundred],"position":p,"seconds":s}`, with
    /// `warned` and `warnings` where there are any.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("accepted", accepted)
        json.member("duplicates", duplicates)
        json.member("rejected", rejected)
        json.key("rejections")
        json.beginArray()
        for rejection in rejections {
            json.beginObject()
            json.member("source", rejection.source)
            json.member("line", rejection.line)
            if let id = rejection.id { json.member("id", id) }
            json.member("error", rejection.error)
            json.endObject()
        }
        json.endArray()
        if warned > 0 {
            json.member("warned", warned)
            json.key("warnings")
            json.beginArray()
            for warning in warnings.sorted() { json.value(warning) }
            json.endArray()
        }
        if records > 0 { json.member("records", records) }
        if leftOut > 0 { json.member("left_out", leftOut) }
        if spansLeftOut > 0 { json.member("spans_left_out", spansLeftOut) }
        if !remarks.isEmpty {
            json.key("remarks")
            json.beginArray()
            for remark in remarks { json.value(remark) }
            json.endArray()
        }
        json.member("position", position)
        if isInterrupted { json.member("interrupted", true) }
        json.member("seconds", seconds)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The same for people.
    package var text: String {
        var text =
            "\(isInterrupted ? "interrupted; kept is what came before: " : "")accepted \(accepted), duplicates \(duplicates)"
        text += ", rejected \(rejected)"
        if records > 0 { text += ", records \(records)" }
        if leftOut > 0 {
            text += "; \(leftOut) lines of exports that are no events were left out, users stay as they were exported"
        }
        if spansLeftOut > 0 { text += "; \(spansLeftOut) spans were left out: what was derived from them is kept" }
        if seconds > 0 {
            text +=
                " in \(Double(Int(seconds * 100)) / 100) s (\(Int(Double(accepted + duplicates + rejected) / seconds)) events/s)"
        }
        for remark in remarks { text += "\n  \(remark)" }
        if warned > 0 {
            text += "\n  kept, with warnings: \(warned)"
            for warning in warnings.sorted() { text += "\n    \(warning)" }
        }
        return text + rejectionLines
    }

    /// A line for each refusal that is told, each with a line end before it; empty when there is none.
    package var rejectionLines: String {
        var text = ""
        for rejection in rejections {
            let place = rejection.place ?? "line \(rejection.line)"
            text += "\n  \(rejection.source) \(place)\(rejection.id.map { " (id \($0))" } ?? ""): \(rejection.error)"
        }
        if rejected > rejections.count { text += "\n  … and \(rejected - rejections.count) more" }
        return text
    }
}
