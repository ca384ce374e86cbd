import Hashing
import JSONTexts

// A set as canonical JSON: members sorted, nothing between them, integers in whole units.
//
//     {"answer_limit_ns":30000000000,
//      "answer_limits_ns":[{"channel":"email","limit_ns":300000000000}],        ascending by channel
//      "budget_days":30,
//      "objectives":[{"alert":995000,"name":"availability","target":999000}]}   ppm, ns or pico-USD by the measure
//
// Without an alert limit there is no member `alert`; where no alert was asked for it is "none". A line about certain
// channels has a member `channels` behind it, an array of their names, ascending.

extension ObjectiveSet {
    /// Equal exactly where sets are.
    package var canonicalJSON: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("answer_limit_ns", answerLimits.nanoseconds)
            json.key("answer_limits_ns")
            json.array(answerLimits.channels) { channel, json in
                json.object { json in
                    json.key("channel")
                    json.value(utf8: channel.name[...])
                    json.member("limit_ns", channel.nanoseconds)
                }
            }
            json.member("budget_days", budgetDays)
            json.key("objectives")
            json.array(objectives) { objective, json in json.object(objective.writeMembers) }
        }
        return json.bytes
    }

    /// 16 hexadecimal digits that stand for the set: the first 8 bytes of SHA-256 over ``canonicalJSON``.
    package var hash: String {
        SHA256.hash(canonicalJSON).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// The set that ``canonicalJSON`` tells of; nil for what it does not write.
    init?(_ json: JSONValue) {
        guard let limit = json["answer_limit_ns"]?.integer, let channels = json["answer_limits_ns"]?.array,
            let days = json["budget_days"]?.integer, let lines = json["objectives"]?.array
        else { return nil }
        var limits: [AnswerLimits.Channel] = []
        for channel in channels {
            guard let name = channel["channel"]?.string, let limit = channel["limit_ns"]?.integer else { return nil }
            let bytes = Array(name.utf8)
            if let last = limits.last, !last.name.lexicographicallyPrecedes(bytes) { return nil }
            limits.append(AnswerLimits.Channel(name: bytes, nanoseconds: limit))
        }
        var objectives: [Objective] = []
        for line in lines {
            guard let measure = line["name"]?.string.flatMap({ ObjectiveMeasure(name: $0) }),
                let target = line["target"]?.integer
            else {
                return nil
            }
            let (limit, isSilent) = (line["alert"]?.integer, line["alert"]?.string == "none")
            guard let channels = Self.channels(line["channels"]) else { return nil }
            objectives.append(
                Objective(
                    measure, target: measure.bound(target), alertLimit: limit.map(measure.bound), isSilent: isSilent,
                    channels: channels))
        }
        self.init(
            objectives: objectives, answerLimits: AnswerLimits(nanoseconds: limit, channels: limits),
            budgetDays: Int(truncatingIfNeeded: days))
        guard (try? check()) != nil else { return nil }
    }

    /// The channels of a line: none where there is no such member, as in records of before; nil for what is not written
    /// so.
    private static func channels(_ json: JSONValue?) -> [[UInt8]]? {
        guard let json else { return [] }
        guard let values = json.array, !values.isEmpty else { return nil }
        let names = values.compactMap { value in value.string.map { Array($0.utf8) } }
        let isAscending = zip(names, names.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
        return names.count == values.count && isAscending ? names : nil
    }
}

extension Objective {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        if let alertLimit { json.member("alert", alertLimit.units) } else if isSilent { json.member("alert", "none") }
        if !channels.isEmpty {
            json.key("channels")
            json.array(channels) { channel, json in json.value(utf8: channel[...]) }
        }
        json.member("name", name)
        json.member("target", target.units)
    }
}
