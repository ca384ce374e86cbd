/// Goes through a text once and finds all that opens something, each find behind the last one.
///
/// What stands behind a find is read as if the text began there. What is known of it by then is kept: where its word
/// ends, where a private key begins. So a sender cannot make a find cost as much as the rest of the text.
/// - Complexity: O(bytes) for all finds together.
struct CredentialSearch {
    /// In one form; what is found is told by where it stands in the text as it was.
    let text: ArraySlice<UInt8>
    private let forms: CredentialForms
    let suspicion: CredentialText.Suspicion
    /// Bytes that were looked at so far.
    private(set) var steps = 0

    /// Where a block of PEM begins; words end there.
    private var key: Int?
    private let end: Int
    private var index: Int
    /// Where the text begins, or what is behind the last find.
    private var origin: Int
    /// Where the word ends that was found last: what is left of it needs no look for an end.
    private var wordEnd: Int
    /// Where what is left of that word may begin to look like bytes in base64.
    private(set) var base64Starts = 0..<0

    /// The last words that may be names.
    private var before: Range<Int>?, earlier: Range<Int>?
    private var command = CredentialCommand()
    private var login = CredentialLogin()
    private var statement = CredentialStatement()
    /// What the words before ask of the next one.
    private var isAfterScheme = false
    private var asked: CredentialValue?
    private var pair = CredentialPair()

    /// How much of a value or a name tells what it is; the tests of them look no further.
    private static let bytesTold = 66
    /// Values in quotes and tags are not longer.
    private static let quotedMax = 256

    init(_ text: ArraySlice<UInt8>, _ suspicion: CredentialText.Suspicion) {
        // All of it is looked at for other forms, and for a key.
        steps = 2 * text.count
        forms = CredentialForms(text)
        let text = forms.text
        (self.text, self.suspicion) = (text, suspicion)
        let key = Self.privateKey(in: text)
        (self.key, end) = (key, key ?? text.endIndex)
        (index, wordEnd, origin) = (text.startIndex, text.startIndex, text.startIndex)
    }

    /// The next part that opens something; nil behind the last one.
    mutating func next() -> Range<Int>? {
        while let word = nextWord() {
            guard let found = secret(in: word) else { continue }
            restart(behind: found.upperBound)
            return forms.original(found)
        }
        guard let key else { return nil }
        self.key = nil
        return forms.original(key..<text.endIndex)
    }

    private mutating func restart(behind place: Int) {
        (index, origin) = (place, place)
        (before, earlier, isAfterScheme, asked) = (nil, nil, false, nil)
        (command, pair, login) = (CredentialCommand(), CredentialPair(), CredentialLogin())
        statement = CredentialStatement()
    }

    /// What a test is given to look at.
    mutating func look(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        steps += part.count
        return part
    }

    /// What a test looked at by itself.
    mutating func count(_ looked: Int) { steps += looked }

