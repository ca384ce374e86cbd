import AlertRules
import Bytes
import Clients
import Domain
import EventStores
import Foundation
import HTTPFronts
import HTTPTypes
import Hummingbird
import JSONTexts
import NIOCore
import Platform
import RuleFiles
import Rules
import Sending
import Synchronization
import Testing

/// A server that evaluates rules, and tells a webhook that behaves badly at first.
@Suite struct OwnAlertsTests {
    /// Takes bodies on a loopback port, and answers as it is told.
    private final class Receiver: Sendable {
        private let state: Mutex<(answers: [Int], bodies: [[UInt8]])>

        init(_ answers: [Int]) { state = Mutex((answers, [])) }

        /// Those that were taken.
        var bodies: [[UInt8]] { state.withLock { $0.bodies } }

        func serve(_ body: (String) async throws -> Void) async throws {
            let router = Router()
            router.post("/hook") { request, _ in
                let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
                let status = self.state.withLock { state in
                    let status = state.answers.isEmpty ? 200 : state.answers.removeFirst()
                    if status == 200 { state.bodies.append(bytes) }
                    return status
                }
                return Response(status: .init(code: status))
            }
            try await router.serveOnLoopback { try await body("http://127.0.0.1:\($0)/hook") }
        }
    }

    private static let text = """
        groups:
          - name: always
            interval: 1s
            rules:
              - record: job:one
                expr: vector(2)
              - alert: Always
                expr: job:one > 1
                annotations: {summary: "it is {{ $value }}"}
        """

