import Domain
import JSONTexts

/// How far what is sent to another system has got: everything up to a position was acknowledged there. Logged, so that
/// a start goes on from it; a row `delivery.marked` of `system_events`.
package struct DeliveryMark: Hashable, Sendable {
    /// What is sent and where to, such as `traces http://tempo:4318/v1/traces`.
    package var destination: String
    /// Position of the last event that is done with.
    package var position: Int64
    /// When that event was received, ns since 1970 UTC.
    package var receivedTime: Int64

    /// Takes each part as given.
    package init(destination: String, position: Int64, receivedTime: Int64) {
        self.destination = destination
        self.position = position
        self.receivedTime = receivedTime
    }
}

extension DeliveryMark {
    /// The record's type.
    static let recordType = "delivery.marked"

    /// The record's data as canonical JSON.
    var data: String {
        var json = beginning
        json.member("position", position)
        json.member("received_time_ns", String(receivedTime))
        json.endObject()
        return json.text
    }

    /// What the data of all marks of the destination begins with.
    var dataBeginning: String { beginning.text + "," }

    private var beginning: JSONWriter {
        var json = JSONWriter()
        json.beginObject()
        json.member("destination", destination)
        return json
    }

    /// The mark that a record tells of; nil where the data is not what ``data`` writes.
    init?(data: String) {
        guard let json = try? JSONReader.parse(data), let destination = json["destination"]?.string,
            let position = json["position"]?.integer, let text = json["received_time_ns"]?.string,
            let time = Int64(text)
        else { return nil }
        self.init(destination: destination, position: position, receivedTime: time)
    }
}

/// The last mark of each destination.
struct DeliveryMarks: Sendable {
    /// Ascending by destination.
    private(set) var all: [DeliveryMark] = []

    init() {}

    mutating func set(_ mark: DeliveryMark) {
        if let place = all.firstIndex(where: { $0.destination >= mark.destination }) {
            if all[place].destination == mark.destination { all[place] = mark } else { all.insert(mark, at: place) }
        } else {
            all.append(mark)
        }
    }
}
