import JSONTexts

/// One event of the simulated traffic, as its emitter would send it.
package struct WorkloadEvent: Sendable {
    /// Distinct within the source.
    package var id: WorkloadID
    /// The emitter: `agent/pod-3`.
    var source: String
    /// `llm.call` and its like, without a prefix.
    package var type: String
    /// The instant the thing ended, ns since 1970 UTC.
    package var time: Int64
    /// Shared fields; they come before ``ownFields`` in the rendered data.
    var context: WorkloadContext
    /// What this event alone says.
    var ownFields: [WorkloadField]

    /// An event of these parts.
    package init(
        id: WorkloadID, source: String, type: String, time: Int64, context: WorkloadContext, ownFields: [WorkloadField]
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.context = context
        self.ownFields = ownFields
    }

    /// Every field of `data`, in rendered order.
    /// - Complexity: O(fields); builds a new array.
    package var fields: [WorkloadField] { context.fields + ownFields }

    /// The value of the first field with this name, nil when the event has none.
    /// - Complexity: O(fields).
    package func value(of name: String) -> WorkloadValue? {
        ownFields.first { $0.name == name }?.value ?? context.fields.first { $0.name == name }?.value
    }

    /// Appends the event as one line of structured CloudEvents 1.0 JSON, with its line feed.
    package func render(into bytes: inout [UInt8]) {
        // The buffer changes hands, so that it is not copied.
        var json = JSONWriter(appendingTo: bytes)
        bytes = []
        json.object { json in
            json.member("specversion", "1.0")
            json.key("id")
            id.render(into: &json)
            json.member("source", source)
            json.member("type", type)
            json.key("time")
            json.value(time: time, decimals: .nine)
            json.key("data")
            json.object { json in
                json.append(context.rendered)
                for field in ownFields { field.render(into: &json) }
            }
        }
        json.endLine()
        bytes = json.take()
    }
}
