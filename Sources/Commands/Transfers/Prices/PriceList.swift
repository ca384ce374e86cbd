import Bytes
package import Domain
import Hashing
import JSONTexts
import WireFormats

/// A list of prices to set, read from a file.
///
/// CSV with a header line: `provider,model,token_class,usd_per_million_tokens,usd_per_gpu_hour,service_tier,valid_from`
/// in any order; columns that are not needed may be missing. JSON: an array of objects with these members, or what
/// ``PriceFile`` says.
package struct PriceList: Sendable {
    /// What a list changes: events to append.
    package struct Changes: Sendable {
        /// `price.set` events, one a line.
        package var events: [UInt8] = []
        /// Where in the file each of them stands.
        package var places: [String] = []
        /// What they set, as far as it can be read, in their order.
        package var prices: [PriceEntry] = []
        /// Prices of the list that the store has already.
        package var knownCount = 0
    }

    /// A row that is no price.
    package struct Refusal: Hashable, Sendable {
        /// Where in the file it stands.
        package var place: String
        /// Why, and what was expected.
        package var reason: String
    }

    private let rows: [PriceRow]

    /// - Parameter name: the file's name, for messages.
    /// - Throws: ``ImportError`` naming the place in the file.
    package init(_ bytes: [UInt8], name: String) throws(ImportError) {
        // Prices are known by their names: what is no text is not repaired into another one.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ImportError(source: name, reason: "no UTF-8; convert it, with `iconv` for one")
        }
        let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        rows = isJSON ? try Self.rowsOfJSON(bytes, name) : try Self.rowsOfCSV(bytes, name)
        guard !rows.isEmpty else { throw ImportError(source: name, reason: "there is no price in it") }
    }

    /// Every row that a store would refuse, by the checks of the store; none of the list is to be loaded where there is
    /// one.
    /// - Complexity: O(bytes of the list).
    package var refusals: [Refusal] {
        var json = JSONWriter()
        for row in rows { Self.write(row, before: 0, to: &json) }
        var limits = DecoderLimits()
        limits.rejectionsMax = .max
        // A price has no user, so no key is needed.
        var decoder = EventDecoder(registry: .builtIn, tokeniser: UserTokeniser(key: []), limits: limits)
        let events = json.bytes
        return decoder.decodeLines(events.span, from: .file).rejections.map { rejection in
            let row = rows[rejection.index]
            return Refusal(place: row.place, reason: row.naming(rejection.error))
        }
    }

    /// The rows that change something, in the order of the list. Ids follow from what is set and from how often it was
    /// set before, so that the same change sent twice is recognised, and a price may still return to what it was.
    /// - Parameters:
    ///   - known: what the store has.
    ///   - now: ns since 1970 UTC.
    package func changes(to known: KnownPrices, now: Int64) -> Changes {
        var (changes, known) = (Changes(), known)
        var json = JSONWriter()
        for row in rows {
            var before = 0
            if let key = row.key, let amount = row.amount, let validFrom = try? row.validFrom() ?? .min {
                let start = validFrom == .min ? nil : validFrom
                if known.contains(key, amount: amount, validFrom: start, now: now) {
                    changes.knownCount += 1
                    continue
                }
                before = known.count(of: key)
                known.add(key, amount: amount, validFrom: start ?? now)
                if let price = key.entry(amount: amount, validFrom: start ?? now) { changes.prices.append(price) }
            }
            Self.write(row, before: before, to: &json)
            changes.places.append(row.place)
        }
        changes.events = json.bytes
        return changes
    }

    private static func write(_ row: PriceRow, before: Int, to json: inout JSONWriter) {
        let identity = row.members.map { "\($0.field)=\($0.value)\n" }.joined() + "\(before)"
        json.beginObject()
        json.member("specversion", "1.0")
        json.member("id", "price-" + hexadecimal(Array(SHA256.hash(Array(identity.utf8)).prefix(12))))
        json.member("source", "plimsoll/prices")
        json.member("type", "price.set")
        json.key("data")
        json.beginObject()
        for (field, value) in row.members { json.member(field, value) }
        json.endObject()
        json.endObject()
        json.endLine()
    }

    static func rowsOfCSV(_ bytes: [UInt8], _ name: String) throws(ImportError) -> [PriceRow] {
        let lines = CSVReader.rows(bytes)
        guard let header = lines.first else { return [] }
        let fields = header.fields.map { $0.lowercased() }
        let others: [Character] = [";", "\t", "|"]
        if fields.count == 1, let separator = others.first(where: { fields[0].contains($0) }) {
            let found = separator == "\t" ? "tabs" : "`\(separator)`"
            throw ImportError(
                source: name,
                reason: "line \(header.line): its fields are separated by \(found); separate them by commas, "
                    + "and write decimals with a point")
        }
        if let stranger = fields.first(where: { !PriceRow.fields.contains($0) }) {
            throw ImportError(
                source: name,
                reason:
                    "line \(header.line): unknown column \(stranger.prefix(60)); "
                    + nameHint(to: stranger, known: PriceRow.fields))
        }
        var rows: [PriceRow] = []
        for line in lines.dropFirst() {
            guard line.fields.count == fields.count else {
                throw ImportError(
                    source: name,
                    reason:
                        "line \(line.line): \(line.fields.count) fields, expected \(fields.count) as in the header: "
                        + "\(line.fields.joined(separator: " | ").prefix(120)); decimals have a point, a text with a comma stands "
                        + "in quotes")
            }
            var row = PriceRow(place: "line \(line.line)")
            for (field, value) in zip(fields, line.fields) { row[field] = value }
            rows.append(row)
        }
        return rows
    }
}
