package import Bytes

// A price book in a checkpoint or a log record. Equal books have equal bytes:
//
//     1 byte   version, 3; in version 1 no price has a longest prompt, up to 2 there is one list
//     varint   number of entries
//     entries, ascending in canonical order, each:
//       text     provider                 varint length + UTF-8
//       text     model
//       text     service tier             empty for none
//       1 byte   class                    index into TokenClass.allCases
//       1 byte   origin                   0 built in, 1 set
//       zig-zag  amount, valid_from, position
//       varint   the longest prompt for which it holds, in tokens; 0: any
//       varint   the list that it came with
extension PriceBook {
    /// Appends the book in the form above.
    func serialise(into sink: inout ByteSink) {
        sink.append(UInt8(3))
        let entries = entries
        sink.append(varint: UInt64(entries.count))
        for entry in entries {
            sink.append(text: entry.provider)
            sink.append(text: entry.model)
            sink.append(text: entry.serviceTier)
            sink.append(UInt8(TokenClass.allCases.firstIndex(of: entry.tokenClass) ?? 0))
            sink.append(entry.origin.rawValue)
            sink.append(zigzag: entry.amount)
            sink.append(zigzag: entry.validFrom)
            sink.append(zigzag: entry.position)
            sink.append(varint: UInt64(max(0, entry.inputTokensMax ?? 0)))
            sink.append(varint: UInt64(max(0, entry.list)))
        }
    }

    /// The book as bytes.
    package var serialised: [UInt8] {
        var sink = ByteSink()
        serialise(into: &sink)
        return sink.bytes
    }

    /// Reads what ``serialise(into:)`` wrote; the cursor moves behind it.
    /// - Throws: where the bytes are no price book in canonical order.
    package init(parsing cursor: inout ByteCursor) throws(DecodingError) {
        let version = try cursor.readByte()
        guard (1...3).contains(version) else {
            throw cursor.newerForm("version 1 to 3 of a price book", found: version)
        }
        let count = try cursor.readCount(max: Limits.pricesMax)
        var entries: [PriceEntry] = []
        for _ in 0..<count {
            let provider = try cursor.readText(max: Limits.nameBytesMax)
            let model = try cursor.readText(max: Limits.nameBytesMax)
            // Small letters may take more bytes than those that were sent.
            let tier = try cursor.readText(max: 4 * Limits.nameBytesMax)
            let (classNumber, originNumber) = (try cursor.readByte(), try cursor.readByte())
            let tokenClass = Int(classNumber)
            guard TokenClass.allCases.indices.contains(tokenClass) else {
                throw cursor.newerForm("a token class", found: classNumber)
            }
            guard let origin = PriceOrigin(rawValue: originNumber) else {
                throw cursor.newerForm("an origin of a price", found: originNumber)
            }
            let amount = try cursor.readZigzag()
            let validFrom = try cursor.readZigzag()
            let position = try cursor.readZigzag()
            guard (0..<Int64.max).contains(position) else { throw cursor.failure("a position") }
            let longest = version == 1 ? 0 : try cursor.readVarint()
            guard let longest = Int64(exactly: longest) else { throw cursor.failure("a number of tokens") }
            let list = version < 3 ? 0 : try cursor.readVarint()
            guard let list = Int64(exactly: list), list < Int64(UInt32.max) else {
                throw cursor.failure("the number of a list")
            }
            let isGPU = TokenClass.allCases[tokenClass] == .gpu
            var entry: PriceEntry
            do throws(FieldError) {
                entry = try PriceEntry(
                    provider: provider, model: model, tokenClass: TokenClass.allCases[tokenClass], serviceTier: tier,
                    picoUSDPerToken: isGPU ? nil : amount, picoUSDPerGPUHour: isGPU ? amount : nil,
                    validFrom: validFrom,
                    position: position, origin: origin)
            } catch {
                throw cursor.failure("a price: \(error)")
            }
            if longest > 0 { entry.inputTokensMax = longest }
            entry.list = list
            if let last = entries.last, entry < last { throw cursor.failure("prices in canonical order") }
            entries.append(entry)
        }
        self.init(entries)
    }
}
