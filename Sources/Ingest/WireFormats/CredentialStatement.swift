/// Statements of SQL that give somebody a password: `CREATE USER bob IDENTIFIED BY '…'`, `ALTER ROLE bob PASSWORD '…'`.
struct CredentialStatement {
    /// The word that a password stands behind.
    private enum Opening {
        case by, password
    }

    private static let verbs = ["create", "alter", "replace", "set"].map { Array($0.utf8) }
    private static let objects = ["user", "role", "login", "group", "password"].map { Array($0.utf8) }
    private static let identified = Array("identified".utf8), by = Array("by".utf8)
    private static let password = Array("password".utf8)
    /// Most words of a text are none of these.
    private static let starts = CredentialStarts(verbs + objects + [identified, by])
    /// No statement has more words before its password.
    private static let wordsMax = 16
    /// Between `IDENTIFIED` and `BY` may stand `WITH` and how.
    private static let wordsOfHowMax = 4

    private var isBegun = false
    private var wordsLeft = 0, wordsOfHowLeft = 0
    private var opening: Opening?

    /// Looks at the next word of a text.
    /// - Parameter isQuoted: Whether a quote stands before it.
    /// - Returns: whether it stands where the password does, and is it: in quotes in a statement whatever there is, and
    ///   elsewhere what is no word, since people are identified by this and that.
    mutating func take(_ word: ArraySlice<UInt8>, isQuoted: Bool) -> Bool {
        defer { note(word) }
        guard let opening, isQuoted || !CredentialNames.isSame(Self.password, word) else { return false }
        if isQuoted, wordsLeft > 0 { return true }
        return opening == .by && (isQuoted || wordsLeft > 0)
            && CredentialValue.isMade(word, CredentialValue.madeBytesMin)
    }

    private mutating func note(_ word: ArraySlice<UInt8>) {
        (wordsLeft, wordsOfHowLeft) = (max(0, wordsLeft - 1), max(0, wordsOfHowLeft - 1))
        let (wasBegun, last) = (isBegun, opening)
        (isBegun, opening) = (false, nil)
        guard (2...10).contains(word.count),
            Self.starts.mayBegin(word[word.startIndex] | 0x20, word[word.startIndex + 1] | 0x20)
        else { return }
        if wasBegun, Self.objects.contains(where: { CredentialNames.isSame($0, word) }) { wordsLeft = Self.wordsMax }
        if Self.verbs.contains(where: { CredentialNames.isSame($0, word) }) { isBegun = true }
        if CredentialNames.isSame(Self.identified, word) {
            wordsOfHowLeft = Self.wordsOfHowMax
        } else if wordsOfHowLeft > 0, CredentialNames.isSame(Self.by, word) {
            opening = .by
        } else if CredentialNames.isSame(Self.password, word) {
            opening = last == .by ? .by : .password
        }
    }
}
