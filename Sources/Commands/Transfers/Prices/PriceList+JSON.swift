import Bytes
import Domain
import JSONTexts

extension PriceList {
    private static let wanted =
        #"expected an array of prices such as [{"provider":"acme","model":"large","token_class":"input","usd_per_million_tokens":"2.5"}], "#
        + "or a price file with as_of, source, providers and models (`plimsoll prices load --help` shows one)"

    static func rowsOfJSON(_ bytes: [UInt8], _ name: String) throws(ImportError) -> [PriceRow] {
        let document: JSONValue
        do throws(DecodingError) {
            document = try JSONReader.parse(bytes)
        } catch {
            throw ImportError(source: name, reason: "no JSON: byte \(error.offset): expected \(error.expectation)")
        }
        if let array = document.array {
            var rows: [PriceRow] = []
            for (index, value) in array.enumerated() { rows.append(try row(value, place: "price \(index + 1)", name)) }
            return rows
        }
        if document["provider"] != nil { return [try row(document, place: "price 1", name)] }
        guard document["models"] != nil || document["providers"] != nil else {
            throw ImportError(source: name, reason: wanted)
        }
        return try rowsOfFile(bytes, name)
    }

    private static func row(_ value: JSONValue, place: String, _ name: String) throws(ImportError) -> PriceRow {
        guard let members = value.members else { throw ImportError(source: name, reason: "\(place): \(wanted)") }
        var row = PriceRow(place: place)
        for member in members {
            guard PriceRow.fields.contains(member.name) else {
                throw ImportError(
                    source: name,
                    reason:
                        "\(place): unknown member \(member.name.prefix(60)); "
                        + nameHint(to: member.name, known: PriceRow.fields))
            }
            switch member.value {
            case .string(let text): row[member.name] = text
            case .null: break
            default:
                throw ImportError(
                    source: name, reason: "\(place): \(member.name): expected text in quotes, also for prices")
            }
        }
        return row
    }

    private static func rowsOfFile(_ bytes: [UInt8], _ name: String) throws(ImportError) -> [PriceRow] {
        let file: PriceFile
        do throws(PriceFileError) {
            file = try PriceFile(parsing: bytes, validFrom: .min, origin: .set)
        } catch {
            throw ImportError(source: name, reason: "\(error)")
        }
        return file.entries.map { entry in
            var row = PriceRow(place: "\(entry.provider) \(entry.model) \(entry.tokenClass.rawValue)")
            row["provider"] = entry.provider
            row["model"] = entry.model
            row["token_class"] = entry.tokenClass.rawValue
            row[entry.tokenClass == .gpu ? "usd_per_gpu_hour" : "usd_per_million_tokens"] = entry.usd
            row["service_tier"] = entry.serviceTier
            if entry.validFrom != .min { row["valid_from"] = RFC3339.render(entry.validFrom) }
            return row
        }
    }
}
