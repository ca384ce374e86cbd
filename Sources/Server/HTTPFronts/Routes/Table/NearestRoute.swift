import HTTPTypes
import JSONTexts

extension RouteTable {
    /// What somebody most likely meant who asked for an address that is none: a pattern of the table, with its method
    /// where that is another one; nil where none is near. Who only looks is told of addresses to send to as well.
    static func nearest(to path: String, method: HTTPRequest.Method) -> String? {
        let asked: RouteMethod? = method == .head ? .get : RouteMethod(rawValue: method.rawValue)
        let known = routes.filter(\.isListed)
        if let own = nearest(to: path, among: known.filter { $0.method == asked }) { return own.path }
        guard asked == .get else { return nil }
        return nearest(to: path, among: known).map { "\($0.method.rawValue) \($0.path)" }
    }

    /// By the names in it; what stands for a parameter is not looked at. `/v1` may be missing.
    private static func nearest(to path: String, among routes: [Route]) -> Route? {
        let parts = path.split(separator: "/", maxSplits: 8)
        var best: (route: Route, distance: Int)?
        for asked in [parts, ["v1"] + parts] {
            for route in routes {
                let pattern = route.path.split(separator: "/")
                let isParameter = pattern.map { $0.first == "{" }
                guard pattern.count == asked.count || !isParameter.contains(true) else { continue }
                func names(_ parts: [Substring]) -> String {
                    parts.enumerated()
                        .map { isParameter.indices.contains($0) && isParameter[$0] ? "" : $1 }
                        .joined(separator: "/")
                }
                guard let distance = distanceOfNear(names(asked), names(pattern)), distance < best?.distance ?? Int.max
                else { continue }
                best = (route, distance)
            }
        }
        return best?.route
    }
}
