import Columnar
import Domain

/// Which of several corrections that are only asked about would book a call again.
struct RebookingSearch {
    /// By bytes: two spellings of a letter are two names.
    private struct Pair: Hashable {
        var provider: [UInt8]
        /// nil: every model.
        var model: [UInt8]?

        init(_ provider: String, _ model: String?) {
            (self.provider, self.model) = (Array(provider.utf8), model.map { Array($0.utf8) })
        }
    }

    private let scopes: [RebookingPreview.Scope]
    private var places: [Pair: [Int]] = [:]
    /// One correction for each provider, of all that is asked about: what a call would cost does not depend on which of
    /// them books it.
    private(set) var covering: [Rebooking] = []

    init(_ scopes: [RebookingPreview.Scope], lastPosition: Int64, list: Int64) {
        self.scopes = scopes
        var known: [[UInt8]: Int] = [:]
        for (place, scope) in scopes.enumerated() {
            places[Pair(scope.provider, scope.model), default: []].append(place)
            if let index = known[Array(scope.provider.utf8)] {
                let times = covering[index].times
                covering[index].times =
                    min(times.lowerBound, scope.times.lowerBound)..<max(times.upperBound, scope.times.upperBound)
                covering[index].model = nil
            } else {
                known[Array(scope.provider.utf8)] = covering.count
                covering.append(
                    Rebooking(
                        provider: scope.provider, model: scope.model, times: scope.times, lastPosition: lastPosition,
                        list: list))
            }
        }
    }

    /// Indices of those that concern a call, each once.
    func places(provider: String, requestModel: String?, responseModel: String?, time: Int64) -> [Int] {
        var models: [String?] = ModelName.names(requestModel: requestModel, responseModel: responseModel)
        models.append(nil)
        var found: [Int] = []
        for model in models {
            for place in places[Pair(provider, model)] ?? []
            where scopes[place].times.contains(time) && !found.contains(place) {
                found.append(place)
            }
        }
        return found
    }
}

/// The same for the rows of a morsel of calls.
struct ScopedRows {
    private let search: RebookingSearch
    private let providers: Vector?
    private let requestModels: Vector?
    private let responseModels: Vector?
    private let times: Vector

    init(_ search: RebookingSearch, _ morsel: any Morsel, _ layout: EventTableLayout) throws {
        func column(_ name: String) throws -> Vector? { try layout.index(of: name).map { try morsel.column($0) } }
        self.search = search
        providers = try column("provider")
        requestModels = try column("request_model")
        responseModels = try column("response_model")
        times = try morsel.column(layout.time)
    }

    /// Indices of those that concern the row's call.
    func scopes(of row: Int) -> [Int] {
        search.places(
            provider: providers?.text(at: row) ?? "", requestModel: requestModels?.text(at: row),
            responseModel: responseModels?.text(at: row), time: times.integer(at: row) ?? 0)
    }
}
