import Server

/// What became of an import.
package struct ImportSummary: Sendable {
    /// Rejections that are told one by one; the rest is counted.
    package static let rejectionsListedMax = 100

    /// A line that was not kept, and why.
    package struct Rejection: Sendable {
        /// The file, as messages name it.
        package var source: String
        /// Counted from 1, over the lines that are not empty.
        package var line: Int
        /// Its id, where one could be read.
        package var id: String?
        /// Why, and what to do.
        package var error: String
    }

    /// Events that were new to the store.
    package var accepted = 0
    /// Events that were there already.
    package var duplicates = 0
    /// Lines that were refused.
    package var rejected = 0
    /// The first of them.
    package var rejections: [Rejection] = []
    /// Position of the last event kept; 0 when none was.
    package var position: Int64 = 0
    /// From the first byte read until the last event was durable.
    package var elapsedNanoseconds: Int64 = 0

    /// Nothing so far.
    package init() {}

    /// The elapsed time in seconds, to the microsecond.
    package var seconds: Double { Double(elapsedNanoseconds / 1000) / 1_000_000 }

    /// `{"accepted":n,"duplicates":n,"rejected":n,"rejections":[first hundred],"position":p,"seconds":s}`
    package var json: String {
        var json = JSONText()
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
        json.member("position", position)
        json.member("seconds", seconds)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The same for people.
    package var text: String {
        var text = "accepted \(accepted), duplicates \(duplicates), rejected \(rejected)"
        if seconds > 0 {
            text += " in \(Double(Int(seconds * 100)) / 100) s (\(Int(Double(accepted + duplicates + rejected) / seconds)) events/s)"
        }
        for rejection in rejections {
            text += "\n  \(rejection.source) line \(rejection.line)\(rejection.id.map { " (id \($0))" } ?? ""): \(rejection.error)"
        }
        if rejected > rejections.count { text += "\n  … and \(rejected - rejections.count) more" }
        return text
    }
}
