import Bytes
import EmbeddedSchemas
import JSONTexts

/// Why a price file cannot be used.
package struct PriceFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where: `models[3].input`, or a byte offset for broken JSON.
    package var place: String
    /// What the format asks for there.
    package var expected: String
    /// What stands there.
    package var found: String

    /// What is expected or wrong, in words for the sender.
    package var description: String { "\(place): expected \(expected), found \(found)" }
}

/// A list of prices as a file. JSON, prices in USD per million tokens as decimal text:
///
///     {"as_of": "2026-07-01", "source": "where the prices were read", "providers": ["openai", "azure.ai.openai"],
///      "valid_from": "2026-07-01T00:00:00Z",
///      "models": [{"model": "gpt-4o", "aliases": ["gpt-4o-2024-08-06"], "input": "2.5", "output": "10", "cache_read": "1.25",
///                  "cache_write": "2.5", "cache_write_1h": "5", "usd_per_gpu_hour": "2", "input_tokens_max": 200000,
///                  "service_tiers": {"batch": {"input": "1.25", "output": "5"}}}]}
///
/// Each price counts for every provider and for the model and all its aliases; the model `*` stands for all models of
/// the provider that have no price of their own. `valid_from` is optional. `input_tokens_max` is for the built-in
/// lists: the prices of the model, all its tiers included, hold for prompts of so many tokens at most; of longer ones
/// the list says no more than that they cost more.
package struct PriceFile: Equatable, Sendable {
    /// The day the prices were read, as in `2026-07-01`.
    package var asOf: String
    /// Where they were read.
    package var source: String
    /// Names of the provider that the prices count for.
    package var providers: [String]
    /// Sorted in canonical order.
    package var entries: [PriceEntry]

    /// - Parameter validFrom: for prices of a file that names no time.
    /// - Throws: the first thing in the file that is not as above.
    package init(parsing bytes: [UInt8], validFrom: Int64, origin: PriceOrigin) throws(PriceFileError) {
        let document: JSONValue
        do throws(DecodingError) {
            document = try JSONReader.parse(bytes)
        } catch {
            throw PriceFileError(place: "byte \(error.offset)", expected: error.expectation, found: "something else")
        }
        asOf = try PriceFile.text(document, "as_of")
        source = try PriceFile.text(document, "source")
        providers = (document["providers"]?.array ?? []).compactMap(\.string)
        entries = []
        guard !providers.isEmpty else {
            throw PriceFileError(place: "providers", expected: "a list of names", found: "none")
        }
        guard let models = document["models"]?.array else {
            throw PriceFileError(place: "models", expected: "a list", found: "none")
        }
        var start = validFrom
        if let text = document["valid_from"]?.string {
            do throws(TimestampError) {
                start = try RFC3339.parse(text)
            } catch {
                throw PriceFileError(place: "valid_from", expected: "\(error)", found: text)
            }
        }
        for (index, model) in models.enumerated() { try read(model, "models[\(index)]", start, origin) }
        entries.sort()
    }

    private static func text(_ document: JSONValue, _ name: String) throws(PriceFileError) -> String {
        guard let text = document[name]?.string else {
            throw PriceFileError(place: name, expected: "text", found: "none")
        }
        return text
    }

    private mutating func read(_ model: JSONValue, _ place: String, _ validFrom: Int64, _ origin: PriceOrigin)
        throws(PriceFileError)
    {
        guard let name = model["model"]?.string else {
            throw PriceFileError(place: place + ".model", expected: "a name", found: "none")
        }
        let names = [name] + (model["aliases"]?.array ?? []).compactMap(\.string)
        for provider in providers {
            for name in names {
                do throws(FieldError) {
                    try PriceEntry.checkNames(provider: provider, model: name)
                } catch {
                    throw PriceFileError(place: "\(place).\(error.field)", expected: error.expected, found: error.found)
                }
            }
        }
        let longest = try PriceFile.inputTokensMax(model, place, origin)
        let first = entries.count
        try read(model, tier: "", names, place, validFrom, origin)
        for tier in model["service_tiers"]?.members ?? [] {
            try read(tier.value, tier: tier.name, names, place + ".service_tiers.\(tier.name)", validFrom, origin)
        }
        for index in first..<entries.count where entries[index].tokenClass != .gpu {
            entries[index].inputTokensMax = longest
        }
    }

    private mutating func read(
        _ prices: JSONValue, tier: String, _ names: [String], _ place: String, _ validFrom: Int64, _ origin: PriceOrigin
    ) throws(PriceFileError) {
        let others: Set<String> = tier.isEmpty ? ["model", "aliases", "service_tiers", "input_tokens_max"] : []
        for member in prices.members ?? [] where !others.contains(member.name) {
            let isHour = member.name == "usd_per_gpu_hour"
            guard let tokenClass = isHour ? .gpu : TokenClass(rawValue: member.name), isHour || tokenClass != .gpu
            else {
                throw PriceFileError(
                    place: "\(place).\(member.name)",
                    expected: TokenClass.billed.map(\.rawValue).joined(separator: ", ") + " or usd_per_gpu_hour",
                    found: member.name)
            }
            let amount = try PriceFile.amount(
                member, isHour ? DecimalText.usdScale : DecimalText.perMillionTokensScale, place)
            for provider in providers {
                for name in names {
                    do throws(FieldError) {
                        entries.append(
                            try PriceEntry(
                                provider: provider, model: name, tokenClass: tokenClass, serviceTier: tier,
                                picoUSDPerToken: isHour ? nil : amount, picoUSDPerGPUHour: isHour ? amount : nil,
                                validFrom: validFrom,
                                position: 0, origin: origin))
                    } catch {
                        throw PriceFileError(
                            place: "\(place).\(member.name)", expected: error.expected, found: error.found)
                    }
                }
            }
        }
    }

    private static func inputTokensMax(_ model: JSONValue, _ place: String, _ origin: PriceOrigin)
        throws(PriceFileError) -> Int64?
    {
        guard let value = model["input_tokens_max"] else { return nil }
        guard origin == .builtIn else {
            throw PriceFileError(
                place: place + ".input_tokens_max",
                expected: "no bound: what is set holds for prompts of any length the list knows",
                found: "one")
        }
        guard let longest = value.integer, (1...Limits.tokensMax).contains(longest) else {
            throw PriceFileError(
                place: place + ".input_tokens_max", expected: "1 to \(Limits.tokensMax) tokens", found: "something else"
            )
        }
        return longest
    }

    private static func amount(_ member: JSONMember, _ scale: Int, _ place: String) throws(PriceFileError) -> Int64 {
        guard let text = member.value.string else {
            throw PriceFileError(
                place: "\(place).\(member.name)", expected: "decimal text in quotes", found: "another JSON value")
        }
        do throws(DecimalError) {
            return try DecimalText.parse(text, scale: scale)
        } catch {
            throw PriceFileError(place: "\(place).\(member.name)", expected: "\(error)", found: text)
        }
    }
}