    private static func wait(_ isTrue: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private static let machine = StoreContext(
        fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
        workers: ThreadWorkers(parallelism: 2))

    @Test func whatFiresIsToldAsSoonAsSomebodyListens() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-alerts-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try EventStore.open(at: path, context: Self.machine)
        var options = RuleOptions()
        options.externalURL = "http://here/"
        let rules = RuleSet([try RuleFile(Array(Self.text.utf8), name: "always.yaml")], options)
        let receiver = Receiver([503, 401, 500])
        try await receiver.serve { url in
            var sending = AlertSendingConfiguration()
            sending.webhooks = [try #require(DestinationURL(webhook: url))]
            (sending.pollMilliseconds, sending.backoffMilliseconds, sending.backoffMillisecondsMax) = (20, 1, 20)
            try await withServer(store, rules: rules, alertSending: sending) { client, _ in
                #expect(try await Self.wait { receiver.bodies.count == 1 })
                let body = try JSONReader.parse(receiver.bodies[0][...])
                #expect(body["status"]?.string == "firing" && body["version"]?.string == "4")
                let alert = body["alerts"]?.array?.first
                #expect(alert?["annotations"]?["summary"]?.string == "it is 2")
                func get(_ path: String) async throws -> String {
                    try await client.send("GET", path, headers: [], body: []).text
                }
                let metrics = try await get("/metrics?format=text")
                for reason in ["status_503", "status_401", "status_500"] {
                    #expect(metrics.contains("reason=\"\(reason)\"} 1"), "\(reason)")
                }
                let states = try JSONReader.parse(try await get("/api/v1/alerts"))
                #expect(states["data"]?["alerts"]?.array?.first?["state"]?.string == "firing")
                let listed = try JSONReader.parse(try await get("/api/v2/alerts?filter=alertname%3DAlways"))
                #expect(listed.array?.first?["status"]?["state"]?.string == "active")
                #expect(listed.array?.first?["fingerprint"] == alert?["fingerprint"])
                #expect(listed.array?.first?["annotations"]?["summary"]?.string == "it is 2")
                for filter in ["alertname%21%3DAlways", "alertname%3D~%22N.*%22"] {
                    #expect(try await get("/api/v2/alerts?filter=\(filter)") == "[]\n", "\(filter)")
                }
                #expect(try await get("/api/v2/alerts?receiver=pager") == "[]\n")
                #expect(try await get("/api/v2/alerts?active=false") == "[]\n")
                let bad = try await client.send("GET", "/api/v2/alerts?filter=%3D", headers: [], body: [])
                #expect(bad.status == 400 && bad.text.hasPrefix("\"invalid parameter \\\"filter"), "\(bad.text)")
                let groups = try JSONReader.parse(try await get("/api/v1/rules"))["data"]?["groups"]?.array
                #expect(groups?.first?["name"]?.string == "always")
                let link = alert?["annotations"]?["replay_url"]?.string ?? "none"
                #expect(link.hasPrefix("http://here/v1/alerts/replay?rule=Always&from="), "\(link)")
                let replay = try await get(String(link.dropFirst("http://here".count)))
                #expect(replay.contains("\nAlways") && replay.contains("fires at the end"), "\(replay.prefix(500))")
                let lately = try JSONReader.parse(try await get("/v1/alerts/replay?rule=Always&from=now-1m"))
                #expect(lately["alerts"]?.array?.count == 1 && lately["evaluations"] == .number("61"))
                #expect(lately["alerts"]?.array?.first?["conversations"]?.array?.isEmpty == true)
                // Before the server ran nobody looked; what was evaluated since is noted, or known to who evaluates.
                let known = try JSONReader.parse(try await get("/v1/alerts/evaluated?rule=Always&from=now-1h"))
                let always = known["alerts"]?.array?.first
                #expect(known["alerts"]?.array?.count == 1 && always?["alert"]?.string == "Always", "\(known)")
                #expect(always?["evaluated"]?.array?.isEmpty == false, "\(known)")
                #expect(always?["not_evaluated"]?.array?.first?["from"] == known["from"], "\(known)")
                // Of what is yet to come nothing is said, as on a page that shows tomorrow.
                let later = try JSONReader.parse(try await get("/v1/alerts/evaluated?from=now%2B1d&to=now%2B2d"))
                for name in ["evaluated", "not_evaluated"] {
                    #expect(later["alerts"]?.array?.first?[name]?.array?.isEmpty == true, "\(later)")
                }
                let nobody = try await client.send("GET", "/v1/alerts/evaluated?rule=Alwais", headers: [], body: [])
                #expect(nobody.status == 404 && nobody.text.contains("Always"))
                let unknown = try await client.send("GET", "/v1/alerts/replay?rule=Alwais", headers: [], body: [])
                #expect(unknown.status == 404 && unknown.text.contains("Always"))
                for name in ["job:one", "ALERTS"] {
                    let answer = try JSONReader.parse(try await get("/api/v1/query?query=\(name)"))
                    #expect(answer["data"]?["result"]?.array?.count == 1, "\(name)")
                }
            }
        }
    }

    /// That an alert which fires reaches nobody is said where people look at alerts.
    @Test func whoCannotBeToldIsAWarning() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-untold-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try EventStore.open(at: path, context: Self.machine)
        let rules = RuleSet([try RuleFile(Array(Self.text.utf8), name: "always.yaml")], RuleOptions())
        let receiver = Receiver([Int](repeating: 404, count: 100_000))
        try await receiver.serve { url in
            var sending = AlertSendingConfiguration()
            sending.webhooks = [try #require(DestinationURL(webhook: url))]
            (sending.pollMilliseconds, sending.backoffMilliseconds, sending.backoffMillisecondsMax) = (20, 20, 20)
            try await withServer(store, rules: rules, alertSending: sending) { client, _ in
                let said = "/hook is not told of alerts: status_404; 1 alert waits, it is tried again until it succeeds"
                let isSaid = try await Self.wait {
                    let answer = try await client.send("GET", "/api/v1/rules", headers: [], body: [])
                    let warnings = try JSONReader.parse(answer.body)["warnings"]?.array ?? []
                    return warnings.count == 1 && warnings[0].string?.hasSuffix(said) == true
                }
                #expect(isSaid)
            }
        }
    }

    /// A question has a channel, though its answer tells none or is missing. Without labels a rule's metrics say what
    /// an alert is about.
    @Test func aReplayNamesConversationsByWhatItsRuleIsAbout() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-replay-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = """
            groups:
              - name: failing
                interval: 1s
                rules:
                  - alert: Failing
                    expr: sum by (channel) (support_questions_total{result="failed"}) > 0
                  - record: failed:questions
                    expr: sum(support_questions_total{result="failed"})
                  - alert: Share
                    expr: failed:questions > 0
                  - alert: Errors
                    expr: sum(support_answers_total{status="error"}) > 0
                  - alert: Slow
                    expr: histogram_quantile(0.9, sum by (le) (support_answer_duration_seconds_bucket)) > 1
                  - alert: Machine
                    expr: vector(1)
            """

        let rules = RuleSet([try RuleFile(Array(text.utf8), name: "failing.yaml")], RuleOptions())
        let now = SystemClock().wallNanoseconds()
        func event(_ id: String, _ type: String, secondsAgo: Int64, _ data: String) -> String {
            let time = RFC3339.render(now - secondsAgo * 1_000_000_000)
            return #"{"specversion":"1.0","source":"test","id":"\#(id)","type":"\#(type)","time":"\#(time)","#
                + #""data":{\#(data)}}"#
        }
        let asked = #""turn":1,"author":"user","channel":"web""#
        let lines = [
            event("1", "message.received", secondsAgo: 50, #""conversation_id":"failed",\#(asked)"#),
            event(
                "2", "message.sent", secondsAgo: 48,
                #""conversation_id":"failed","turn":1,"status":"error","duration_ns":2000000000"#),
            event("3", "message.received", secondsAgo: 46, #""conversation_id":"silent",\#(asked)"#),
            event("4", "message.received", secondsAgo: 46, #""conversation_id":"good",\#(asked)"#),
            event("5", "message.sent", secondsAgo: 45, #""conversation_id":"good","turn":1,"status":"ok""#),
            event(
                "6", "message.sent", secondsAgo: 45,
                #""conversation_id":"unasked","turn":1,"status":"ok","duration_ns":4000000000,"author":"agent""#),
            event(
                "7", "message.sent", secondsAgo: 45,
                #""conversation_id":"by hand","turn":1,"status":"ok","duration_ns":9000000000,"author":"human""#),
        ]
        try await withServer(try EventStore.open(at: path, context: Self.machine), rules: rules) { client, _ in
            let answer = try await client.post(lines.joined(separator: "\n"))
            #expect(answer.text.contains(#""accepted":7"#), "\(answer.text)")
            for (rule, named) in [
                ("Failing", ["silent", "failed"]), ("Share", ["silent", "failed"]), ("Errors", ["failed"]),
                ("Slow", ["unasked", "failed"]), ("Machine", []),
            ] {
                // However late it is by then.
                let from = RFC3339.render(now - 60 * 1_000_000_000)
                let path = "/v1/alerts/replay?rule=\(rule)&from=\(from)"
                let replay = try await client.send("GET", path, headers: [], body: []).text
                let alert = try JSONReader.parse(replay)["alerts"]?.array?.first
                #expect(alert?["labels"]?["channel"]?.string == (rule == "Failing" ? "web" : nil), "\(replay)")
                #expect(alert?["conversations"]?.array?.compactMap(\.string) == named, "\(replay)")
            }
        }
    }

    /// A question without an answer counts when its answer was due, by the limit of its channel, however long ago it
    /// was asked.
    @Test func aReplayNamesQuestionsByWhenTheirAnswersWereDue() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-due-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try EventStore.open(at: path, context: Self.machine)
        var objectives = ObjectiveSet.builtIn
        objectives.answerLimits = AnswerLimits(
            nanoseconds: 30_000_000_000, channels: [.init(name: Array("email".utf8), nanoseconds: 7_200_000_000_000)])
        _ = try store.putInForce(objectives)
        let text = """
            groups:
              - name: failing
                interval: 1s
                rules:
                  - alert: Failing
                    expr: sum by (channel) (support_questions_total{result="failed"}) > 0
            """
        let rules = RuleSet([try RuleFile(Array(text.utf8), name: "failing.yaml")], RuleOptions())
        let now = SystemClock().wallNanoseconds()
        // Due half an hour ago, half a minute ago, and in an hour.
        let lines = [("early", Int64(9_000)), ("due", 7_230), ("waiting", 3_600)].map { name, secondsAgo -> String in
            let time = RFC3339.render(now - secondsAgo * 1_000_000_000)
            return #"{"specversion":"1.0","source":"test","id":"\#(name)","type":"message.received","time":"\#(time)","#
                + #""data":{"conversation_id":"\#(name)","turn":1,"author":"user","channel":"email"}}"#
        }
        try await withServer(store, rules: rules) { client, _ in
            let answer = try await client.post(lines.joined(separator: "\n"))
            #expect(answer.text.contains(#""accepted":3"#), "\(answer.text)")
            let from = RFC3339.render(now - 60 * 1_000_000_000)
            let path = "/v1/alerts/replay?rule=Failing&from=\(from)"
            let replay = try await client.send("GET", path, headers: [], body: []).text
            let alerts = try JSONReader.parse(replay)["alerts"]?.array
            #expect(alerts?.count == 1 && alerts?.first?["labels"]?["channel"]?.string == "email", "\(replay)")
            #expect(alerts?.first?["conversations"]?.array?.compactMap(\.string) == ["due"], "\(replay)")
        }
    }

    @Test func aReplayThatTakesTooLongSaysWhatToDo() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-replay-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rules = RuleSet([try RuleFile(Array(Self.text.utf8), name: "always.yaml")], RuleOptions())
        var limits = ServerLimits()
        limits.queryTimeLimit = .nanoseconds(1)
        let store = try EventStore.open(at: path, context: Self.machine)
        try await withServer(store, limits: limits, rules: rules) { client, _ in
            let refused = try await client.send("GET", "/v1/alerts/replay?rule=Always", headers: [], body: [])
            #expect(refused.status == 503, "\(refused.text)")
            #expect(refused.text.contains("to=") && refused.text.contains("plimsoll alerts replay"), "\(refused.text)")
            // Who takes a part gets what there is, and hears from when on evaluations are missing.
            let part = try await client.send(
                "GET", "/v1/alerts/replay?rule=Always&from=now-2d&to=now&part=true", headers: [], body: [])
            let json = try JSONReader.parse(part.text)
            #expect(part.status == 200 && json["evaluations"]?.integer == 0, "\(part.text)")
            #expect(json["ended_because"]?.string?.contains("from=") == true && json["ended_at"] != nil, "\(part.text)")
            let start = try RFC3339.parse(try #require(json["from"]?.string))
            let end = try RFC3339.parse(try #require(json["to"]?.string))
            #expect(abs(end - start - 2 * 86_400 * 1_000_000_000) <= 1_000_000, "\(part.text)")
            let wrong = try await client.send("GET", "/v1/alerts/replay?part=maybe", headers: [], body: [])
            #expect(wrong.status == 400, "\(wrong.text)")
        }
    }

    /// A rule that can have no samples takes nothing else with it, and whoever asks is told.
    @Test func aRuleThatReadsItselfIsAWarning() async throws {
        let text = "groups: [{name: g, interval: 1s, rules: [{record: keep, expr: \"keep or vector(1)\"}]}]\n"
        let rules = RuleSet([try RuleFile(Array(text.utf8), name: "keep.yaml")], RuleOptions())
        let lines = LogLines()
        try await withServer(try simulatedStore(seed: 44), rules: rules, log: lines.log) { client, _ in
            #expect(try await lines.line(with: "warning rules: keep.yaml:1: ", "keep reads itself") != nil)
            let answer = try await client.send("GET", "/api/v1/labels")
            #expect(answer.status == 200, "\(answer.text)")
            let warnings = try JSONReader.parse(answer.body)["warnings"]?.array ?? []
            #expect(warnings.count == 1 && warnings.first?.string?.contains("keep reads itself") == true)
        }
    }

    /// What is wrong with files is said to who asked, with the states and as a metric; the rules before go on.
    @Test func filesAreReadAgainWhenAsked() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let disk = POSIXFileSystem()
        @Sendable func write(_ name: String, _ expression: String) throws {
            let text = "groups: [{name: g, rules: [{record: \(name), expr: \"\(expression)\"}]}]\n"
            try disk.replace(path, with: Array(text.utf8))
        }
        try write("one", "vector(1)")
        let rules = try RuleSet([path], in: disk, RuleOptions())
        let files = RuleFileWatch([path], in: disk, RuleOptions(), clock: SystemClock())
        let lines = LogLines()
        try await withServer(
            try simulatedStore(seed: 43), rules: rules, ruleFiles: files, log: lines.log
        ) { client, _ in
            func state() async throws -> (name: String?, warning: String?, metrics: String) {
                let answer = try JSONReader.parse(try await client.send("GET", "/api/v1/rules").body)
                let rule = answer["data"]?["groups"]?.array?.first?["rules"]?.array?.first
                let metrics = try await client.send("GET", "/metrics?format=text").text
                return (rule?["name"]?.string, answer["warnings"]?.array?.first?.string, metrics)
            }
            try write("two", "vector(")
            let refused = try await client.send("POST", "/-/reload")
            #expect(refused.status == 422 && refused.text.contains(".yaml: 1:"), "\(refused.text)")
            #expect(try await lines.line(with: "error rules:", "not taken", ".yaml: 1:") != nil)
            var found = try await state()
            #expect(found.name == "one" && found.warning?.contains(".yaml: 1:") == true)
            #expect(found.metrics.contains("\nplimsoll_rules_last_reload_successful 0\n"))
            try write("two", "vector(2)")
            #expect(try await client.send("POST", "/-/reload").text == "1 rule from now on\n")
            found = try await state()
            #expect(found.name == "two" && found.warning == nil)
            #expect(try await lines.line(with: "notice rules: files were read again, 1 rule from now on") != nil)
            #expect(found.metrics.contains("\nplimsoll_rules_last_reload_successful 1\n"))
            try write("two", "two or vector(2)")
            let warned = try await client.send("POST", "/-/reload")
            let reason = "the recording rule two reads itself: what rules record is made from events and not kept, so "
                + "that it has no samples"
            #expect(warned.status == 200)
            #expect(warned.text == "1 rule from now on\n\(path):1: warning: \(reason)\n")
            #expect(try await lines.line(with: "warning rules: \(path):1: ", "two reads itself") != nil)
            try disk.replace(path, with: [])
            #expect(
                try await client.send("POST", "/-/reload").text
                    == "0 rules from now on: the files hold none, so that no alert fires\n")
        }
    }
}
