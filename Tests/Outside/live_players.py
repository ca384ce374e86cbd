#!/usr/bin/env python3
"""Plays one scenario with a real agent framework, its spans exported by the official SDK.

usage: live_players.py {langgraph,pydantic-ai,sdk} --models URL [--protobuf URL]… [--json URL]…

A process of its own, because instrumentations and providers are global. The model server is `outside.fake_models`; a conversation's id
stands in its first message, so that the ledger knows it.
"""
import argparse
import json
import os
import urllib.error
import urllib.request

# (conversation, user, channel, model, streamed, what the user says turn by turn)
SCENARIO = [
    ("conv-order", "u-anna", "web", "gpt-4.1-mini", False, ["(case conv-order) Where is it? [order 17]", "Thank you!", "And these? [order 18 19]"]),
    ("conv-ticket", "u-björn", "email", "gpt-4.1", False, ["(case conv-ticket) It is broken. [ticket]"]),
    ("conv-stream", "u-美咲", "web", "gpt-4.1-mini", True, ["(case conv-stream) Hello there, how are you?", "Where is it? [order 20]"]),
    ("conv-busy", "u-anna", "web", "gpt-5-mini", False, ["(case conv-busy) Are you there? [busy]"]),
    ("conv-error", "u-dev", "web", "gpt-4.1-mini", False, ["(case conv-error) My life from the beginning: [too long]"]),
]


def look_up_order(order: str) -> str:
    """Says where an order is."""
    return f"Order {order} is on its way."


def create_ticket(subject: str) -> str:
    """Opens a ticket."""
    raise RuntimeError(f"the ticket system is down: {subject}")


def provider_with(arguments):
    """A tracer provider of the official SDK with an exporter for each target."""
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JSONSpanExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "live-" + arguments.framework, "deployment.environment.name": "test"}))
    for made, addresses in ((OTLPSpanExporter, arguments.protobuf), (JSONSpanExporter, arguments.json)):
        for address in addresses:
            provider.add_span_processor(BatchSpanProcessor(made(endpoint=address + "/v1/traces"), schedule_delay_millis=200))
    return provider


def play_langgraph(arguments, provider):
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.graph import START, MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode, tools_condition
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=provider)
    tools, memory = [tool(look_up_order), tool(create_ticket)], InMemorySaver()

    def graph_for(model, streamed):
        bound = ChatOpenAI(model=model, base_url=arguments.models, api_key="none", streaming=streamed, stream_usage=True).bind_tools(tools)
        graph = StateGraph(MessagesState)
        graph.add_node("model", lambda state: {"messages": [bound.invoke(state["messages"])]})
        graph.add_node("tools", ToolNode(tools, handle_tool_errors=True))
        graph.add_edge(START, "model")
        graph.add_conditional_edges("model", tools_condition)
        graph.add_edge("tools", "model")
        return graph.compile(checkpointer=memory, name="parcel-support")

    for conversation, user, channel, model, streamed, turns in SCENARIO:
        graph = graph_for(model, streamed)
        for text in turns:
            config = {"configurable": {"thread_id": conversation}}
            with using_attributes(session_id=conversation, user_id=user, metadata={"channel": channel}):
                try:
                    graph.invoke({"messages": [("user", text)]}, config)
                except Exception as error:
                    print(f"{conversation}: {type(error).__name__}")