/// The public list prices that the program was built with. They hold for calls of any time until a price is set;
/// `as_of` says when they were read. A price that is not published is absent, so that calls show as unpriced rather
/// than free.
///
/// A cloud's own spelling of a model is a name of its own, with that cloud's price: no prefix is taken off to find the
/// maker's. On Bedrock the newer models of Claude cost a tenth more under an id that names a region
/// (`eu.anthropic.claude-sonnet-4-5-…`) than under `global.`, older ones have come to cost more than at Anthropic, and
/// GovCloud has prices of its own, so that the maker's price would be an amount that no invoice shows. What is listed
/// here was compared; any other id, and Claude on Vertex, whose ids (`claude-sonnet-4-5@20250929`) do not say by which
/// of two prices a call is billed, is unpriced, told by `plimsoll prices check` under the name as it came, until a
/// price is set for it.
package enum BuiltInPrices {
    /// The files, in order of their names.
    package static let files: [PriceFile] = EmbeddedSchemas.prices.map { file in
        do throws(PriceFileError) {
            return try PriceFile(parsing: file.bytes, validFrom: .min, origin: .builtIn)
        } catch {
            preconditionFailure("\(file.name): \(error)")
        }
    }

    /// All prices, in canonical order.
    package static var entries: [PriceEntry] { files.flatMap(\.entries).sorted() }

    /// A book of nothing but these prices: what a new store begins with.
    package static var book: PriceBook { PriceBook(entries) }
}
