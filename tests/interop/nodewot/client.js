// node-wot's client, driven by JSON lines. A value of a subscription is a line {"of": name, "value": …}.
"use strict";
const { say, serve } = require("./lines");
const { Servient } = require("@node-wot/core");
const { HttpClientFactory } = require("@node-wot/binding-http");

const servient = new Servient();
const subscriptions = new Map();
let wot, thing;

const options = (command) => ({ uriVariables: command.variables });
const forward = (name) => async (output) => say({ of: name, value: await output.value() });
const complain = (name) => (error) => say({ of: name, error: String(error) });

const commands = {
    consume: async ({ url }) => {
        thing = await wot.consume(await wot.requestThingDescription(url));
    },
    read: async (c) => (await thing.readProperty(c.name, options(c))).value(),
    readAll: async () => {
        const values = {};
        for (const [name, output] of await thing.readAllProperties()) values[name] = await output.value();
        return values;
    },
    write: (c) => thing.writeProperty(c.name, c.value, options(c)),
    invoke: async (c) => (await thing.invokeAction(c.name, c.value, options(c))).value(),
    observe: async ({ name }) => {
        subscriptions.set(name, await thing.observeProperty(name, forward(name), complain(name)));
    },
    subscribe: async ({ name }) => {
        subscriptions.set(name, await thing.subscribeEvent(name, forward(name), complain(name)));
    },
    stop: ({ name }) => subscriptions.get(name).stop(),
};

(async () => {
    servient.addClientFactory(new HttpClientFactory());
    wot = await servient.start();
    await serve(commands);
})();
