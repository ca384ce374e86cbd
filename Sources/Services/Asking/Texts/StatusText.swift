package import EventStores
package import JSONTexts

/// The store in numbers, as the status page and `plimsoll status` show it.
package enum StatusText {
    /// Adds the members to the object that is open.
    package static func append(_ status: StoreStatus, to json: inout JSONWriter) {
        json.member("position", status.position)
        json.member("watermark", RFC3339.render(status.watermark))
        json.member("segments", status.segments)
        json.member("stored_bytes", status.segmentBytes)
        json.member("tail_events", status.unsealedEvents)
        json.key("refused_events")
        json.beginObject()
        json.member("duplicates", status.refusals.duplicates)
        json.member("conflicts", status.refusals.conflicts)
        json.member("too_old", status.refusals.tooOld)
        json.member("too_new", status.refusals.tooNew)
        json.member("unreadable", status.refusals.unreadable)
        json.member("dead_letters", status.refusals.deadLetters)
        json.endObject()
        json.member("failed_seals", status.failedSeals)
        json.member("unfolded_conversations", status.unfoldedConversations)
        json.key("troubles")
        json.beginArray()
        for line in status.troubles { json.value(line) }
        json.endArray()
    }
}
