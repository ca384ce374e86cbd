/// What a file is that may be given where another one is meant.
struct FileKind {
    /// Each stands in files of this kind alone, and one of them in nearly every one.
    let names: Set<String>
    /// With its article.
    let meaning: String
    /// What is done with it.
    let command: String

    static let rules = FileKind(
        names: ["groups"], meaning: "a rule file", command: "`plimsoll alerts check FILE` looks for its mistakes")
    static let tests = FileKind(
        names: ["rule_files", "tests"], meaning: "a test file", command: "`plimsoll alerts test FILE` runs its tests")
    private static let objectives = FileKind(
        names: ["apiVersion"], meaning: "an OpenSLO document", command: "`plimsoll slo rules FILE` makes rules of it")
    private static let settings = FileKind(
        names: ["data", "listen", "objectives", "alerts"], meaning: "a settings file",
        command: "`plimsoll check config FILE` looks for its mistakes")

    static let all = [rules, tests, objectives, settings]
}
