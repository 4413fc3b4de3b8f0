// Makes of http-specs what the conformance test needs: its APIs as OpenAPI documents, and what is to be sent and answered
// in each scenario, as JSON. Called with the folder to write to: documents
// by OpenAPI's version, `scenarios.json`, and `failures.json` with what became no document.
import { compile, NodeHost } from "@typespec/compiler";
import { getOpenAPI3 } from "@typespec/openapi3";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expandDyns, isMatcher } from "@typespec/spec-api";

const VERSIONS = ["3.0.0", "3.1.0", "3.2.0"];
// What stands for the server's address, which nobody knows yet.
const CONFIG = { baseUrl: "{baseUrl}" };

const out = process.argv[2];
const suite = dirname(fileURLToPath(import.meta.resolve("@typespec/http-specs/package.json")));
const sources = join(suite, "specs");

const files = (await readdir(sources, { recursive: true })).filter((file) => file.split(sep).pop() === "main.tsp").sort();
const failures = {};
for (const file of files) {
    const stem = dirname(file).split(sep).join("-");
    const program = await compile(NodeHost, join(sources, file), { noEmit: true });
    const errors = program.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    if (errors.length > 0) {
        failures[stem] = errors.map((error) => `${error.code}: ${error.message}`).join("; ");
        continue;
    }
    try {
        // What has no form in OpenAPI is left out of the document, and told below.
        const records = await withoutInherited(() => getOpenAPI3(program, { "openapi-versions": VERSIONS }));
        for (const record of records) {
            const versions = record.versioned ? record.versions : [record];
            for (const { document, version, diagnostics } of versions) {
                const folder = join(out, document.openapi.split(".").slice(0, 2).join("."));
                await mkdir(folder, { recursive: true });
                const own = record.versioned ? `-${version.replaceAll(/[^0-9A-Za-z]+/g, "-")}` : "";
                await writeFile(join(folder, `${stem}${own}.json`), JSON.stringify(document, null, 2) + "\n");
                const lost = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
                if (lost.length > 0) failures[stem] = [...new Set(lost.map((error) => error.message))].join("; ");
            }
        }
    } catch (error) {
        failures[stem] = String(error);
    }
}

// The emitter looks a parameter's examples up by its name in a plain object. For one that is called `constructor` it finds
// what every object inherits, and fails: that is taken away while it works.
async function withoutInherited(work) {
    const inherited = Object.getOwnPropertyDescriptor(Object.prototype, "constructor");
    delete Object.prototype.constructor;
    try {
        return await work();
    } finally {
        Object.defineProperty(Object.prototype, "constructor", inherited);
    }
}

function plain(value) {
    if (value === undefined || value === null) return value;
    if (Buffer.isBuffer(value)) return { $bytes: value.toString("hex") };
    if (isMatcher(value)) return plain(value.serialize(CONFIG));
    if (typeof value === "function") return plain(expandDyns(value, CONFIG));
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === "object") {
        return Object.fromEntries(
            Object.entries(value)
                .filter(([, member]) => member !== undefined)
                .map(([name, member]) => [name, plain(member)]),
        );
    }
    return value;
}

// A body as it goes over the wire; what is made of a value is written as the server writes it.
function body(body) {
    if (!body || body.kind === "multipart") return plain(body);
    const raw = body.rawContent;
    const content = raw && typeof raw === "object" && typeof raw.serialize === "function" ? raw.serialize(CONFIG) : raw;
    return { contentType: body.contentType, content: plain(content) };
}

const scenarios = [];
for (const file of files) {
    const api = dirname(file);
    const module = await import(pathToFileURL(join(suite, "dist", "specs", api, "mockapi.js")));
    for (const [name, scenario] of Object.entries(module.Scenarios)) {
        scenarios.push({
            name,
            api: api.split(sep).join("-"),
            condition: scenario.passCondition,
            code: scenario.code,
            keys: scenario.keys,
            calls: scenario.apis.map((call) => ({
                method: call.method.toUpperCase(),
                uri: call.uri,
                request: {
                    path: plain(call.request?.pathParams ?? {}),
                    query: plain(call.request?.query ?? {}),
                    headers: plain(call.request?.headers ?? {}),
                    status: call.request?.status,
                    body: body(call.request?.body),
                    files: plain(call.request?.files),
                },
                response: {
                    status: call.response.status,
                    headers: plain(call.response.headers ?? {}),
                    body: body(call.response.body),
                },
            })),
        });
    }
}
await mkdir(out, { recursive: true });
await writeFile(join(out, "failures.json"), JSON.stringify(failures, null, 1) + "\n");
await writeFile(join(out, "scenarios.json"), JSON.stringify(scenarios, null, 1) + "\n");
