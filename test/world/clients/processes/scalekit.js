// The local Scalekit, as its package exports it, in a process of its own. Its owner configures it over IPC.
import { startEmulator } from '../../../../dist/emulator.js';

const emulator = await startEmulator(JSON.parse(process.argv[2]));
process.on('message', async ({ id, configure, rotateKeys }) => {
  if (configure) emulator.configure(configure);
  if (rotateKeys) await emulator.rotateKeys();
  process.send({ id });
});
process.on('disconnect', () => process.exit());
console.log(`ready ${emulator.url}`);
