extension TraceAssemblerTests {
    static let golden = """
        invoke_agent support  kind 1 status 0 flags 1
          8741a931a92f1c85eb5306dff32be2b9 c979f8a6b24cca00 <\u{20}
          0–1500 ms
          cloudevents.event_id = "a"
          gen_ai.agent.name = "support"
          gen_ai.agent.version = "7"
          gen_ai.conversation.id = "c-1"
          gen_ai.operation.name = "invoke_agent"
          gen_ai.response.time_to_first_chunk = 0.4 (double)
          plimsoll.author = "agent"
          plimsoll.channel = "web"
          plimsoll.tenant = "acme"
          plimsoll.turn = 2
          user.id = "u:5f1c"
        cache_lookup faq  kind 1 status 0 flags 1
          8741a931a92f1c85eb5306dff32be2b9 f9f5ad50db3be002 < c979f8a6b24cca00
          0–20 ms
          cloudevents.event_id = "k"
          gen_ai.conversation.id = "c-1"
          plimsoll.cache = "faq"
          plimsoll.hit = false
          plimsoll.tenant = "acme"
          plimsoll.turn = 2
        retrieval handbook  kind 3 status 0 flags 1
          8741a931a92f1c85eb5306dff32be2b9 0202c17ff0e5c0db < c979f8a6b24cca00
          50–150 ms
          cloudevents.event_id = "r"
          gen_ai.conversation.id = "c-1"
          gen_ai.data_source.id = "handbook"
          gen_ai.operation.name = "retrieval"
          plimsoll.hits = 4
          plimsoll.kind = "vector"
          plimsoll.tenant = "acme"
          plimsoll.top_score = 0.75 (double)
          plimsoll.turn = 2
        chat gpt-4o-mini  kind 3 status 0 flags 1
          8741a931a92f1c85eb5306dff32be2b9 89c4455e525824f2 < c979f8a6b24cca00
          200–1200 ms
          cloudevents.event_id = "c"
          gen_ai.conversation.id = "c-1"
          gen_ai.operation.name = "chat"
          gen_ai.provider.name = "openai"
          gen_ai.request.model = "gpt-4o-mini"
          gen_ai.request.stream = true
          gen_ai.response.finish_reasons = ["stop"]
          gen_ai.response.id = "resp-1"
          gen_ai.response.time_to_first_chunk = 0.25 (double)
          gen_ai.usage.cache_read.input_tokens = 480
          gen_ai.usage.cost = 0.00025 (double)
          gen_ai.usage.input_tokens = 812
          gen_ai.usage.output_tokens = 143
          plimsoll.tenant = "acme"
          plimsoll.turn = 2
        execute_tool refund  kind 1 status 2 flags 1
          8741a931a92f1c85eb5306dff32be2b9 79645b9371b4ec4c < c979f8a6b24cca00
          1210–1300 ms
          cloudevents.event_id = "t"
          error.type = "timeout"
          gen_ai.conversation.id = "c-1"
          gen_ai.operation.name = "execute_tool"
          gen_ai.tool.name = "refund"
          plimsoll.tenant = "acme"
          plimsoll.turn = 2
        escalate billing  kind 1 status 0 flags 1
          8741a931a92f1c85eb5306dff32be2b9 a7d8bfb217612398 < c979f8a6b24cca00
          1400–1400 ms
          cloudevents.event_id = "e"
          gen_ai.conversation.id = "c-1"
          plimsoll.queue = "billing"
          plimsoll.reason = "failure"
          plimsoll.tenant = "acme"
          plimsoll.turn = 2
        """
}
