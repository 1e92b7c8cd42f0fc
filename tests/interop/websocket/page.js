// What a web page would do: the browser's own WebSocket and JSON by hand, as in the examples of the Web Thing Protocol.
const [url, thingID] = process.argv.slice(2);
const socket = new WebSocket(url, 'webthingprotocol');
const waiting = new Map();

function ask(operation, members = {}) {
  const correlationID = crypto.randomUUID();
  const head = { thingID, messageID: crypto.randomUUID(), messageType: 'request', operation };
  socket.send(JSON.stringify({ ...head, correlationID, ...members }));
  return new Promise((resolve) => waiting.set(correlationID, resolve));
}

socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.messageType === 'notification') {
    console.log(JSON.stringify({ of: message.name, value: message.value ?? message.data }));
  } else {
    waiting.get(message.correlationID)(message);
    waiting.delete(message.correlationID);
  }
};
socket.onerror = () => console.log(JSON.stringify({ error: 'it cannot be opened' }));
socket.onclose = ({ code, wasClean }) => console.log(JSON.stringify({ closed: code, wasClean }));
socket.onopen = async () => {
  const level = await ask('readproperty', { name: 'level' });
  await ask('observeproperty', { name: 'level' });
  await ask('writeproperty', { name: 'level', value: level.value + 1 });
  const sum = await ask('invokeaction', { name: 'add', input: { a: 1, b: 2 } });
  const refused = await ask('writeproperty', { name: 'level', value: 1000 });
  await ask('subscribeevent', { name: 'tick' });
  const found = { level: level.value, sum: sum.output, status: refused.error.status };
  console.log(JSON.stringify(found));
};
