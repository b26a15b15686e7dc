// SPDX-License-Identifier: GPL-3.0-or-later
// llama.cpp's Vulkan backend, as melete-engine bench measures ours: MODEL PROMPT DECODE. Prints JSON.
//
// Tokens of a prompt in one submission, with the logits of the last one; then tokens one by one from an empty context, each with its logits. A first
// run of either compiles pipelines and is not counted. Ends with 1 and a sentence where not all of the model is on a Vulkan device.
import process from 'node:process';

import {getLlama} from 'node-llama-cpp';

const REMEDY = 'Debian has one in software in mesa-vulkan-drivers.';
const LOGITS = {generateNext: {token: true, options: {temperature: 0}}};

function fail(text) {
    console.error(text);
    process.exit(1);
}

// As melete-engine bench chooses them.
function arbitraryTokens(n, nVocab) {
    return Array.from({length: n}, (_, i) => (i * 7919) % nVocab);
}

// Tokens per second, and milliseconds of all threads for each token.
async function measure(n, run) {
    const begin = process.hrtime.bigint(), spent = process.cpuUsage();
    await run();
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9, {user, system} = process.cpuUsage(spent);
    return {tps: n / seconds, processorMs: (user + system) / 1e3 / n};
}

const [path, nPrompt, nDecode] = [process.argv[2], ...process.argv.slice(3, 5).map(Number)];
const log = [];
const llama = await getLlama({gpu: 'vulkan', build: 'never', skipDownload: true, logLevel: 'info', logger: (level, message) => log.push(message)})
    .catch((error) => fail(`llama.cpp finds no Vulkan device that it can use (${error.message}); ${REMEDY}`));
const devices = await llama.getGpuDeviceNames();
if (llama.gpu !== 'vulkan' || devices.length !== 1)
    fail(`llama.cpp sees ${devices.length} Vulkan devices where one is wanted; ${REMEDY}`);
const model = await llama.loadModel({modelPath: path, gpuLayers: 99});
const offloaded = /offloaded (\d+)\/(\d+) layers to GPU/.exec(log.join('\n'));
if (!offloaded || offloaded[1] !== offloaded[2])
    fail(`llama.cpp did not put all layers of the model on ${devices[0]}: ${offloaded ? offloaded[0] : 'its log does not say where they are'}.`);
const context = await model.createContext({contextSize: 512, batchSize: 512, sequences: 1});
const sequence = context.getSequence();
const tokens = arbitraryTokens(Math.max(nPrompt, nDecode), model.fileInfo.metadata.tokenizer.ggml.tokens.length);

async function prompt() {
    await sequence.clearHistory();
    await sequence.controlledEvaluate([...tokens.slice(0, nPrompt - 1), [tokens[nPrompt - 1], LOGITS]]);
}

async function decode(n) {
    await sequence.clearHistory();
    for (const token of tokens.slice(0, n))
        await sequence.controlledEvaluate([[token, LOGITS]]);
}

await prompt();
const ofPrompt = await measure(nPrompt, prompt);
await decode(1);
const ofDecode = await measure(nDecode, () => decode(nDecode));
console.log(JSON.stringify({
    prompt_tps: ofPrompt.tps, prompt_processor_ms: ofPrompt.processorMs,
    decode_tps: ofDecode.tps, decode_processor_ms: ofDecode.processorMs,
    device: devices[0],
}));
process.exit(0);
