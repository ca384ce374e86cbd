import Domain
import JSONParsing
import Testing
import WireFormats

@Suite struct EventDecoderTests {
    @Test func goldenCall() {
        let text = #"""
            {"specversion":"1.0","id":"i-1","source":"agent/pod-3","type":"io.plimsoll.llm.call","time":"2026-08-01T09:00:15.778799274+02:00",
            "traceparent":"00-0f5ee02a2e35937b3c6537cfcc16b38d-00f067aa0ba902b7-01","subject":"c-9","flag":true,
            "data":{"output_tokens":143,"input_tokens":812.0,"tenant":"acme","channel":"fax","turn":3,"provider":"openai","status":"ok",
            "cache_read_tokens":480,"reported_cost_usd":"0.0375","stream":false,"colour":"red","error_type":null,
            "attributes":{"z":[1,2.50],"a":{"y":1,"x":null}},"duration_ns":1873000000}}
            """#.split(separator: "\n").joined()
        #expect(
            row(text) == """
                llm.call @2026-08-01T07:00:15.778799274Z id='i-1' source='agent/pod-3' tenant='acme' conversation_id='c-9' turn=3 \
                channel='fax' trace_id='0f5ee02a2e35937b3c6537cfcc16b38d' span_id='00f067aa0ba902b7' duration_ns=1873000000 \
                status='ok' cache_read_tokens=480 input_tokens=812 output_tokens=143 provider='openai' \
                reported_cost_usd=37500000000 stream=false \
                attributes={"a":{"x":null,"y":1},"colour":"red","flag":true,"z":[1,2.5]}
                """)
        let batch = decodeLines(text)
        #expect(batch.unknownValues.isEmpty == registry.columns[Int(registry.wellKnown.channel)].knownValues.isEmpty)
    }

    @Test func goldenPrice() {
        let data =
            #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":"0.01875","valid_from":"2026-08-01T00:00:00Z""#
        #expect(
            row(event("price.set", data)) == """
                price.set id='e1' source='s' tenant='default' provider='p' model='m' token_class='input' \
                usd_per_million_tokens=18750 valid_from=1785542400000000000
                """)
    }

    @Test func smallestEvent() {
        #expect(
            row(#"{"specversion":"1.0","id":"1","source":"s","type":"llm.call"}"#)
                == "llm.call id='1' source='s' tenant='default'")
    }

    @Test(arguments: [
        ("[]", "event: expected a JSON object, found an array"),
        (#"{"id":"1","source":"s","type":"llm.call"}"#, "specversion: expected text that is not empty, found nothing"),
        (
            #"{"specversion":"0.3","id":"1","source":"s","type":"llm.call"}"#,
            #"specversion: expected "1.0", found another version"#
        ),
        (
            #"{"specversion":"1.0","id":"","source":"s","type":"llm.call"}"#,
            "id: expected text that is not empty, found empty text"
        ),
        (
            #"{"specversion":"1.0","id":7,"source":"s","type":"llm.call"}"#,
            "id: expected text that is not empty, found a number"
        ),
        (
            #"{"specversion":"1.0","id":"1","source":null,"type":"llm.call"}"#,
            "source: expected text that is not empty, found nothing"
        ),
        (
            #"{"specversion":"1.0","id":"1","source":"s","type":"llm.call","data":[]}"#,
            "data: expected a JSON object, found an array"
        ),
        (
            #"{"specversion":"1.0","id":"1","source":"s","type":"llm.call","data_base64":"AA=="}"#,
            "data_base64: expected the data as JSON in data, found binary data"
        ),
        (
            event(extra: #","datacontenttype":"text/xml""#),
            "datacontenttype: expected application/json, found another content type"
        ),
        (event(extra: #","time":1"#), "time: expected an RFC 3339 time, found a number"),
        (
            event("llm.call", #""input_tokens":12.5"#),
            "input_tokens: expected an integer from 0 to 1000000000, found 12.5"
        ),
        (event("llm.call", #""input_tokens":-1"#), "input_tokens: expected an integer from 0 to 1000000000, found -1"),
        (
            event("llm.call", #""input_tokens":18446744073709551615"#),
            "input_tokens: expected an integer from 0 to 1000000000, found 18446744073709551615"
        ),
        (
            event("llm.call", #""input_tokens":"12""#),
            "input_tokens: expected an integer from 0 to 1000000000, found text of 2 bytes"
        ),
        (event("llm.call", #""status":"fine""#), "status: expected one of error, ok, found text of 4 bytes"),
        (event("llm.call", #""provider":1"#), "provider: expected text, found 1"),
        (event("llm.call", #""stream":"yes""#), "stream: expected true or false, found text of 3 bytes"),
        (event("llm.call", #""tenant":"""#), "tenant: expected text that is not empty, found empty text"),
        (event("llm.call", #""attributes":1"#), "attributes: expected a JSON object, found 1"),
        (
            event("llm.call", #""output_tokens":5,"reasoning_tokens":6"#),
            "reasoning_tokens: expected reasoning_tokens of at most output_tokens (5), found 6"
        ),
        (
            event("llm.call", #""input_tokens":5,"cache_read_tokens":3,"cache_write_tokens":3"#),
            "cache_read_tokens: expected cache_read_tokens + cache_write_tokens of at most input_tokens (5), found 6"
        ),
        (
            event("llm.call", #""input_tokens":5,"cache_write_1h_tokens":3"#),
            "cache_write_1h_tokens: expected cache_write_1h_tokens of at most cache_write_tokens (absent), found 3"
        ),
        (
            event("price.set", #""provider":"p","token_class":"input","usd_per_million_tokens":"1""#),
            "model: expected text, found nothing"
        ),
        (
            event("price.set", #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":"100000""#),
            "usd_per_million_tokens: expected an amount in USD from 0 to 4000, found text of 6 bytes"
        ),
        (
            event("price.set", #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":-1"#),
            "usd_per_million_tokens: expected an amount in USD from 0 to 4000, found -1"
        ),
        (
            event("price.set", #""provider":"p","model":"m","token_class":"input""#),
            "usd_per_million_tokens: expected either usd_per_million_tokens or usd_per_gpu_hour, found neither"
        ),
        (
            event("price.set", #""provider":"p","model":"m","token_class":"gpu","usd_per_million_tokens":"1""#),
            "token_class: expected usd_per_gpu_hour beside gpu, found usd_per_million_tokens"
        ),
        (
            event("price.set", #""provider":"p","model":"m","token_class":"input","usd_per_gpu_hour":"1""#),
            "token_class: expected gpu beside usd_per_gpu_hour, and no other class, found input"
        ),
    ])
    func refusals(text: String, error: String) {
        #expect(row(text) == "refused: " + error)
    }

    @Test func moneyIsExact() {
        func price(_ literal: String) -> String {
            let line = row(
                event(
                    "price.set",
                    #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":\#(literal)"#))
            return line.split(separator: " ").first { $0.hasPrefix("usd_per_million_tokens=") }.map {
                String($0.dropFirst(23))
            } ?? "refused"
        }
        #expect(price(#""0.0375""#) == "37500")
        #expect(price("0.0375") == "37500")
        #expect(price("3") == "3000000")
        #expect(price("1e-6") == "1")
        for bad in [
            #""0.0000001""#, "0.30000000000000004", #""-1""#, "-1", #""""#, #""1,5""#, "true", #""1e30""#,
            #""4000.000001""#,
        ] {
            #expect(price(bad) == "refused", "\(bad)")
        }
    }

    @Test func whatIsToldTwiceIsRefused() {
        #expect(row(event("llm.call", #""turn":1,"turn":2"#)).contains("turn: expected one value, found two"))
        for data in [#""turn":1,"turn":null"#, #""turn":null,"turn":1"#, #""turn":1,"t\u0075rn":1"#] {
            #expect(row(event("llm.call", data)).contains("turn: expected one value"), "\(data)")
        }
        for (name, value) in [("id", "\"e2\""), ("source", "null"), ("specversion", "\"1.0\""), ("data", "{}")] {
            #expect(row(event(extra: ",\"\(name)\":\(value)")).contains("\(name): expected one value"), "\(name)")
        }
        // Names that are none of ours make no identity and no figure: the last value counts.
        #expect(row(event("llm.call", #""turn":1,"k":1,"k":"z""#)).hasSuffix(#"turn=1 attributes={"k":"z"}"#))
    }

    @Test func envelopeCompletesTheData() {
        let parent = #","traceparent":"00-0f5ee02a2e35937b3c6537cfcc16b38d-00f067aa0ba902b7-01""#
        // The data's own values win, and what the envelope said otherwise is kept.
        #expect(
            row(event("llm.call", #""conversation_id":"c1","trace_id":"t1""#, extra: #","subject":"c2""# + parent))
                == """
                llm.call id='e1' source='s' tenant='default' conversation_id='c1' trace_id='t1' \
                attributes={"subject":"c2","traceparent":"00-0f5ee02a2e35937b3c6537cfcc16b38d-00f067aa0ba902b7-01"}
                """)
        #expect(
            row(event(extra: #","subject":"c2","traceparent":"00-zz""#)).hasSuffix(
                #"attributes={"traceparent":"00-zz"}"#))
        for bad in [
            "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
            "ff-0f5ee02a2e35937b3c6537cfcc16b38d-00f067aa0ba902b7-01",
        ] {
            #expect(!row(event(extra: #","traceparent":"\#(bad)""#)).contains("trace_id"))
        }
    }

    @Test func fieldsOfOtherTypesAreAttributes() {
        #expect(
            row(event("llm.call", #""score":4,"id":"x""#)).hasSuffix(
                #"tenant='default' attributes={"id":"x","score":4}"#))
    }

    @Test func linesAreCountedOneByOne() {
        let text = [event(), "", "  \r", "{broken", event("nope"), event() + "\r", event()].joined(separator: "\n")
        let batch = decodeLines(text)
        #expect(batch.eventCount == 5)
        #expect(batch.eventIndexes == [0, 3, 4])
        #expect(batch.rejections.map(\.index) == [1, 2])
        #expect(batch.rejections[0].error == "broken JSON at byte 1: expected a key in quotes")
        #expect(
            batch.rejections[1].error.contains("unknown event type \"nope\", expected one of agent.handoff, agent.run"))
        #expect(batch.rejectedCount == 2)
        #expect(batch.deadLetters.map(\.type) == ["nope"])
    }

    @Test(arguments: [
        ("llm.calls", "llm.call"), ("LLM.Call", "llm.call"),
        ("mesage.sent", "message.sent"), ("tool_call", "tool.call"),
        ("feedback", nil), ("x", nil), ("", nil), (String(repeating: "llm.call", count: 9000), nil),
    ] as [(String, String?)])
    func aTypeThatIsNearIsNamed(type: String, near: String?) throws {
        let rejection = try #require(decodeLines(event(type)).rejections.first)
        let guess = near.map { #"did you mean "\#($0)"? "# }
        #expect(rejection.error.contains("did you mean") == (guess != nil), "\(rejection.error)")
        if let guess { #expect(rejection.error.contains(#"type "\#(type)", \#(guess)expected one of agent.handoff"#)) }
    }

    @Test func limitsAreTyped() {
        var limits = DecoderLimits()
        (limits.eventBytesMax, limits.textBytesMax, limits.attributesBytesMax) = (400, 20, 60)
        (limits.rejectionsMax, limits.attributesDepthMax, limits.attributesMax) = (2, 3, 5)
        func error(_ text: String) -> String { decodeLines(text, limits).rejections.first?.error ?? "none" }
        let long = String(repeating: "x", count: 30)
        #expect(
            error(event("llm.call", #""provider":"\#(long)""#))
                == "provider: expected at most 20 bytes of text, found 30 bytes")
        #expect(error(event(extra: #","subject":"\#(long)""#)) == "subject: expected at most 20 bytes, found 30 bytes")
        #expect(
            error(event("llm.call", #""k":"\#(long + long)""#)) == "attributes: expected at most 60 bytes, found more")
        #expect(
            error(event("llm.call", #""k":[[[1]]]"#)) == "attributes: expected at most 3 levels of nesting, found more")
        #expect(
            error(event("llm.call", #""a":1,"b":2,"c":3,"d":4,"e":5,"f":6"#))
                == "attributes: expected at most 5 members, found 6")
        #expect(error(event("llm.call", #""k":"\#(String(repeating: "y", count: 400))""#)).contains("at byte 400"))
        let many = decodeLines([String](repeating: "{}", count: 9).joined(separator: "\n"), limits)
        #expect(many.rejectedCount == 9 && many.rejections.count == 2)
    }

    @Test func documentsAndTheirErrors() throws {
        var decoder = makeDecoder()
        #expect(try decoder.decodeDocument(Array(event().utf8).span).batch.count == 1)
        let array = "[" + event() + ",7," + event() + "]"
        let batch = try decoder.decodeDocument(Array(array.utf8).span)
        #expect(batch.eventIndexes == [0, 2])
        #expect(batch.rejections.map(\.index) == [1])
        #expect(try decoder.decodeDocument(Array("[]".utf8).span).eventCount == 0)
        #expect(try decoder.decodeDocument(Array(array.utf8).span, shape: .batch).batch.count == batch.batch.count)
        #expect(throws: JSONError.self) { try decoder.decodeDocument(Array(array.utf8).span, shape: .event) }
        do throws(JSONError) {
            _ = try decoder.decodeDocument(Array((" \n" + event()).utf8).span, shape: .batch)
            Issue.record("an object was taken for a batch")
        } catch {
            #expect(error.offset == 2)
            #expect(error.expectation.hasPrefix("an array of events"))
        }
        #expect(throws: JSONError(offset: 4, expectation: "a value")) {
            try decoder.decodeDocument(Array("[{},".utf8).span)
        }
        // A failure leaves nothing behind.
        #expect(try decoder.decodeDocument(Array(event().utf8).span).eventCount == 1)
    }

    /// Of an array with one event beyond the limits the others are taken.
    @Test(arguments: [
        (#""turn":18446744073709551616"#, "number out of range at byte"),
        (#""k":1e400"#, "number out of range at byte"),
        (#""k":-9223372036854775809"#, "number out of range at byte"),
        (#""k":\#(String(repeating: "[", count: 70))\#(String(repeating: "]", count: 70))"#, "nested too deep at byte"),
        (#""k":"\ud800""#, "broken JSON at byte"), (#""k":NaN"#, "broken JSON at byte"),
    ])
    func oneBadElementIsOneRejection(member: String, reason: String) throws {
        var decoder = makeDecoder()
        let tricky = event("llm.call", #""provider":"a\"],[{\\""#)
        let bad = event("llm.call", member)
        let body = " [ " + [tricky, bad, event(), "7"].joined(separator: " ,\n") + " ] "
        let batch = try decoder.decodeDocument(Array(body.utf8).span, shape: .batch)
        #expect(batch.eventCount == 4 && batch.eventIndexes == [0, 2] && batch.rejections.map(\.index) == [1, 3])
        let told = try #require(batch.rejections.first?.error)
        #expect(told.hasPrefix(reason), "\(told)")
        // By itself, too, it is told for what it is.
        do throws(JSONError) {
            _ = try decoder.decodeDocument(Array(bad.utf8).span, shape: .event)
            Issue.record("\(member) was taken")
        } catch { #expect(error.description.hasPrefix(reason), "\(error)") }
        #expect(try decoder.decodeDocument(Array(event().utf8).span).eventCount == 1)
    }

    /// Where nobody can say where an event ends, nothing of the body is taken.
    @Test(arguments: [
        #"[{"a":1e400},{"a":"x"y"}]"#, #"[{"a":1e400}"#, #"[{"a":1e400}]]"#, #"[{"a":1e400},]"#, #"[{"a":1e400} {}]"#,
        #"[{"a" 1e400}]"#,
    ])
    func anArrayThatIsNoneIsRefusedWhole(body: String) {
        var decoder = makeDecoder()
        #expect(throws: JSONError.self) { try decoder.decodeDocument(Array(body.utf8).span) }
    }

    @Test func timesWithoutRoomForPeriodsAreRefused() {
        let bounds = "expected an RFC 3339 time from 1678-01-01T00:00:00Z on and before 2262-01-01T00:00:00Z"
        let beyond = [
            "1677-09-21T12:00:00Z", "1677-12-31T23:59:59.999999999Z", "2262-01-01T00:00:00Z", "2262-04-12T00:00:00Z",
        ]
        for time in beyond + ["0001-01-01T00:00:00Z"] {
            #expect(row(event(extra: #","time":"\#(time)""#)).contains("refused: time: \(bounds)"))
            let price =
                #""provider":"p","model":"m","token_class":"input","usd_per_million_tokens":"1","valid_from":"\#(time)""#
            #expect(row(event("price.set", price)).contains("refused: valid_from: \(bounds)"))
        }
        for time in ["1678-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z"] {
            #expect(row(event(extra: #","time":"\#(time)""#)).contains("@\(time)"))
        }
        // What was taken in once is read from the export that is moved.
        var decoder = makeDecoder()
        let old = Array(event(extra: #","time":"1677-09-21T12:00:00Z""#).utf8)
        #expect(decoder.decodeLines(old.span, from: .export).batch.count == 1)
        #expect(decoder.decodeLines(old.span, from: .newEvents).rejectedCount == 1)
    }
}
