// A Thing in node-wot with every JSON type, driven by JSON lines; the first line it prints is {"td": url}.
"use strict";
const { say, serve } = require("./lines");
const { EventEmitter, once } = require("events");
const { Servient } = require("@node-wot/core");
const { HttpServer } = require("@node-wot/binding-http");

const pair = {
    type: "object",
    properties: { number: { type: "integer" }, text: { type: "string" } },
    required: ["number", "text"],
};
const properties = {
    boolean: { type: "boolean" },
    integer: { type: "integer", minimum: -10, maximum: 10 },
    number: { type: "number" },
    string: { type: "string" },
    nullable: { oneOf: [{ type: "number" }, { type: "null" }] },
    array: { type: "array", items: { type: "integer" } },
    object: pair,
};
const values = {
    boolean: false,
    integer: 0,
    number: 0.5,
    string: "",
    nullable: null,
    array: [1, 2],
    object: { number: 1, text: "one" },
};
const events = { onInteger: { type: "integer" }, onString: { type: "string" }, onObject: pair };
const kinds = { void: undefined, int: { type: "integer" }, obj: pair };

// Of every input an action keeps the number in the property "integer", and answers the next one.
const numberOf = { void: () => 0, int: (input) => input, obj: (input) => input.number };
const answerOf = { void: () => undefined, int: (n) => n + 1, obj: (n) => ({ number: n + 1, text: "next" }) };

function model() {
    const thing = { title: "Test Thing", id: "urn:test:nodewot", properties: {}, actions: {}, events: {} };
    for (const [name, schema] of Object.entries(properties)) thing.properties[name] = { ...schema, observable: true };
    for (const [name, data] of Object.entries(events)) thing.events[name] = { data };
    for (const [from, input] of Object.entries(kinds))
        for (const [to, output] of Object.entries(kinds)) thing.actions[`${from}-${to}`] = { input, output };
    thing.actions.fail = {};
    return thing;
}

// node-wot answers a long poll with the next value and forgets what happens between two polls: wait for the poll.
const polls = new Map();
const arrivals = new EventEmitter();
function watch(request, response, next) {
    next();
    const [, name] = request.url.match(/\/events\/(\w+)|\/(\w+)\/observable/)?.filter(Boolean) ?? [];
    if (name === undefined || request.method !== "GET") return;
    polls.set(name, response);
    response.on("close", () => polls.get(name) === response && polls.delete(name));
    arrivals.emit(name);
}
async function polled(name) {
    if (!polls.has(name)) await once(arrivals, name);
    polls.delete(name);
}

async function write(thing, name, value) {
    values[name] = value;
    await thing.emitPropertyChange(name);
}

function attach(thing) {
    for (const name of Object.keys(properties)) {
        thing.setPropertyReadHandler(name, async () => values[name]);
        thing.setPropertyWriteHandler(name, async (input) => write(thing, name, await input.value()));
    }
    for (const from of Object.keys(kinds))
        for (const to of Object.keys(kinds))
            thing.setActionHandler(`${from}-${to}`, async (input) => {
                const n = numberOf[from](await input.value());
                await write(thing, "integer", n);
                return answerOf[to](n);
            });
    thing.setActionHandler("fail", async () => {
        throw new Error("secret");
    });
}

(async () => {
    const http = new HttpServer({ port: 0, address: "127.0.0.1", middleware: watch });
    const servient = new Servient();
    servient.addServer(http);
    const wot = await servient.start();
    http.baseUri = `http://127.0.0.1:${http.getPort()}`; // else a form for every address of the machine
    const thing = await wot.produce(model());
    attach(thing);
    await thing.expose();
    say({ td: `${http.baseUri}/test-thing` });
    await serve({
        emit: async ({ name, value }) => {
            await polled(name);
            thing.emitEvent(name, value);
        },
        change: async ({ name, value }) => {
            await polled(name);
            await write(thing, name, value);
        },
    });
})();
