// The local Scalekit as tests start it, until its first answer.
import { startEmulator } from '../../dist/emulator.js';

const emulator = await startEmulator();
await (await fetch(`${emulator.url}/keys`)).text();
console.log(JSON.stringify(process.cpuUsage()));
