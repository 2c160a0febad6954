import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * `npx tsx scripts/complete-lock.ts`: adds to package-lock.json the platform builds that npm left out because the
 * registry in use does not serve them, or because it was run beside an installed node_modules. Without them
 * `npm ci` refuses the lockfile, and `npm install` on another system lacks its native builds.
 */

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = [
  "arm64",
  "x64",
  "ia32",
  "arm",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "wasm32",
];

/** Optional dependencies that the lockfile names without locking them: `[name, version, asked for by]`. */
export function missingBuilds({ packages }: Lockfile): [name: string, version: string, parent: string][] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !placesFor(parent, name).some((place) => place in packages))
      .map(([name, version]): [string, string, string] => [name, version, parent]),
  );
}

/** Where Node would look for a package from its parent, innermost first. */
function placesFor(parent: string, name: string): string[] {
  const places = [`node_modules/${name}`];
  for (let at = parent.length; at > 0; at = parent.lastIndexOf("/node_modules/", at - 1)) {
    places.unshift(`${parent.slice(0, at)}/node_modules/${name}`);
  }
  return places;
}

/** What a platform build's name says about where it runs, such as `…-linux-arm64-musl`. */
function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> {
  const words = name.split("/").at(-1)?.split("-") ?? [];
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  if (os.length + cpu.length === 0)
    throw new Error(`${name} does not say which platform it is for; lock it by hand.`);
  return { ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }) };
}

/** A lockfile in which every optional build has its place. */
export function completeLock(lock: Lockfile): Lockfile {
  const added = missingBuilds(lock).map(([name, version, parent]): [string, LockedPackage] => [
    `node_modules/${name}`,
    { version, ...platformOf(name), ...(lock.packages[parent]?.dev && { dev: true }), optional: true },
  ]);
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
  return { ...lock, packages: Object.fromEntries(packages.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(path, "utf8")) as Lockfile;
  const missing = missingBuilds(lock);
  writeFileSync(path, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(
    missing.length > 0 ? `Added ${missing.map(([name]) => name).join(", ")}.` : "Nothing was missing.",
  );
}
