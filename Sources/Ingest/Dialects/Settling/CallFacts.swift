import Bytes
import Domain

/// What spans of one call tell of it, as far as it can say that another span tells of another call.
struct CallFacts {
    private(set) var scopes: Set<ExactText>
    private var responses: Set<ExactText>
    private var providers: Set<ExactText>
    /// Families of the models that were asked for or answered.
    private var models: Set<ExactText>
    /// Whether it tells of an answer: its id or the model that gave it.
    private var hasAnswer: Bool
    private var tenants: Set<ExactText>
    private var usage: SpanUsage

    /// Those who make models and serve them under their own name alone. A gateway, a proxy or a cloud may stand for any
    /// of them.
    private static let makers: Set<ExactText> = [
        "openai", "anthropic", "gcp.gemini", "mistral_ai", "cohere", "deepseek", "x_ai", "groq", "perplexity",
    ]
    /// An id this short is drawn anew from few: Ollama's are `chatcmpl-` and a number below 999.
    private static let drawnIDBytesMax = 15

    init(_ span: MappedSpan, tenant: String?) {
        let record = span.record
        scopes = [ExactText(record.scope)]
        let response = span.text(.responseID)
        responses = Set([response].compactMap { $0 }.map(ExactText.init(_:)))
        providers = Set([span.provider].compactMap { $0 }.map(ExactText.init(_:)))
        let names = [span.text(.requestModel), span.text(.responseModel)].compactMap { $0 }
        models = Set(names.map(ModelName.family).filter { !$0.isEmpty }.map(ExactText.init(_:)))
        hasAnswer = response != nil || span.text(.responseModel) != nil
        tenants = Set([tenant].compactMap { $0 }.map(ExactText.init(_:)))
        usage = SpanUsage(span)
    }

    /// Takes over what other spans of the same call tell.
    mutating func join(_ other: CallFacts) {
        scopes.formUnion(other.scopes)
        responses.formUnion(other.responses)
        providers.formUnion(other.providers)
        models.formUnion(other.models)
        hasAnswer = hasAnswer || other.hasAnswer
        tenants.formUnion(other.tenants)
        usage.join(other.usage)
    }

    // MARK: One call or two

    /// Whether nothing that the two tell says that they are two calls.
    /// - Parameter isAround: whether one lies in the other.
    func canBeOne(with other: CallFacts, isAround: Bool) -> Bool {
        guard agreesOnWho(with: other), usage.canBeOne(with: other.usage) else { return false }
        let isRepeated = usage.isEqual(to: other.usage)
        // A name that a gateway was asked by may be nobody's model.
        if !agreesOnModel(with: other), !(isAround && isRepeated) { return false }
        guard isApart(responses, other.responses) else { return true }
        // A gateway may give an id of its own making, whose form is another.
        return isAround && isRepeated && isApart(Set(responses.map(Self.form)), Set(other.responses.map(Self.form)))
    }

    /// Whether two spans that tell one response's id tell one call. An instrumentation tells of a call once, and ids
    /// may be drawn from few.
    func canBeOneResponse(with other: CallFacts) -> Bool {
        guard agreesOnWho(with: other), agreesOnModel(with: other), usage.canBeOne(with: other.usage) else {
            return false
        }
        if scopes.isDisjoint(with: other.scopes) || usage.isEqual(to: other.usage) { return true }
        let isDrawn = responses.intersection(other.responses).allSatisfy { $0.utf8.count <= Self.drawnIDBytesMax }
        return !isDrawn && !(usage.isTold && other.usage.isTold)
    }

    func isEqualUsage(to other: CallFacts) -> Bool { usage.isEqual(to: other.usage) }

    /// Whether it tells what was used.
    var tellsUsage: Bool { usage.isTold }

    private func agreesOnWho(with other: CallFacts) -> Bool {
        if isApart(tenants, other.tenants) { return false }
        guard isApart(providers, other.providers) else { return true }
        if !providers.isSubset(of: Self.makers) || !other.providers.isSubset(of: Self.makers) { return true }
        // Many take calls in the form of OpenAI's, and its client then says that it was OpenAI who answered.
        let isByClient = providers.contains("openai") || other.providers.contains("openai")
        return isByClient && !models.isDisjoint(with: other.models)
    }

    private func agreesOnModel(with other: CallFacts) -> Bool { !isApart(models, other.models) }

    private func isApart(_ one: Set<ExactText>, _ other: Set<ExactText>) -> Bool {
        !one.isEmpty && !other.isEmpty && one.isDisjoint(with: other)
    }

    /// What an id begins with, up to its first sign.
    private static func form(_ id: ExactText) -> ExactText {
        ExactText(String(id.text.prefix { $0 != "-" && $0 != "_" }.prefix(16)))
    }

    // MARK: Several together

    /// Whether it can be what several calls come to together, or repeat one of them.
    /// - Parameter isAround: whether they lie in it; else they only ran meanwhile.
    func canSumUp(_ calls: [CallFacts], isAround: Bool) -> Bool {
        guard calls.contains(where: { !isApart(tenants, $0.tenants) }) else {
            return isAround && !usage.isTold && !hasAnswer
        }
        if calls.contains(where: { canBeOne(with: $0, isAround: isAround) }) { return true }
        // One that tells an answer of its own, and not what it used, is no wrapper around a single other.
        guard usage.isTold else { return isAround && (calls.count > 1 || isWrapper) }
        var sum = SpanUsage()
        var isComplete = true
        for call in calls {
            sum.add(call.usage)
            isComplete = isComplete && call.usage.isTold
        }
        if isComplete { return calls.count > 1 && usage.isSum(sum) }
        return sum.isTold && !usage.isBelow(sum) && calls.contains { agreesOnWho(with: $0) && agreesOnModel(with: $0) }
    }

    /// Whether it says no more than that one call ran in it: by which name it was asked for, not who answered or what
    /// was used.
    var isWrapper: Bool { !usage.isTold && !hasAnswer }
}
