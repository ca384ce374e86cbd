internal import Domain

// tests: the bounds are tried with small ones.
/// What one event, and one batch of events, may hold at most. Tests make them small; the defaults are those of
/// ``Limits``.
package struct DecoderLimits: Hashable, Sendable {
    /// Bytes of one event's line in newline-delimited input.
    package var eventBytesMax = Limits.eventBytesMax
    /// Bytes of one text field.
    package var textBytesMax = Limits.nameBytesMax
    /// Bytes of `attributes`, and of each other field that holds a map, in canonical form.
    package var attributesBytesMax = 64 << 10
    /// Levels of objects and arrays inside `attributes` and other maps.
    package var attributesDepthMax = 8
    /// Members of `attributes` at all levels.
    package var attributesMax = Limits.attributesMax
    /// Rejections that are told one by one; all are counted.
    package var rejectionsMax = Limits.listedRejectionsMax
    /// Dead letters that are handed over; all are counted.
    var deadLettersMax = 1_000
    /// Field names that a dead letter lists.
    var deadLetterFieldsMax = 64
    /// Levels of nesting that a JSON document may have.
    var documentDepthMax = Limits.nestingDepthMax

    package init() {}
}
