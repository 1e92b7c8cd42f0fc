// JSON lines on stdin and stdout: a command {"do": "read", …} is answered by {"result": …} or {"error": "…"}, in order.
"use strict";
const readline = require("readline");

console.warn = () => {}; // loading node-wot prints forty lines about its own schema

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

async function serve(commands) {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const command = JSON.parse(line);
        try {
            say({ result: await commands[command.do](command) });
        } catch (error) {
            say({ error: String(error) });
        }
    }
    process.exit(0); // whoever drove us is gone
}

module.exports = { say, serve };
