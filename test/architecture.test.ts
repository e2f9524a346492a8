/** Who may import whom. Reads the import lines of src, so that a wrong one fails here and not in a review. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** The places that pick a driver and a platform; they may import anything. */
const entries =
  /^(cli\/.*|server|open|database|database-file|database-postgres|config|node-runtime|outbound|background|worker|worker-intake|witness|filter-thread|gate|mx-resolver)\.tsx?$/;

/** What the files of a folder may import: paths below src, and packages. First row that fits. */
const rules: readonly { readonly files: RegExp; readonly paths: RegExp; readonly packages: RegExp }[] = [
  { files: entries, paths: /./, packages: /./ },
  { files: /^core\//, paths: /^core\//, packages: /^$/ },
  {
    files: /^providers\//,
    paths: /^(core|providers)\//,
    packages: /^(zod|postal-mime|csv-parse\/sync|@noble\/hashes\/legacy\.js)$/,
  },
  {
    files: /^store\/(sqlite|sqlite-writer|writer-thread|compaction|migrate)\.ts$/,
    paths: /^(core|store)\//,
    packages: /^(better-sqlite3|node:.*)$/,
  },
  { files: /^store\/(migrate-)?postgres\.ts$/, paths: /^(core|store)\//, packages: /^(drizzle-orm|pg)$/ },
  { files: /^store\//, paths: /^(core|store)\//, packages: /^drizzle-orm(\/.*)?$/ },
  { files: /^lists\//, paths: /^(core|lists)\//, packages: /^(aws4fetch)?$/ },
  { files: /^filter\//, paths: /^filter\//, packages: /^$/ },
  {
    files: /^app\//,
    paths: /^((core|filter|lists|providers|app)\/|store\/(store|schema)\.ts$)/,
    packages: /^(zod|csv-parse|yaml|@eslint-community\/regexpp)(\/.*)?$/,
  },
  { files: /^mail\/smtp\.ts$/, paths: /^(core|app)\//, packages: /^nodemailer$/ },
  {
    files: /^mail\//,
    paths: /^((core|app|mail)\/|database\.ts$)/,
    packages: /^(smtp-server|node:.*)$/,
  },
  { files: /^samples\//, paths: /^(core|providers|samples)\//, packages: /^(@noble\/hashes\/legacy\.js)?$/ },
  {
    files: /^http\/app\.ts$/,
    paths: /^(app|http)\/|^dashboard\/mount\.ts$/,
    packages: /^hono$/,
  },
  {
    files: /^dashboard\/client\//,
    paths: /^dashboard\/client\//,
    packages: /^uplot(\/dist\/uPlot\.min\.css)?$/,
  },
  {
    files: /^dashboard\//,
    paths:
      /^((app|core|providers\/verify|http|dashboard)\/|(store\/store|providers\/(adapter|registry))\.ts$)/,
    packages: /^hono(\/jsx)?$/,
  },
  {
    files: /^http\//,
    paths: /^((app|core|lists|providers|samples|http)\/|store\/store\.ts$)/,
    packages: /^(hono|zod|zod-openapi|csv-parse)(\/.*)?$/,
  },
];

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  /** `import()`: when it runs, the file that holds it is long loaded. */
  readonly lazy: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Paths below src, with their extension. */
  readonly inside: readonly Import[];
  readonly packages: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => readSource(path, readFileSync(src + path, 'utf8')));

describe('an import', () => {
  it('is found in every form', () => {
    const text = `import a from './a.ts';\nimport {\n  b,\n} from '../b.ts';\nimport type { C } from './c.ts';\nexport { d } from './d.ts';\nexport * from './e.ts';\nimport 'f';\nconst g = () => import('./g.ts');\n`;
    const { inside, packages } = readSource('x/y.ts', text);
    expect(inside).toEqual([
      { target: 'x/a.ts', typeOnly: false, lazy: false },
      { target: 'b.ts', typeOnly: false, lazy: false },
      { target: 'x/c.ts', typeOnly: true, lazy: false },
      { target: 'x/d.ts', typeOnly: false, lazy: false },
      { target: 'x/e.ts', typeOnly: false, lazy: false },
      { target: 'x/g.ts', typeOnly: false, lazy: true },
    ]);
    expect(packages).toEqual(['f']);
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files.map((file) => [file.path, file] as const))(
    'of %s is one its folder may have',
    (path, file) => {
      const rule = rules.find((one) => one.files.test(path));
      expect(rule, 'no rule for this folder').toBeDefined();
      expect(
        file.inside.map((one) => one.target).filter((target) => rule?.paths.test(target) !== true),
      ).toEqual([]);
      expect(file.packages.filter((name) => rule?.packages.test(name) !== true)).toEqual([]);
    },
  );

  it('of the schema from app is of types only', () => {
    const wrong = files.filter(
      ({ path, inside }) =>
        path.startsWith('app/') &&
        inside.some(({ target, typeOnly }) => target === 'store/schema.ts' && !typeOnly),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('names a file that is there', () => {
    const there = new Set(files.map((file) => file.path));
    for (const { path, inside } of files)
      expect(
        inside.map((one) => one.target).filter((target) => !there.has(target)),
        path,
      ).toEqual([]);
  });

  it('never leads back to where it came from, types and commands that load late apart', () => {
    expect(cycles()).toEqual([]);
  });
});

describe('a file', () => {
  // A long table is read by looking something up; long code has to be understood as a whole.
  const isTable = ({ text }: SourceFile) => !/\bfunction\b|=> ?\{|\bif \(|\bfor \(/.test(text);

  it('of code has at most 300 lines', () => {
    const long = files.filter((file) => file.text.split('\n').length - 1 > 300 && !isTable(file));
    expect(long.map((file) => file.path)).toEqual([]);
  });

  it('starts by saying what it is for, but for commands and code pages, which their names explain', () => {
    const silent = files.filter(
      ({ path, text }) =>
        !/^(cli\/commands|core\/codes\/pages)\//.test(path) && !/^(#!.*\n)?\/\*\*/.test(text),
    );
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  it('logs by the log, not by the console, but for the Worker whose log that is', () => {
    expect(
      files
        .filter(({ path, text }) => path !== 'worker.ts' && /\bconsole\./.test(text))
        .map((file) => file.path),
    ).toEqual([]);
  });

  it('of the pure parts asks nobody for the time or for chance', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bsetTimeout\(|\bsetInterval\(|(?<![.\w])fetch\(/;
    expect(
      files
        .filter(({ path, text }) => /^(core|filter|providers|samples)\//.test(path) && impure.test(text))
        .map((file) => file.path),
    ).toEqual([]);
  });
});

function readSource(path: string, text: string): SourceFile {
  const statements =
    /^[ \t]*(?:import|export)\b(?<type>\s+type\b)?(?:[^'"`;=]*\bfrom)?\s*['"](?<name>[^'"]+)['"]/gm;
  const calls = /\bimport\(\s*['"](?<name>[^'"]+)['"]/g;
  const found = [
    ...[...text.matchAll(statements)].map(({ groups }) => ({
      name: groups?.name ?? '',
      typeOnly: groups?.type !== undefined,
      lazy: false,
    })),
    ...[...text.matchAll(calls)].map(({ groups }) => ({
      name: groups?.name ?? '',
      typeOnly: false,
      lazy: true,
    })),
  ];
  return {
    path,
    text,
    inside: found
      .filter(({ name }) => name.startsWith('.'))
      .map(({ name, ...how }) => ({ target: posix.join(posix.dirname(path), name), ...how })),
    packages: found.filter(({ name }) => !name.startsWith('.')).map(({ name }) => name),
  };
}

function cycles(): string[] {
  const imports = new Map(
    files.map(({ path, inside }) => [
      path,
      inside.filter((one) => !one.lazy && !one.typeOnly).map((one) => one.target),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}
