/// What is known of a dictionary's texts beside themselves, where it is made once for many questions (``KeptTexts``).
struct TextIndex: Sendable {
    /// The same texts under the same numbers, to be found by their bytes.
    let interner: TextInterner
    /// Bytes of the longest one.
    let longest: Int
}
