import Domain
import JSONTexts

/// What a start of a newer version brought that the store did not know: columns and event types, and prices of the
/// built-in list. A row `config.changed` of `system_events`; prices hold for calls behind it, and book calls before it
/// that waited for one.
struct ConfigurationChange: Hashable, Sendable {
    /// Names of columns, in the order of their ids.
    var columns: [String] = []
    /// Names of event types, in the order of their ids.
    var types: [String] = []
    /// Built-in prices, with the position of the last event before them.
    var prices: [PriceEntry] = []

    /// The record's type.
    static let recordType = "config.changed"

    var isEmpty: Bool { columns.isEmpty && types.isEmpty && prices.isEmpty }

    /// What the program's registry and list have that a store lacks.
    /// - Parameter names: what the log says of the store's schemas.
    init(from names: SchemaNames, to registry: SchemaRegistry, book: PriceBook, list: [PriceEntry], position: Int64) {
        columns = registry.columns.dropFirst(names.columns.count).map(\.name)
        types = registry.types.dropFirst(names.types.count).map(\.name)
        prices = book.additions(from: list, at: position)
    }

    /// The record's data as canonical JSON.
    var data: String {
        JSONWriter.object { json in
            json.key("columns")
            json.beginArray()
            for name in columns { json.value(name) }
            json.endArray()
            json.key("event_types")
            json.beginArray()
            for name in types { json.value(name) }
            json.endArray()
            json.key("prices")
            json.beginArray()
            for entry in prices { Self.write(entry, to: &json) }
            json.endArray()
        }
    }

    private static func write(_ entry: PriceEntry, to json: inout JSONWriter) {
        json.beginObject()
        if let longest = entry.inputTokensMax { json.member("input_tokens_max", longest) }
        json.member("model", entry.model)
        json.member("provider", entry.provider)
        entry.writeTerms(to: &json)
        json.endObject()
    }

    /// Reads what ``data`` wrote; nil where it is something else.
    /// - Parameters:
    ///   - position: of the record, that is of the last event before it.
    ///   - list: the number of the list whose prices it tells of.
    init?(data: String, position: Int64, list: Int64) {
        guard let json = try? JSONReader.parse(Array(data.utf8)), let columns = json["columns"]?.array,
            let types = json["event_types"]?.array, let prices = json["prices"]?.array
        else { return nil }
        self.columns = columns.compactMap(\.string)
        self.types = types.compactMap(\.string)
        for price in prices {
            guard let entry = Self.entry(price, position: position, list: list) else { return nil }
            self.prices.append(entry)
        }
    }

    private static func entry(_ json: JSONValue, position: Int64, list: Int64) -> PriceEntry? {
        guard let provider = json["provider"]?.string, let model = json["model"]?.string,
            let tokenClass = json["token_class"]?.string.flatMap(TokenClass.init(rawValue:))
        else { return nil }
        // What a state file could not be read back with is in no list of ours.
        let names = [provider, model, json["service_tier"]?.string ?? ""]
        let longest = json["input_tokens_max"]?.integer
        guard names.allSatisfy({ $0.utf8.count <= Limits.nameBytesMax }),
            (1...Limits.tokensMax).contains(longest ?? 1)
        else { return nil }
        func amount(_ name: String, scale: Int) throws -> Int64? {
            try json[name]?.string.map { try DecimalText.parse($0, scale: scale) }
        }
        do {
            var entry = try PriceEntry(
                provider: provider, model: model, tokenClass: tokenClass, serviceTier: json["service_tier"]?.string,
                picoUSDPerToken: try amount("usd_per_million_tokens", scale: DecimalText.perMillionTokensScale),
                picoUSDPerGPUHour: try amount("usd_per_gpu_hour", scale: DecimalText.usdScale),
                validFrom: try json["valid_from"]?.string.map { try RFC3339.parse($0) } ?? .min, position: position,
                origin: .builtIn)
            entry.inputTokensMax = longest
            entry.list = list
            return entry
        } catch {
            return nil
        }
    }
}