    /// The same of a test that asks for the beginning only.
    mutating func lookAtBeginning(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> { look(part.prefix(Self.bytesTold)) }

    /// What stands behind a name, for the value to be a secret. Words before it may be part of the name, and a copula
    /// may be part of its last one.
    mutating func value(of name: ArraySlice<UInt8>) -> CredentialValue? {
        let value = anyValue(of: name)
        return suspicion == .identifier && !(value?.isAny ?? false) ? nil : value
    }

    private mutating func anyValue(of name: ArraySlice<UInt8>) -> CredentialValue? {
        let end = look(name.suffix(CredentialText.edgeBytes))
        let value = CredentialNames.value(of: end)
        if value?.isAny ?? false { return value }
        if endsWords(name) { return .any }
        if value != nil { return value }
        if endsPhrase(name) { return .made }
        return CredentialText.nameBeforeCopula(end).flatMap { CredentialNames.value(of: $0) }
    }

    private mutating func endsWords(_ name: ArraySlice<UInt8>) -> Bool {
        guard name.startIndex > origin, Self.isBlank(text[name.startIndex - 1]), CredentialNames.mayEndWords(name)
        else { return false }
        return CredentialNames.endsInWords(look(text[origin..<name.endIndex].suffix(CredentialText.edgeBytes)))
    }

    /// Whether a name is the last word of one that is written in two: `api key`.
    private mutating func endsPhrase(_ name: ArraySlice<UInt8>) -> Bool {
        guard name.startIndex > origin, Self.isBlank(text[name.startIndex - 1]), CredentialNames.mayEndPhrase(name)
        else { return false }
        return CredentialNames.endsInPhrase(look(text[origin..<name.endIndex].suffix(CredentialText.edgeBytes)))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private mutating func isMet(_ value: CredentialValue, by bytes: ArraySlice<UInt8>) -> Bool {
        if case .any = value { return CredentialText.isValue(look(bytes)) }
        return value.isMet(by: lookAtBeginning(bytes))
    }

    // MARK: Words

    /// What blanks, quotes and brackets part.
    private mutating func nextWord() -> Range<Int>? {
        if index >= wordEnd {
            let place = index
            while index < end, CredentialText.isBetweenWords(text[index]) { index += 1 }
            wordEnd = index
            while wordEnd < end, !CredentialText.isBetweenWords(text[wordEnd]) { wordEnd += 1 }
            steps += wordEnd - place
            if suspicion.findsRuns { base64Starts = look(base64: index..<wordEnd) }
        }
        defer { index = wordEnd }
        return index < wordEnd ? index..<wordEnd : nil
    }

    private mutating func look(base64 word: Range<Int>) -> Range<Int> {
        CredentialRun.base64Starts(in: look(text[word]))
    }

    /// The last word that nothing was found in.
    var lastWord: Range<Int>? { before }

    private mutating func pass(_ word: Range<Int>) { (earlier, before) = (before, word) }

    /// What opens something in a word, or is it, by what stands before; notes what the word asks of the next one.
    private mutating func secret(in word: Range<Int>) -> Range<Int>? {
        let bytes = text[word]
        if let found = inTag(word) { return found }
        if CredentialText.isScheme(lookAtBeginning(bytes)) {
            isAfterScheme = true
            pass(word)
            return nil
        }
        if isNested(word) {
            pair.note(asked)
        } else if let asked, isMet(asked, by: bytes) {
            return word.lowerBound..<valueEnd(word, asked)
        }
        if asked != nil, isOfList(word) { return nil }
        if isAfterScheme {
            // Of the words of schemes it is the only one with six letters and this first one.
            let isBearer = before.map { $0.count == 6 && text[$0.lowerBound] | 0x20 == UInt8(ascii: "b") } ?? false
            if asked?.isAny ?? false || CredentialText.isOpaque(look(bytes), isBearer: isBearer) { return word }
        }
        // A sign between a name and its value.
        let sign = CredentialText.signBytes(bytes)
        if sign > 0 {
            asked = nil
            if let before { asked = asks(text[before]) }
            if bytes.count == sign || bytes.elementsEqual(":=".utf8) { return nil }
            if let asked, isMet(asked, by: bytes.dropFirst(sign)) { return (word.lowerBound + sign)..<word.upperBound }
        }
        // A name of a program is short.
        let seen = command.isRunning ? look(bytes) : lookAtBeginning(bytes)
        let prior = before.map { text[$0] }
        if let start = command.take(seen, after: prior) {
            return (word.lowerBound + start)..<word.upperBound
        }
        if login.take(seen), CredentialText.isValue(seen) { return word }
        if statement.take(seen, isQuoted: isQuotedNext(word)), CredentialText.isValue(seen) {
            return word.lowerBound..<valueEnd(word, .any)
        }
        if let found = argument(word) { return found }
        if let found = valueBehindName(word) { return found }
        if isSecondOfTwo(word) { return word }
        if let found = inWord(word) { return found }
        (isAfterScheme, asked) = (false, nil)
        if pair.isNaming {
            let asked = value(of: bytes)
            pair.note(asked)
        }
        pair.pass()
        if let name = CredentialText.nameBeforeSign(bytes) { asked = asks(name) }
        pass(word)
        return nil
    }

    /// What a name before a sign asks of the value behind the sign. Where it only says that a value follows, the name
    /// beside it does.
    private mutating func asks(_ name: ArraySlice<UInt8>) -> CredentialValue? {
        if let asked = value(of: name) { return asked }
        let end = look(name.suffix(CredentialText.edgeBytes))
        if CredentialNames.isOfName(end) { pair.isNaming = true }
        return CredentialNames.isOfValue(end) ? pair.value : nil
    }

    /// Whether a word is the member of an object which has the value of the name before the object, in the place of a
    /// value: `{"token": {"value": "…"}}`.
    private mutating func isNested(_ word: Range<Int>) -> Bool {
        guard asked != nil, let before, CredentialNames.isOfValue(lookAtBeginning(text[word])) else { return false }
        return look(text[before.upperBound..<word.lowerBound].prefix(Self.bytesTold)).contains(UInt8(ascii: "{"))
    }

    /// What of a word is the value of an option that stands before it in a list of arguments: `["--password", "…"]`.
    private mutating func argument(_ word: Range<Int>) -> Range<Int>? {
        guard let before, text[before.lowerBound] == UInt8(ascii: "-"), text[word.lowerBound] != UInt8(ascii: "-"),
            (3...16).contains(word.lowerBound - before.upperBound), Self.isQuote(text[word.lowerBound - 1])
        else { return nil }
        let between = text[before.upperBound..<word.lowerBound]
        let signs = between.filter { !Self.isBesideItem($0) }
        guard signs == [UInt8(ascii: ",")], between.prefix(2).contains(where: Self.isQuote),
            let asked = value(of: text[before]), isMet(asked, by: text[word])
        else { return nil }
        return word.lowerBound..<valueEnd(word, asked)
    }

    /// Whether a word is in quotes, and nothing but blanks and a bracket stand between them and the word before.
    private func isQuotedNext(_ word: Range<Int>) -> Bool {
        guard let before, before.upperBound < word.lowerBound, Self.isQuote(text[word.lowerBound - 1]) else {
            return false
        }
        let between = text[before.upperBound..<word.lowerBound].suffix(8)
        return between.allSatisfy { Self.isBesideItem($0) || $0 == UInt8(ascii: "(") }
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    /// Whether a word is the second one of a list of two whose first one is the name of a secret: `["X-Api-Key", "…"]`.
    private mutating func isSecondOfTwo(_ word: Range<Int>) -> Bool {
        guard let before, word.lowerBound - before.upperBound <= 8, word.upperBound < end,
            text[before.upperBound..<word.lowerBound].contains(UInt8(ascii: ",")),
            let opening = text[origin..<before.lowerBound].suffix(8).lastIndex(where: { !Self.isBesideItem($0) }),
            text[opening] == UInt8(ascii: "["),
            text[word.upperBound..<end].prefix(8).first(where: { !Self.isBesideItem($0) }) == UInt8(ascii: "]")
        else { return false }
        guard let asked = value(of: text[before]) else { return false }
        // A list of such lists gives values; one alone may be of names: `["password", "email"]`.
        let isInList = opening > origin && [UInt8(ascii: "["), UInt8(ascii: ",")].contains(text[opening - 1])
        let value = look(text[word])
        return isInList ? asked.isMet(by: value) : asked.isMetInProse(by: value)
    }

    /// What of a word is the value of a name before it though no sign says so: behind an option, behind `is`, behind a
    /// header's name.
    private mutating func valueBehindName(_ word: Range<Int>) -> Range<Int>? {
        guard let before, text[word.lowerBound] != UInt8(ascii: "-") else { return nil }
        // Most words are in no need of a look at what stands before them.
        let bytes = lookAtBeginning(text[word])
        guard CredentialValue.isMade(bytes, CredentialValue.madeBytesMin) || CredentialValue.isDigits(bytes, 4...64)
        else { return nil }
        let name = text[before]
        if CredentialText.isCopula(name) { return isSaid(bytes, copula: before) ? word : nil }
        if name.first == UInt8(ascii: "-") {
            return value(of: name)?.isMetInProse(by: bytes) ?? false ? word : nil
        }
        if let name = CredentialText.nameBeforeCopula(name) {
            return endOfSaid(by: name, from: word.lowerBound, to: word.upperBound).map { word.lowerBound..<$0 }
        }
        let isNamed =
            CredentialValue.isMade(bytes, CredentialValue.madeBytesMinBare)
            && !(isAfterScheme && CredentialValue.isNumbered(bytes))
            && value(of: name)?.isAny ?? false
            && !look(text[word]).dropLast(2).contains(UInt8(ascii: "="))
            && look(text[before.upperBound..<word.lowerBound]).allSatisfy { $0 <= 0x20 || $0 == UInt8(ascii: "|") }
        return isNamed ? word : nil
    }

    /// Whether a copula or a dash says of a value that it is that of the name before. A dash says it of names only that
    /// say it all, and not where it begins a line.
    private mutating func isSaid(_ value: ArraySlice<UInt8>, copula: Range<Int>) -> Bool {
        guard let earlier, let asked = self.value(of: text[earlier]), asked.isMetInProse(by: value) else {
            return false
        }
        guard CredentialText.isDash(text[copula]) else { return true }
        return asked.isAny && !look(text[earlier.upperBound..<copula.lowerBound]).contains(UInt8(ascii: "\n"))
    }

    /// Where the value ends that a copula at the end of a name says; nil: there is none. What parts no words goes on
    /// behind the value: it is in ASCII, and the sentence is not.
    mutating func endOfSaid(by name: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int? {
        // Behind a copula may stand a sign as well, and what the sign says is looked at behind it.
        guard start < end, text[start] < 0x80, !CredentialText.isAssignment(text[start]),
            let asked = value(of: name)
        else { return nil }
        let beginning = look(text[start..<end].prefix(Self.bytesTold).prefix { $0 < 0x80 })
        guard asked.isMetInProse(by: beginning) else { return nil }
        return look(text[start..<end].prefix { $0 < 0x80 }).endIndex
    }

    /// What stands between a tag and its end: `<password>x</password>`, `<wsse:Password Type="…">x</wsse:Password>`.
    private mutating func inTag(_ word: Range<Int>) -> Range<Int>? {
        guard word.lowerBound > text.startIndex, text[word.lowerBound - 1] == UInt8(ascii: "<"), word.upperBound < end,
            text[word.lowerBound] != UInt8(ascii: "/"), let asked = value(of: text[word])
        else { return nil }
        let attributes = look(text[word.upperBound..<end].prefix(Self.quotedMax).prefix { !Self.isOfTag($0) })
        guard attributes.endIndex < end, text[attributes.endIndex] == UInt8(ascii: ">") else { return nil }
        let inner = look(
            text[(attributes.endIndex + 1)..<end].prefix(Self.quotedMax).prefix { $0 != UInt8(ascii: "<") })
        guard text[inner.endIndex..<end].starts(with: "</".utf8), isMet(asked, by: inner) else { return nil }
        return inner.startIndex..<inner.endIndex
    }

    private static func isOfTag(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") }

    /// Where the value ends that begins with a word: in quotes with the quotes, and of cookies with their line.
    private mutating func valueEnd(_ word: Range<Int>, _ asked: CredentialValue) -> Int {
        guard asked.isAny, word.upperBound < end, word.lowerBound > text.startIndex else { return word.upperBound }
        if let end = listEnd(word) { return end }
        let (before, behind) = (text[word.lowerBound - 1], text[word.upperBound])
        let rest = text[word.upperBound..<end]
        if before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") {
            let inner = look(rest.prefix(Self.quotedMax).prefix { $0 != before && $0 != UInt8(ascii: "\n") })
            guard inner.endIndex < end, text[inner.endIndex] == before else { return word.upperBound }
            // Of a quote that is itself in quotes the sign before it is none of the value's.
            return inner.last == UInt8(ascii: "\\") ? inner.endIndex - 1 : inner.endIndex
        }
        guard case .cookies = asked, behind == UInt8(ascii: ";"), look(text[word]).contains(UInt8(ascii: "=")) else {
            return word.upperBound
        }
        return look(rest.prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }).endIndex
    }

    // MARK: Lists

    /// Whether a word is the dash before an item of a list that stands below its name, as YAML has it.
    private mutating func isOfList(_ word: Range<Int>) -> Bool {
        guard word.count == 1, text[word.lowerBound] == UInt8(ascii: "-") else { return false }
        let lead = look(text[..<word.lowerBound].suffix(Self.bytesTold))
        return lead.last { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "\n")
    }

    /// Where the list ends whose first item a word is: with the last line that begins with a dash, or with its bracket.
    /// - Returns: nil where the word is no item.
    private mutating func listEnd(_ word: Range<Int>) -> Int? {
        let lead = look(text[..<word.lowerBound].suffix(Self.bytesTold)).last { !Self.isBesideItem($0) }
        if lead == UInt8(ascii: "-") { return behindItems(word, linesEnd(from: word.upperBound)) }
        guard lead == UInt8(ascii: "[") else { return nil }
        let inner = look(
            text[word.upperBound..<end].prefix(Self.quotedMax).prefix { $0 != UInt8(ascii: "]") })
        guard inner.endIndex < end, text[inner.endIndex] == UInt8(ascii: "]") else { return nil }
        return behindItems(word, inner.endIndex)
    }

    /// Where the line ends with which lines end that begin with dashes.
    private mutating func linesEnd(from start: Int) -> Int {
        var place = start
        while true {
            place = look(text[place..<end].prefix { $0 != UInt8(ascii: "\n") }).endIndex
            guard place < end else { return place }
            let dash = look(text[(place + 1)..<end].prefix { $0 == 0x20 || $0 == 0x09 }).endIndex
            guard dash + 1 < end, text[dash] == UInt8(ascii: "-"), text[dash + 1] == 0x20 else { return place }
            place = dash + 2
        }
    }

    /// Without the blanks behind the last item, and without its quote where the first one has one before it.
    private func behindItems(_ word: Range<Int>, _ place: Int) -> Int {
        var place = place
        while place > word.upperBound, text[place - 1] <= 0x20 { place -= 1 }
        let quote = text[word.lowerBound - 1]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), place > word.upperBound,
            text[place - 1] == quote
        else { return place }
        place -= 1
        return place > word.upperBound && text[place - 1] == UInt8(ascii: "\\") ? place - 1 : place
    }

    private static func isBesideItem(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\")
    }
}
