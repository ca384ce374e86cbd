import Asking
import Hummingbird
import JSONTexts
import Platform
import RequestFields
import Rules

/// What amtool asks of an Alertmanager: the alerts that fire, whoever is told of them.
extension Routes {
    /// The version of Alertmanager whose API this is.
    private static let alertmanagerVersion = "0.25.0"

    func firingAlerts(_ form: FormParameters) async throws -> Response {
        let listing = try AlertListing(form.all("filter"), receiver: form["receiver"].map { Array($0.utf8) })
        let isWanted = form["active"] != "false"
        return try await threads.figures.run { [ruleManager] in
            Response(json: listing.json(of: isWanted ? ruleManager : nil))
        }
    }

    /// Alertmanager's configuration says who is told of what: everything goes to one receiver.
    var alertmanagerStatus: Response {
        let receiver = AlertListing.receiver
        var json = JSONWriter()
        json.object { json in
            json.key("cluster")
            json.object { json in
                json.member("status", "disabled")
                json.key("peers")
                json.raw("[]")
            }
            json.key("versionInfo")
            json.object { writeBuild(Self.alertmanagerVersion, to: &$0) }
            json.key("config")
            json.object { $0.member("original", "route: {receiver: \(receiver)}\nreceivers: [{name: \(receiver)}]\n") }
            json.key("uptime")
            json.value(time: startWallNanoseconds, decimals: .three)
        }
        return Response(json: json.bytes)
    }
}
