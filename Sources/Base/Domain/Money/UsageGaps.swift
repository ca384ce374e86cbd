/// What calls lack that no price mends.
package enum UsageGaps {
    /// In SQL, over calls whose `price_state` is not `priced`, with the columns `price_gaps`, `input_tokens` and
    /// `output_tokens`: a count was not told, or not so that it could be read, and nothing else is missing.
    package static let condition = """
        (price_gaps = 'usage' or price_gaps = 'input' and input_tokens is null \
        or price_gaps = 'output' and output_tokens is null)
        """
}