def play_pydantic_ai(arguments, provider):
    from opentelemetry import baggage, context
    from opentelemetry.sdk.trace import SpanProcessor
    from pydantic_ai import Agent, InstrumentationSettings, ModelRetry
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    class Baggage(SpanProcessor):
        """What the application says of a conversation goes onto each span, as OpenTelemetry's contributed processor does it."""

        def on_start(self, span, parent_context=None):
            span.set_attributes(dict(baggage.get_all(parent_context)))

    def retried(subject: str) -> str:
        """Opens a ticket."""
        try:
            return create_ticket(subject)
        except RuntimeError as error:
            raise ModelRetry(str(error)) from error

    retried.__name__ = "create_ticket"
    provider.add_span_processor(Baggage())
    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))
    for conversation, user, channel, model, streamed, turns in SCENARIO:
        made = OpenAIChatModel(model, provider=OpenAIProvider(base_url=arguments.models, api_key="none"))
        agent = Agent(made, name="parcel-support", tools=[look_up_order, retried])
        history = []
        for text in turns:
            current = context.get_current()
            for name, value in (("user.id", user), ("app.channel", channel)):
                current = baggage.set_baggage(name, value, current)
            token = context.attach(current)
            try:
                if streamed:
                    result = agent.run_stream_sync(text, message_history=history, conversation_id=conversation)
                    for _ in result.stream_text():
                        pass
                else:
                    result = agent.run_sync(text, message_history=history, conversation_id=conversation)
                history = result.all_messages()
            except Exception as error:
                print(f"{conversation}: {type(error).__name__}")
            finally:
                context.detach(token)


def ask(url, model, messages):
    """The model, the message and the usage of one answer; asks again when the server is busy."""
    body = json.dumps({"model": model, "messages": messages}).encode()
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url + "/chat/completions", body), timeout=30) as answer:
                document = json.loads(answer.read())
                return document["model"], document["choices"][0]["message"], document["usage"]
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 429:
                    raise


def play_sdk(arguments, provider):
    """An agent without a framework: spans by hand, in the words of OpenTelemetry's conventions. Only the outermost says who talks."""
    from opentelemetry.trace import SpanKind

    tracer = provider.get_tracer("parcel-support")

    def turn(model, messages):
        for _ in range(4):
            with tracer.start_as_current_span(f"chat {model}", kind=SpanKind.CLIENT, attributes={
                    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model}) as span:
                answered, message, usage = ask(arguments.models, model, messages)
                span.set_attributes({
                    "gen_ai.response.model": answered, "gen_ai.usage.input_tokens": usage["prompt_tokens"],
                    "gen_ai.usage.output_tokens": usage["completion_tokens"],
                    "gen_ai.usage.cache_read.input_tokens": usage["prompt_tokens_details"]["cached_tokens"],
                    "gen_ai.usage.reasoning.output_tokens": usage["completion_tokens_details"]["reasoning_tokens"]})
            messages.append(message)
            if not message.get("tool_calls"):
                return
            for call in message["tool_calls"]:
                name, given = call["function"]["name"], json.loads(call["function"]["arguments"])
                try:
                    with tracer.start_as_current_span(f"execute_tool {name}", attributes={
                            "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}):
                        content = {"look_up_order": look_up_order, "create_ticket": create_ticket}[name](**given)
                except RuntimeError as error:
                    content = str(error)
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})

    for conversation, user, channel, model, _, turns in SCENARIO:
        common = {"gen_ai.conversation.id": conversation, "user.id": user, "plimsoll.channel": channel}
        messages = []
        for text in turns:
            messages.append({"role": "user", "content": text})
            try:
                with tracer.start_as_current_span("invoke_agent parcel-support", attributes={
                        **common, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "parcel-support"}):
                    turn(model, messages)
            except urllib.error.HTTPError as error:
                print(f"{conversation}: {error}")


PLAYERS = {"langgraph": play_langgraph, "pydantic-ai": play_pydantic_ai, "sdk": play_sdk}


def main():
    parser = argparse.ArgumentParser(description="Play one scenario with a real agent framework.")
    parser.add_argument("framework", choices=sorted(PLAYERS))
    parser.add_argument("--models", required=True, help="base URL of the model server")
    parser.add_argument("--protobuf", action="append", default=[], help="server that gets the spans as protocol buffers")
    parser.add_argument("--json", action="append", default=[], help="server that gets the spans as JSON")
    arguments = parser.parse_args()
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    provider = provider_with(arguments)
    PLAYERS[arguments.framework](arguments, provider)
    provider.shutdown()


if __name__ == "__main__":
    main()
