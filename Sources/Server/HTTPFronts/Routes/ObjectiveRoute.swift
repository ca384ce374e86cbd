import Domain
import HTTPTypes
import Hummingbird

extension Routes {
    /// `GET /v1/objectives`: every version of the objectives that was in force, ascending, the one in force last.
    func addObjectives(to router: Router<ServerContext>) {
        router.get("/v1/objectives") { request, _ in
            _ = try QueryParameters(request, known: [])
            return Response(bytes: Array(store.objectives.json.utf8), contentType: "application/json")
        }
    }
}
