import Asking
import Bytes
import Domain
import Hummingbird
import JSONTexts
import Plans
import Rules

extension Routes {
    /// When rules of alerts were evaluated, and when not.
    func alertEvaluations(_ query: QueryParameters) async throws -> Response {
        let (start, end) = try alertTimes(query, mayBeLater: true)
        let name = try alertName(query)
        let text = try await queries.run { [self] cancellation throws in
            let options = questionOptions(cancellation, within: queries.memory)
            let now = store.now
            let (tables, _) = store.pinnedForReports()
            let first = RFC3339.render(EvaluatedTimes.rows(since: start, evaluatedBy: ruleManager))
            let notes = try StatementRunner(engine: engine).run(
                "select cast(data as text) from system_events where type = '\(EvaluatedTimes.noteType)' "
                    + "and received_time >= timestamptz '\(first)'",
                over: tables, options: options
            ).firstTextsInTurn
            return try EvaluatedTimes(
                notes, evaluatedBy: ruleManager, only: name, from: start / 1_000_000, to: end / 1_000_000,
                now: now / 1_000_000, look: options.check
            ).json
        }
        return Response(bytes: Array(text.utf8), contentType: MediaType.json)
    }

    /// Of which alert it is asked; nil: of all.
    /// - Throws: 404 for a name that no rule of now has.
    func alertName(_ query: QueryParameters) throws(Refusal) -> ByteText? {
        guard let name = query["rule"] else { return nil }
        let known = (ruleManager?.rules ?? RuleSet.none).alertNames
        guard known.contains(where: { $0.hasSameBytes(as: name) }) else {
            throw Refusal(.notFound, "no rule has the alert \(name)", hint: nameHint(to: name, known: known))
        }
        return ByteText(name.utf8)
    }
}
