/// The line of a file of logins: `machine HOST login NAME password SECRET`.
struct CredentialLogin {
    private static let words: [[UInt8]?] = ["machine", nil, "login", nil, "password"].map { $0.map { Array($0.utf8) } }
    /// How many words of it stood before.
    private var count = 0
    private var isHostNamed = false

    /// Looks at the next word of a text.
    /// - Returns: whether it stands where the secret does, and is it: behind the name of a host whatever there is, and
    ///   elsewhere what is no word, since sentences may have these words, too.
    mutating func take(_ word: ArraySlice<UInt8>) -> Bool {
        guard count < Self.words.count else {
            count = 0
            return isHostNamed || CredentialValue.isMade(word, CredentialValue.madeBytesMin)
        }
        if count == 1 { isHostNamed = word.dropLast().contains(UInt8(ascii: ".")) }
        let isNext = Self.words[count].map { word.elementsEqual($0) } ?? true
        count = isNext ? count + 1 : word.elementsEqual("machine".utf8) ? 1 : 0
        return false
    }
}
