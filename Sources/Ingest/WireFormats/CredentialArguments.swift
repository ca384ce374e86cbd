/// The texts of a list, one after the other, as a program is given its arguments: `["curl", "-u", "NAME:SECRET"]`.
struct CredentialArguments {
    private var command = CredentialCommand()
    private var before: ArraySlice<UInt8>?

    /// Whether an argument opens something by what stands before it: behind the name of a program, or behind an option
    /// such as `--password`.
    /// - Complexity: O(bytes).
    mutating func take(_ argument: ArraySlice<UInt8>) -> Bool {
        defer { before = argument }
        if command.take(argument, after: before) != nil { return true }
        guard let before, before.first == UInt8(ascii: "-"), argument.first != UInt8(ascii: "-") else { return false }
        return CredentialNames.value(of: before)?.isMet(by: argument) ?? false
    }
}
