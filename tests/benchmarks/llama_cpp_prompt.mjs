// Seconds that llama.cpp takes for a prompt, by the clock and of all processors, one line a repetition:
//   node llama_cpp_prompt.mjs NODE_MODULES MODEL.gguf POSITIONS THREADS REPETITIONS
import path from "node:path";
import {pathToFileURL} from "node:url";

const [modules, modelPath, positions, threads, repetitions] = process.argv.slice(2);
const {getLlama, LlamaLogLevel} = await import(pathToFileURL(path.resolve(modules, "node-llama-cpp/dist/index.js")));
const llama = await getLlama({gpu: false, build: "never", maxThreads: +threads, logLevel: LlamaLogLevel.error});
const model = await llama.loadModel({modelPath});
const context = await model.createContext(
    {contextSize: +positions + 8, batchSize: +positions, threads: +threads, sequences: 1});
const sequence = context.getSequence();
const tokens = Array.from({length: +positions}, (_, i) => (i * 7) % 1000 + 3);
for (let i = 0; i < +repetitions; ++i) {
  await sequence.clearHistory();
  const start = performance.now(), busy = process.cpuUsage();
  await sequence.evaluateWithoutGeneratingNewTokens(tokens);
  const seconds = (performance.now() - start) / 1000, {user, system} = process.cpuUsage(busy);
  console.log(seconds, (user + system) / 1e6);
}
process.exit(0);
