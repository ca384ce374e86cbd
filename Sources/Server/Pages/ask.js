// Questions to the server. What goes wrong is an error with the server's words and what to do about it.

export class Trouble extends Error {
  constructor(message, { hint, status = 0, position } = {}) {
    super(message);
    Object.assign(this, { hint, status, position });
  }

  // Whether the session has ended.
  get isLoggedOut() { return this.status === 401; }
}

async function trouble(answer) {
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // Not one of our answers.
  }
  const message = typeof said.error === "string" ? said.error : "the server answered " + answer.status;
  return new Trouble(message, { hint: said.hint, position: said.position, status: answer.status });
}

// The answer as it comes, for whoever reads it piece by piece. What is sent is sent as JSON. Where `keeps` is true the browser may have the
// answer already, and asks whether it still holds.
export async function open(address, { signal, body, keeps = false } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      signal, credentials: "same-origin", cache: keeps ? "no-cache" : "no-store", redirect: "error",
      ...(body === undefined
        ? {} : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("the server cannot be reached");
  }
  if (!answer.ok) throw await trouble(answer);
  return answer;
}

// The answer as JSON.
export async function ask(address, options) {
  const answer = await open(address, options);
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("the answer did not come whole");
  }
}

// An address with a query; what is undefined is left out, a list is said several times.
export function address(path, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const text of [value].flat()) if (text !== undefined && text !== null) query.append(name, text);
  }
  const text = query.toString();
  return text ? path + "?" + text : path;
}
