/// A name and a value that stand as two members beside each other, `{"name": "password", "value": "…"}`, while a text
/// is gone through.
struct CredentialPair {
    /// Whether the next word is the name.
    var isNaming = false
    private var asked: CredentialValue?
    private var wordsLeft = 0

    /// A value stands no further from its name.
    private static let wordsMax = 12

    /// What the name asks of its value; nil where none was met, or long ago.
    var value: CredentialValue? { wordsLeft > 0 ? asked : nil }

    /// Takes note of what the word asks that is the name.
    mutating func note(_ value: CredentialValue?) {
        (asked, wordsLeft, isNaming) = (value, Self.wordsMax + 1, false)
    }

    /// Goes on to the next word.
    mutating func pass() { wordsLeft = max(0, wordsLeft - 1) }
}
