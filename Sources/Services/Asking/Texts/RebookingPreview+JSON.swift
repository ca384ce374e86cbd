import Domain
package import EventStores
import JSONTexts

extension RebookingPreview {
    /// `{"calls":n,"models":[{"model":…,"calls":n,"from_usd":"…","to_usd":"…","inexact_before":n,"inexact_after":n}]}`
    package var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("calls", Int(clamping: calls))
        json.key("models")
        json.beginArray()
        for model in models {
            json.beginObject()
            json.member("model", String(decoding: model.name, as: UTF8.self))
            json.member("calls", Int(clamping: model.calls))
            json.member("from_usd", DecimalText.renderUSD(model.before))
            json.member("to_usd", DecimalText.renderUSD(model.after))
            json.member("inexact_before", Int(clamping: model.inexactBefore))
            json.member("inexact_after", Int(clamping: model.inexactAfter))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Reads what ``json`` wrote; nil where it is something else.
    package init?(json bytes: [UInt8]) {
        guard let json = try? JSONReader.parse(bytes), let entries = json["models"]?.array else { return nil }
        var models: [Model] = []
        for entry in entries {
            guard let name = entry["model"]?.string, let calls = entry["calls"]?.count,
                let from = entry["from_usd"]?.string,
                let to = entry["to_usd"]?.string,
                let before = try? DecimalText.parse(from, scale: DecimalText.usdScale),
                let after = try? DecimalText.parse(to, scale: DecimalText.usdScale),
                let inexactBefore = entry["inexact_before"]?.count,
                let inexactAfter = entry["inexact_after"]?.count
            else { return nil }
            var model = Model(name: Array(name.utf8))
            (model.calls, model.before, model.after) = (calls, Int128(before), Int128(after))
            (model.inexactBefore, model.inexactAfter) = (inexactBefore, inexactAfter)
            models.append(model)
        }
        self.init(models: models)
    }
}
