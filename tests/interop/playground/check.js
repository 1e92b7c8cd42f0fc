// What the playground says of many documents: [{"kind": "td", "text": "…"}, …] on stdin, its reports on stdout, in order.
"use strict";
const Ajv = require("ajv");
const { tdValidator, tmValidator } = require("@thing-description-playground/core");

// It compiles its schemas anew for each document, which takes most of the time: once is enough.
const compiled = new Map();
const { addSchema, validate } = Ajv.prototype;
Ajv.prototype.addSchema = function (schema, key) {
    return typeof key === "string" && compiled.has(key) ? this : addSchema.call(this, schema, key);
};
Ajv.prototype.validate = function (key, json) {
    if (typeof key !== "string") return validate.call(this, key, json);
    if (!compiled.has(key)) compiled.set(key, this.getSchema(key));
    const check = compiled.get(key);
    const valid = check(json);
    this.errors = check.errors;
    return valid;
};

async function checked({ kind, text }) {
    const said = [];
    // Nothing is fetched: neither contexts nor linked models. That all defaults are stated is not asked for.
    const options = { checkDefaults: false, checkJsonLd: false, checkTmConformance: false };
    try {
        const validator = kind === "tm" ? tmValidator : tdValidator;
        const { report, details } = await validator(text, (line) => said.push(String(line)), options);
        return { report, details, said };
    } catch (error) {
        return { report: { crash: "failed" }, details: {}, said: [String(error)] };
    }
}

async function main() {
    let input = "";
    for await (const chunk of process.stdin) input += chunk;
    const reports = [];
    for (const document of JSON.parse(input)) reports.push(await checked(document));
    process.stdout.write(JSON.stringify(reports), () => process.exit(0));
}

console.log = console.warn = () => {};
main();
