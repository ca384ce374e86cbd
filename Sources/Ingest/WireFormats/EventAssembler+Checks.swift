internal import Domain
internal import JSONParsing

extension EventAssembler {
    /// Fills what the envelope says where the data says nothing: tenant, conversation, trace.
    mutating func completeContext(_ tape: JSONTape) throws(FieldError) {
        let columns = registry.wellKnown
        if !isFilled(columns.tenant) {
            fillDefaultTenant()
        } else if isNoTenant(tape) {
            throw Self.nameless("tenant", isEmpty: slot(columns.tenant).count == 0)
        }
        let subject = envelope[EnvelopeName.subject.rawValue]
        if subject != 0 { try useSubject(tape, subject) }
        let traceParent = envelope[EnvelopeName.traceparent.rawValue]
        if traceParent != 0 { useTraceParent(tape, traceParent) }
    }

    mutating func fillDefaultTenant() {
        fill(registry.wellKnown.tenant, FieldSlot(kind: .scratchText, payload: Int64(scratch.count), count: 7))
        scratch.append(contentsOf: Self.defaultTenant)
    }

    private static let defaultTenant = Array("default".utf8)

    /// Whether the data's tenant, which is text of the tape, names nobody.
    private mutating func isNoTenant(_ tape: JSONTape) -> Bool {
        let slot = slot(registry.wellKnown.tenant)
        let start = Int(slot.payload)
        return origin == .export ? slot.count == 0 : isBlank(tape, start..<(start + Int(slot.count)))
    }

    private mutating func useSubject(_ tape: JSONTape, _ place: Int) throws(FieldError) {
        guard tape.kind(place) == .string else {
            throw FieldError(field: "subject", expected: "text", found: describe(tape, place))
        }
        let range = tape.stringRange(place)
        guard range.count <= limits.textBytesMax else {
            throw FieldError(
                field: "subject", expected: "at most \(limits.textBytesMax) bytes", found: "\(range.count) bytes")
        }
        guard origin == .export ? !range.isEmpty : !isBlank(tape, range) else { return }
        if mayOpen(tape, range, .certain) { throw Self.credential("subject") }
        let column = registry.wellKnown.conversationID
        if !isFilled(column) {
            fillText(column, range)
        } else if !tape.strings[range].elementsEqual(text(column, tape)) {
            // The data names another conversation: the subject is kept, not lost. A key stands before its value.
            attributeKeys.append(place - 1)
        }
    }

    /// Takes trace and span from a `traceparent`; one that is broken, or names another trace than the data, is kept as
    /// it came.
    private mutating func useTraceParent(_ tape: JSONTape, _ place: Int) {
        let columns = registry.wellKnown
        guard tape.kind(place) == .string else { return attributeKeys.append(place - 1) }
        let range = tape.stringRange(place)
        guard TraceParent.isValid(tape.strings.span.extracting(range)) else { return attributeKeys.append(place - 1) }
        let trace = range.lowerBound + TraceParent.traceRange.lowerBound
        let traceRange = trace..<(trace + TraceParent.traceRange.count)
        if isFilled(columns.traceID) {
            guard tape.strings[traceRange].elementsEqual(text(columns.traceID, tape)) else {
                return attributeKeys.append(place - 1)
            }
        } else {
            fillText(columns.traceID, traceRange)
        }
        guard !isFilled(columns.spanID) else { return }
        let span = range.lowerBound + TraceParent.spanRange.lowerBound
        fillText(columns.spanID, span..<(span + TraceParent.spanRange.count))
    }

    private func text(_ column: UInt16, _ tape: JSONTape) -> ArraySlice<UInt8> {
        let slot = slot(column)
        let range = Int(slot.payload)..<(Int(slot.payload) + Int(slot.count))
        return slot.kind == .text ? tape.strings[range] : scratch[range]
    }

    /// What must hold between the fields of an event.
    mutating func checkWhole(_ type: UInt16, _ tape: JSONTape) throws(FieldError) {
        if !attributeKeys.isEmpty, statesMoney(type) { try checkCurrency(attributeKeys, tape) }
        if lacksRequired(type), isAskedFor(type) {
            for column in registry.types[Int(type)].requiredColumns where !isFilled(column) {
                let schema = registry.columns[Int(column)]
                throw FieldError(field: schema.name, expected: schema.wireDescription, found: "nothing")
            }
        }
        let columns = registry.wellKnown
        // What was taken in once is so in exports.
        if !origin.isOfExport, let told = integer(columns.reportedCost), told < 0 {
            throw FieldError(
                field: registry.columns[Int(columns.reportedCost)].name, expected: "a cost in USD of at least 0",
                found: "a negative amount")
        }
        if type == registry.wellKnownTypes.priceSet { try checkPrice(tape) }
        try checkUsage()
    }

    private func checkPrice(_ tape: JSONTape) throws(FieldError) {
        let columns = registry.wellKnown
        if isFilled(columns.pricePerMillionTokens) == isFilled(columns.pricePerGPUHour) {
            throw FieldError(
                field: "usd_per_million_tokens", expected: "either usd_per_million_tokens or usd_per_gpu_hour",
                found: isFilled(columns.pricePerGPUHour) ? "both" : "neither")
        }
        let isGPU = text(columns.tokenClass, tape).elementsEqual(TokenClass.gpu.rawValue.utf8)
        guard isGPU == isFilled(columns.pricePerGPUHour) else {
            throw FieldError(
                field: "token_class",
                expected: isGPU ? "usd_per_gpu_hour beside gpu" : "gpu beside usd_per_gpu_hour, and no other class",
                found: isGPU
                    ? "usd_per_million_tokens" : String(decoding: text(columns.tokenClass, tape), as: UTF8.self))
        }
        try PriceEntry.checkNames(
            provider: String(decoding: text(columns.provider, tape), as: UTF8.self),
            model: String(decoding: text(columns.model, tape), as: UTF8.self))
    }

    /// Refuses usage that no cost can be booked from. The schemas bound each count; what must hold between them is
    /// looked at only where a part is told.
    mutating func checkUsage() throws(FieldError) {
        let columns = registry.wellKnown
        guard
            isFilled(columns.reasoningTokens) || isFilled(columns.cacheReadTokens) || isFilled(columns.cacheWriteTokens)
                || isFilled(columns.cacheWrite1hTokens)
        else { return }
        let usage = TokenUsage(
            input: integer(columns.inputTokens), output: integer(columns.outputTokens),
            cacheRead: integer(columns.cacheReadTokens), cacheWrite: integer(columns.cacheWriteTokens),
            cacheWrite1h: integer(columns.cacheWrite1hTokens), reasoning: integer(columns.reasoningTokens))
        try usage.check()
    }
}
