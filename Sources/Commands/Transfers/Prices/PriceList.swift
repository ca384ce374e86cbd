import Bytes
import Domain
import Hashing
import Server

/// Reads a price list and turns it into `price.set` events.
///
/// JSON as ``PriceFile`` says, or CSV with a header line:
/// `provider,model,token_class,usd_per_million_tokens,usd_per_gpu_hour,service_tier,valid_from`
/// in any order; columns that are not needed may be missing.
package enum PriceList {
    /// One event a line. Ids follow from the contents, so that a list loaded twice is recognised.
    /// - Parameter name: the file's name, for messages.
    /// - Throws: ``ImportError`` naming the place in the file.
    package static func events(_ bytes: [UInt8], name: String) throws(ImportError) -> [UInt8] {
        let isJSON = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D } == UInt8(ascii: "{")
        let rows = isJSON ? try rowsOfJSON(bytes, name) : try rowsOfCSV(bytes, name)
        guard !rows.isEmpty else { throw ImportError(source: name, reason: "there is no price in it") }
        let digest = hexadecimal(Array(SHA256.hash(bytes).prefix(8)))
        var json = JSONText()
        for (place, row) in rows.enumerated() {
            json.beginObject()
            json.member("specversion", "1.0")
            json.member("id", "prices-\(digest)-\(place)")
            json.member("source", "plimsoll/prices")
            json.member("type", "price.set")
            json.key("data")
            json.beginObject()
            for (field, value) in row where !value.isEmpty { json.member(field, value) }
            json.endObject()
            json.endObject()
            json.endLine()
        }
        return json.bytes
    }

    private typealias Row = [(field: String, value: String)]

    private static func rowsOfJSON(_ bytes: [UInt8], _ name: String) throws(ImportError) -> [Row] {
        let file: PriceFile
        do throws(PriceFileError) {
            file = try PriceFile(parsing: bytes, validFrom: .min, origin: .set)
        } catch {
            throw ImportError(source: name, reason: "\(error)")
        }
        return file.entries.map { entry in
            [
                ("provider", entry.provider), ("model", entry.model), ("token_class", entry.tokenClass.rawValue),
                (entry.tokenClass == .gpu ? "usd_per_gpu_hour" : "usd_per_million_tokens", entry.usd),
                ("service_tier", entry.serviceTier), ("valid_from", entry.validFrom == .min ? "" : RFC3339.render(entry.validFrom)),
            ]
        }
    }

    private static func rowsOfCSV(_ bytes: [UInt8], _ name: String) throws(ImportError) -> [Row] {
        let known = ["provider", "model", "token_class", "usd_per_million_tokens", "usd_per_gpu_hour", "service_tier", "valid_from"]
        let lines = CSVReader.rows(bytes)
        guard let header = lines.first else { return [] }
        let fields = header.map { $0.lowercased() }
        if let stranger = fields.first(where: { !known.contains($0) }) {
            throw ImportError(source: name, reason: "line 1: unknown column \(stranger); known are \(known.joined(separator: ", "))")
        }
        var rows: [Row] = []
        for (place, line) in lines.enumerated().dropFirst() {
            guard line.count == fields.count else {
                throw ImportError(
                    source: name, reason: "line \(place + 1): \(line.count) fields, expected \(fields.count) as in the header")
            }
            rows.append(zip(fields, line).map { (field: $0, value: $1) })
        }
        return rows
    }
}
