/// What calls lack that no price mends: counts that they did not tell, or not so that they could be read.
///
/// `price_gaps` names a class alike whether its tokens have no price or were not told. Which of both it is follows from
/// what the call told; whoever shows what is missing says it by ``shown`` or ``shown(_:of:)``.
package enum UsageGaps {
    /// Columns that the expressions read beside `price_gaps`.
    package static let columns = "input_tokens, output_tokens, total_tokens, usage_doubt"

    /// In SQL, over calls with `input` among their `price_gaps`: whether its tokens were not told, neither as such nor
    /// by a total (``TokenUsage/wholes``).
    static let isInputUntold = """
        (coalesce(input_tokens, 0) = 0 and not (usage_doubt is null \
        and coalesce(total_tokens, 0) > coalesce(output_tokens, 0) \
        and (input_tokens is null or coalesce(output_tokens, 0) = 0)))
        """

    /// The same of `output`.
    static let isOutputUntold = """
        (output_tokens is null and not (usage_doubt is null \
        and coalesce(total_tokens, 0) > coalesce(input_tokens, 0)))
        """

    /// In SQL, over calls whose `price_state` is not `priced`: a count was not told, and nothing else is missing.
    package static let condition = """
        (price_gaps = 'usage' or price_gaps = 'input' and \(isInputUntold) \
        or price_gaps = 'output' and \(isOutputUntold))
        """

    /// In SQL: `price_gaps` with other words for classes of which the tokens were not told.
    package static let shown: String = {
        let gaps = "',' || price_gaps || ','"
        let input = "case when \(isInputUntold) then replace(\(gaps), ',input,', ',untold_input,') else \(gaps) end"
        let both = "case when \(isOutputUntold) then replace(\(input), ',output,', ',untold_output,') else \(input) end"
        return "btrim(\(both), ',')"
    }()

    /// The same of one call.
    /// - Parameters:
    ///   - gaps: as the column `price_gaps` has it.
    ///   - usage: input, output, total and doubt of the call, and whether it makes output.
    package static func shown(_ gaps: [UInt8], of usage: TokenUsage) -> [UInt8] {
        let (input, output) = usage.wholes
        let parts = gaps.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let names = parts.map { name -> [UInt8] in
            let isInput = name.elementsEqual("input".utf8) && (input ?? 0) == 0
            let isOutput = name.elementsEqual("output".utf8) && output == nil
            return (isInput || isOutput ? Array("untold_".utf8) : []) + name
        }
        return Array(names.joined(separator: [UInt8(ascii: ",")]))
    }
}
