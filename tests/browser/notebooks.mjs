// Opens notebooks in Jupyter Notebook with a real browser, runs them, changes a parameter, and looks whether the outputs change.
// node tests/browser/notebooks.mjs    needs jupyter-notebook, Chromium and npm's playwright-core (NODE_PATH or node_modules); './run test --full' calls it where they are there.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..'), work = join(root, 'out', 'browser'), port = 8900 + process.pid % 90;
const require = createRequire(join(process.env.PLAYWRIGHT ?? root, 'package.json'));
const { chromium } = require('playwright-core');

// A copy beside a link to lib: what the browser saves is not the project's.
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
cpSync(join(root, 'notebooks'), join(work, 'notebooks'), { recursive: true });
symlinkSync(join(root, 'lib'), join(work, 'lib'));

const server = spawn('jupyter-notebook', ['--no-browser', '--allow-root', '--ip=127.0.0.1', `--port=${port}`, '--NotebookApp.token=', '--NotebookApp.password='], { cwd: join(work, 'notebooks'), stdio: 'ignore' });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
let failed = 0;

async function open(name) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
  for (let i = 0; ; i++) {
    try { await page.goto(`http://127.0.0.1:${port}/notebooks/${name}.ipynb`); break; } catch (error) { if (i == 60) throw error; await page.waitForTimeout(500); }
  }
  await page.waitForFunction(() => window.Jupyter?.notebook?._fully_loaded && Jupyter.notebook.kernel?.is_connected(), null, { timeout: 120_000 });
  return page;
}

// Cells by the ids that their files give them: the front end keeps their order.
const edit = (page, cell, text) => page.evaluate(([i, t]) => Jupyter.notebook.get_cell(i).set_text(t), [cell, text]);
const source = (page, cell) => page.evaluate(i => Jupyter.notebook.get_cell(i).get_text(), cell);
const output = (page, cell) => page.evaluate(i => Jupyter.notebook.get_cell(i).element.find('.output').html(), cell);
const idle = (page, seconds) => page.waitForFunction(() => Jupyter.notebook.get_cells().every(c => c.cell_type != 'code' || c.input_prompt_number != '*'), null, { timeout: seconds * 1000 });

const index = (page, id) => JSON.parse(readFileSync(join(root, 'notebooks', page.url().split('/').pop()))).cells.findIndex(c => c.id == id);

async function run(page, seconds) {
  await page.evaluate(() => { Jupyter.notebook.clear_all_output(); Jupyter.notebook.execute_all_cells(); });
  await page.waitForTimeout(500);
  await idle(page, seconds);
  const errors = await page.locator('.output_error').count();
  if (errors > 0) throw new Error(`${errors} cells failed: ${await page.locator('.output_error').first().innerText()}`);
}

function told(name, good, what) {
  console.log(`${good ? 'ok' : 'FAILED'}  ${name}: ${what}`);
  if (!good) failed = 1;
}

async function change(name, parameters, first, second, chart, seconds) {
  const page = await open(name), [p, c] = [index(page, parameters), index(page, chart)];
  await edit(page, p, first(await source(page, p)));
  await run(page, seconds);
  const before = await output(page, c);
  await page.screenshot({ path: join(work, `${name}-before.png`), fullPage: false });
  await edit(page, p, second(await source(page, p)));
  await run(page, seconds);
  const after = await output(page, c);
  await page.evaluate(i => Jupyter.notebook.get_cell(i).element[0].scrollIntoView(), c);
  await page.screenshot({ path: join(work, `${name}-after.png`) });
  told(name, before.includes('<svg') && after.includes('<svg') && before != after, 'the chart changes with its parameter');
  await page.close();
}

async function knob(name, cell, turn, seconds) {
  const page = await open(name);
  await edit(page, index(page, 'parameters'), (await source(page, index(page, 'parameters'))).replace('limit = 0', 'limit = 100'));
  await run(page, 900);
  const at = index(page, cell), before = await output(page, at), start = Date.now();
  await edit(page, at, turn(await source(page, at)));
  await page.evaluate(i => Jupyter.notebook.execute_cells([i]), at);
  await page.waitForTimeout(50);
  await idle(page, 120);
  const time = (Date.now() - start) / 1000;
  await page.evaluate(i => Jupyter.notebook.get_cell(i).element[0].scrollIntoView(), at);
  await page.screenshot({ path: join(work, `${name}-knob.png`) });
  told(name, before != await output(page, at), `the scores change with a hyperparameter, in ${time.toFixed(1)} s`);
  told(name, time < seconds, `within ${seconds} s`);
  await page.close();
}

try {
  await change('figure3_mixup', 'parameters', text => text.replace('Steps(0, 1, 0.1)', 'Steps(0, 1, 0.5)').replace('limit = 0', 'limit = 50'),
    text => text.replace('Steps(0, 1, 0.5)', 'Steps(0, 1, 0.25)'), 'curve', 600);
  await knob('alignment', 'tweak', text => text.replace('var step = 0.75', 'var step = 0.5'), 15);
} finally {
  await browser.close();
  server.kill();
}
process.exit(failed);
