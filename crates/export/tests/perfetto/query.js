// Asks Perfetto's own trace processor about a trace: its build for browsers, run by node.
//
//   node query.js FOLDER TRACE < queries.json
//
// FOLDER holds engine_bundle.js and trace_processor.wasm. The standard input is a JSON array of SQL queries; each answer
// is a line, an array of rows.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const [folder, trace] = process.argv.slice(2);

// ---- what it is spoken to in: length-delimited protocol buffers ------------------------------------------------------

// The numbers of the fields and methods of Perfetto's trace_processor.proto.
const RPC = { request: 2, appendTraceData: 101, queryArgs: 103, queryResult: 203 };
const METHOD = { append: 1, finalize: 2, query: 3 };
const RESULT = { columnNames: 1, error: 2, batch: 3 };
const BATCH = { cells: 1, varints: 2, floats: 3, strings: 5 };
const CELL = { null: 1, varint: 2, float: 3, string: 4 };

function varint(number) {
  const bytes = [];
  let rest = BigInt(number);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, value) => Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);

function readVarint(from, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = from[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

// Gives each field's number and value: a number, or the bytes of what is inside.
function* fields(from) {
  for (let at = 0; at < from.length; ) {
    let key;
    [key, at] = readVarint(from, at);
    const wire = Number(key & 7n);
    let value;
    if (wire === 0) {
      [value, at] = readVarint(from, at);
    } else {
      let length;
      [length, at] = wire === 2 ? readVarint(from, at) : [wire === 1 ? 8n : 4n, at];
      value = from.subarray(at, at + Number(length));
      at += Number(length);
    }
    yield [Number(key >> 3n), value];
  }
}

function* varints(from) {
  for (let at = 0; at < from.length; ) {
    let value;
    [value, at] = readVarint(from, at);
    yield value;
  }
}

// The rows of an answer.
function rows(answers) {
  const names = [];
  const values = [];
  for (const answer of answers) {
    for (const [field, value] of fields(answer)) {
      if (field === RESULT.columnNames) names.push(value.toString());
      if (field === RESULT.error) throw new Error(value.toString());
      if (field !== RESULT.batch) continue;
      const batch = { cells: [], varints: [], floats: [], strings: [] };
      for (const [part, inside] of fields(value)) {
        if (part === BATCH.cells) batch.cells.push(...varints(inside));
        if (part === BATCH.varints) batch.varints.push(...varints(inside));
        if (part === BATCH.strings) batch.strings.push(...inside.toString().split('\0'));
        if (part === BATCH.floats) {
          for (let at = 0; at < inside.length; at += 8) batch.floats.push(inside.readDoubleLE(at));
        }
      }
      for (const cell of batch.cells) {
        const kind = Number(cell);
        if (kind === CELL.null) values.push(null);
        else if (kind === CELL.varint) values.push(Number(BigInt.asIntN(64, batch.varints.shift())));
        else if (kind === CELL.float) values.push(batch.floats.shift());
        else if (kind === CELL.string) values.push(batch.strings.shift());
        else throw new Error(`a cell of kind ${kind}`);
      }
    }
  }
  const found = [];
  for (let at = 0; at < values.length; at += names.length) {
    found.push(Object.fromEntries(names.map((name, i) => [name, values[at + i]])));
  }
  return found;
}

// ---- the worker of a browser that it takes itself to run in ----------------------------------------------------------

class XMLHttpRequest {
  open(_method, name) {
    this.name = name;
  }

  send() {
    const read = fs.readFileSync(path.join(folder, path.basename(this.name)));
    this.status = 200;
    this.response = read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength);
  }
}

const worker = { location: { href: '' } };
const surroundings = {
  self: worker,
  location: worker.location,
  WorkerGlobalScope: class {},
  importScripts() {},
  XMLHttpRequest,
  console: { log() {}, warn() {}, error() {} },
  // It does not ask for node, and is not to find it.
  process: undefined,
};
const engine = fs.readFileSync(path.join(folder, 'engine_bundle.js'), 'utf8');
vm.compileFunction(engine, Object.keys(surroundings))(...Object.values(surroundings));

const replies = [];
const port = {
  postMessage(reply) {
    for (const [, message] of fields(Buffer.from(reply))) replies.push(message);
  },
};
worker.onmessage({ data: port });

function call(method, args) {
  replies.length = 0;
  const message = Buffer.concat([number(RPC.request, method), args]);
  port.onmessage({ data: bytes(1, message) });
  return [...replies];
}

setTimeout(() => {
  const whole = fs.readFileSync(trace);
  const PIECE = 1 << 20;
  for (let at = 0; at < whole.length; at += PIECE) {
    call(METHOD.append, bytes(RPC.appendTraceData, whole.subarray(at, at + PIECE)));
  }
  call(METHOD.finalize, Buffer.alloc(0));
  for (const query of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const answers = call(METHOD.query, bytes(RPC.queryArgs, bytes(1, Buffer.from(query))));
    const results = answers.flatMap((answer) =>
      [...fields(answer)].filter(([field]) => field === RPC.queryResult).map(([, result]) => result)
    );
    console.log(JSON.stringify(rows(results)));
  }
}, 0);
