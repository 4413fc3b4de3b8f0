//! The codes of the passes that read documents and write crates.

use super::Explanation;

/// Their explanations.
pub const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "unreadable",
        title: "a file cannot be read",
        text: "The file is not there, is no plain file, or its permissions forbid reading.",
        before: "specs/pets.json is a folder",
        after: "specs/pets.json is the OpenAPI document",
    },
    Explanation {
        code: "too-large",
        title: "a file is larger than the limit",
        text: "Files above 64 MiB are not read, so that a wrong file cannot take all memory. `--max-mib` raises the limit.",
        before: "cargo xtask regen",
        after: "cargo xtask regen --max-mib 200",
    },
    Explanation {
        code: "not-utf8",
        title: "a file is not UTF-8 text",
        text: "No other encoding is read (RFC 8259, section 8.1). Convert the file; a byte order mark may stay.",
        before: "a file saved as UTF-16 or Latin-1",
        after: "the same file saved as UTF-8",
    },
    Explanation {
        code: "not-json",
        title: "a file is no JSON",
        text: "The place is where the parser stopped; the mistake is there or just before.",
        before: "{\"openapi\": \"3.0.3\",}",
        after: "{\"openapi\": \"3.0.3\"}",
    },
    Explanation {
        code: "too-large-number",
        title: "a number is too large",
        text: "JSON sets no limit to numbers, but what reads them does: a float of 64 bits holds none beyond 1.8e308. A limit \
               that large is none: leave it out.",
        before: "{\"maximum\": 1e400}",
        after: "{}",
    },
    Explanation {
        code: "too-deep",
        title: "a file nests objects and arrays too deeply",
        text: "More than 128 levels are not read: no real API needs a third of them, and every program that reads such a \
               document would have to fear for its stack. Move inner schemas to `components/schemas`.",
        before: "{\"properties\": {\"a\": {\"properties\": {\"b\": {\"properties\": …}}}}}",
        after: "{\"properties\": {\"a\": {\"$ref\": \"#/components/schemas/A\"}}}",
    },
    Explanation {
        code: "key-too-long",
        title: "a key is absurdly long",
        text: "Keys are names and paths; the longest that vendors have is a tenth of what is allowed. The file is not what \
               it should be.",
        before: "{\"paths\": {\"/aaaaaaaa…\": {}}}",
        after: "{\"paths\": {\"/a\": {}}}",
    },
    Explanation {
        code: "duplicate-key",
        title: "an object has a key twice",
        text: "Programs disagree about which of the two counts (RFC 8259, section 4), so half of what the vendor wrote \
               would be lost without a word. Read leniently, the last one counts. An overlay cannot repair it, for it \
               sees the document after one of the two is gone.",
        before: "{\"get\": {\"operationId\": \"a\"}, \"get\": {\"operationId\": \"b\"}}",
        after: "{\"get\": {\"operationId\": \"a\"}, \"post\": {\"operationId\": \"b\"}}",
    },
    Explanation {
        code: "not-yaml",
        title: "a file is no YAML",
        text: "Files whose names end in `.yaml` or `.yml` are read as YAML 1.2. The place is where the parser stopped; the \
               mistake is there or just before: mostly the indentation, a tab, or a text with `: ` that needs quotes.",
        before: "description: Pets: all of them",
        after: "description: \"Pets: all of them\"",
    },
    Explanation {
        code: "yaml-several-documents",
        title: "a YAML file holds several documents",
        text: "`---` begins another document, and which of them is meant is anybody's guess. Give each a file of its own.",
        before: "openapi: 3.1.0\n---\nopenapi: 3.0.3",
        after: "openapi: 3.1.0",
    },
    Explanation {
        code: "yaml-key",
        title: "a key in YAML is no name",
        text: "Numbers and booleans are taken as they are written, so that responses can have the key `200`. Null, lists \
               and mappings cannot be names in JSON.",
        before: "? [a, b]\n: 1",
        after: "\"a, b\": 1",
    },
    Explanation {
        code: "yaml-merge",
        title: "`<<` is given something other than a mapping",
        text: "The key `<<` takes over the entries of the mappings that it is given (https://yaml.org/type/merge.html).",
        before: "<<: pets",
        after: "<<: *pets",
    },
    Explanation {
        code: "yaml-tag",
        title: "a YAML tag is one that only some program knows",
        text: "Nothing is included or computed while a document is read. Read leniently, the tag does not count.",
        before: "schema: !include pet.yaml",
        after: "schema:\n  $ref: pet.yaml",
    },
    Explanation {
        code: "yaml-number",
        title: "a YAML number is one that JSON has no word for",
        text: "JSON knows neither infinity nor what is no number. Read leniently, it becomes null.",
        before: "maximum: .inf",
        after: "minimum: 0",
    },
    Explanation {
        code: "yaml-scalar",
        title: "an unquoted word in YAML is read as what its field must be",
        text: "YAML 1.2 reads `1.10` as a number and `yes` as text. Where OpenAPI wants text (a version, a description, the \
               values of an enum of strings) or a boolean, that is what was meant, and what is read.",
        before: "info:\n  version: 1.10\nparameters:\n  - required: yes",
        after: "info:\n  version: \"1.10\"\nparameters:\n  - required: true",
    },
    Explanation {
        code: "yaml-expansion",
        title: "YAML aliases make a document absurdly large",
        text: "Each alias stands for a copy, and aliases of aliases for very many. How much they may add is limited, so that \
               a small file cannot take all memory.",
        before: "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]  and so on",
        after: "a: {$ref: '#/components/schemas/A'}",
    },
    Explanation {
        code: "not-openapi",
        title: "a file is no OpenAPI document",
        text: "Every `*.json`, `*.yaml` and `*.yml` in the folder of documents is taken for one, apart from overlays and from \
               files that another document refers to. Files in folders below it are only read when referred to.",
        before: "{\"name\": \"pets\", \"version\": \"1.0.0\"}",
        after: "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"Pets\", \"version\": \"1.0.0\"}, \"paths\": {}}",
    },
    Explanation {
        code: "swagger-2",
        title: "a document is Swagger 2.0",
        text: "It is read as OpenAPI 3.0: host, base path and schemes become servers, definitions become schemas, bodies and \
               forms become request bodies, and what is consumed and produced becomes media types. Overlays are applied \
               to the document as it is then; `cargo xtask effective` shows it.",
        before: "{\"swagger\": \"2.0\", \"host\": \"api.example.com\", \"paths\": {}}",
        after: "{\"openapi\": \"3.0.3\", \"servers\": [{\"url\": \"https://api.example.com\"}], \"paths\": {}}",
    },
    Explanation {
        code: "swagger-version",
        title: "a Swagger document is of a version that is not read",
        text: "Swagger 2.0 is read, and OpenAPI 3.0, 3.1 and 3.2. Convert older documents.",
        before: "{\"swaggerVersion\": \"1.2\", \"swagger\": \"1.2\"}",
        after: "{\"openapi\": \"3.0.3\"}",
    },
    Explanation {
        code: "swagger-media-type",
        title: "a Swagger document does not say which media type it means",
        text: "Where neither the operation nor the document says what it consumes or produces, JSON is meant. So it is where \
               an object is described and only media types are named that hold none, as with the errors of an operation \
               that produces PDF. A gateway to gRPC answers a stream with an object a line, which its document describes by a \
               title, `Stream result of …`.",
        before: "{\"responses\": {\"200\": {\"description\": \"Pets\", \"schema\": {\"$ref\": \"#/definitions/Pets\"}}}}",
        after: "{\"responses\": {\"200\": {\"description\": \"Pets\", \"content\": {\"application/json\": {\"schema\": …}}}}}",
    },
    Explanation {
        code: "beyond-id",
        title: "a reference that is relative to an `$id`, and finds nothing there",
        text: "Within a schema that has an `$id`, `#/…` and `#name` are in that schema and not in the document (JSON Schema \
               2020-12, section 8.2). Where it has no such thing and the document has, the document's is taken: that is what \
               most who write this mean.",
        before: "{\"$id\": \"pet\", \"properties\": {\"tag\": {\"$ref\": \"#/components/schemas/Tag\"}}}",
        after: "{\"properties\": {\"tag\": {\"$ref\": \"#/components/schemas/Tag\"}}}",
    },
    Explanation {
        code: "dynamic-ref",
        title: "a `$dynamicRef` that may lead to several schemas",
        text: "Which schema a `$dynamicRef` means depends on who refers to the schema that it is in, where several have a \
               `$dynamicAnchor` of its name (JSON Schema 2020-12, section 8.2.3.2). A type is the same from everywhere, so \
               each who refers to it with an anchor of its own has a copy with that filled in: a page of pets, a page of \
               users. Where this would take more than a thousand copies, the value is any JSON.",
        before: "{\"$dynamicRef\": \"#item\"}",
        after: "serde_json::Value",
    },
    Explanation {
        code: "path-item-overlap",
        title: "a path item and what its `$ref` leads to say the same twice",
        text: "What stands beside a path item's `$ref` joins what that leads to. Where both have the same method, or servers of \
               their own, OpenAPI leaves open which counts (3.1, section 4.8.9): it is the one that stands beside the \
               reference.",
        before: "{\"$ref\": \"#/components/pathItems/Pets\", \"get\": {\"operationId\": \"listAllPets\"}}",
        after: "GET is listAllPets; the other methods are those of Pets",
    },
    Explanation {
        code: "swagger-collection-format",
        title: "a Swagger document writes a list in a way that there is not",
        text: "`collectionFormat` is `csv`, `ssv`, `tsv` or `pipes`, and in a query or a form also `multi`. The values are \
               parted by commas instead. What OpenAPI 3 has no word for is kept by the hints `x-switchboard-list` and \
               `x-switchboard-nested`.",
        before: "{\"in\": \"header\", \"type\": \"array\", \"collectionFormat\": \"multi\"}",
        after: "{\"in\": \"header\", \"schema\": {\"type\": \"array\"}, \"x-switchboard-list\": \"pipe\"}",
    },
    Explanation {
        code: "swagger-two-bodies",
        title: "an operation of a Swagger document has two bodies",
        text: "A request has one body, or the parts of one form. Read leniently, the first counts.",
        before: "{\"parameters\": [{\"in\": \"body\", \"name\": \"a\"}, {\"in\": \"body\", \"name\": \"b\"}]}",
        after: "{\"parameters\": [{\"in\": \"body\", \"name\": \"a\"}]}",
    },
    Explanation {
        code: "ref-file",
        title: "a reference leads to a file that is not there, or cannot be used",
        text: "Files are looked for from the folder of the file that refers to them; they are JSON or YAML, as their names \
               say. Together with the document they may have 64 MiB, which `--max-mib` raises. Read leniently, the \
               smallest part that needs it is given up.",
        before: "{\"$ref\": \"schemas/pets.yaml\"}  where there is only `schemas/pet.yaml`",
        after: "{\"$ref\": \"schemas/pet.yaml\"}",
    },
    Explanation {
        code: "ref-outside",
        title: "a reference leads out of the document's folder",
        text: "Only files in the folder of the document and below it are read, so that no document can show what is \
               elsewhere on a machine. Move the file there, or bundle the document into one file first.",
        before: "{\"$ref\": \"../shared/pet.yaml\"}",
        after: "{\"$ref\": \"shared/pet.yaml\"}",
    },
    Explanation {
        code: "ref-too-large",
        title: "what a reference leads to makes the document absurdly large or deep",
        text: "What has no place under `components` is copied to each place that refers to it. How much copies may take, and \
               how deep they may be, is limited.",
        before: "{\"get\": {\"$ref\": \"all.yaml\"}}  in a file that is a part of `all.yaml`",
        after: "{\"get\": {\"responses\": {\"200\": {\"$ref\": \"all.yaml#/responses/Pets\"}}}}",
    },
    Explanation {
        code: "openapi-version",
        title: "the version of OpenAPI is none that is read",
        text: "3.0.x, 3.1.x and 3.2.x are read. Read leniently, any other 3.x is taken for the nearest of them.",
        before: "{\"openapi\": \"3.0\"}",
        after: "{\"openapi\": \"3.0.3\"}",
    },
    Explanation {
        code: "overlay-orphan",
        title: "an overlay has no document",
        text: "`x.overlay.json` corrects `x.json` in the same folder, and either may be YAML. When an API goes, its overlay \
               goes with it.",
        before: "specs/pets.overlay.json alone",
        after: "specs/pets.json and specs/pets.overlay.json",
    },
    Explanation {
        code: "overlay-malformed",
        title: "an overlay is not of the form that the specification gives it",
        text: "An overlay is an object with `overlay`, `info` and `actions`; an action has `target`, and either `update` or \
               `remove` (OpenAPI Overlay 1.0.0, section 4). Unknown fields are refused, for they are mostly slips.",
        before: "{\"target\": \"$.info\", \"updates\": {\"title\": \"Pets\"}}",
        after: "{\"target\": \"$.info\", \"update\": {\"title\": \"Pets\"}}",
    },
    Explanation {
        code: "overlay-target",
        title: "an action's target is no JSONPath",
        text: "Targets are written as RFC 9535 says. Names with a slash, a dot or a hyphen go into brackets and quotes.",
        before: "{\"target\": \"$.paths./pets.get\", \"remove\": true}",
        after: "{\"target\": \"$.paths['/pets'].get\", \"remove\": true}",
    },
    Explanation {
        code: "overlay-no-match",
        title: "an action's target matches nothing",
        text: "A correction that no longer applies must not go unnoticed: the vendor may have put the mistake right, which \
               makes the action superfluous, or moved it, which makes it ineffective. A name in a list of names that matches \
               nothing is a warning. Where what was meant is found elsewhere (at a path whose variable is called otherwise, behind \
               a `$ref`, spelled otherwise), the finding says so, and `lint --fix` corrects the target.",
        before: "{\"target\": \"$.components.schemas.Pets\", \"update\": {}}  where the schema is now `Pet`",
        after: "{\"target\": \"$.components.schemas.Pet\", \"update\": {}}",
    },
    Explanation {
        code: "stale-action",
        title: "an action writes what the document says already",
        text: "The vendor has made the correction, so the overlay need not make it any more. An action that adds to a list what \
               the list has would be there twice, and is not applied. `lint --fix` takes the action out.",
        before: "{\"target\": \"$.components.schemas.Pet\", \"update\": {\"required\": [\"id\"]}}  where `id` is required already",
        after: "no such action",
    },
    Explanation {
        code: "overlay-mismatch",
        title: "an action cannot do that to what its target matches",
        text: "An object is updated with an object, an array with one more entry. Values that are neither are updated \
               through the object that holds them. The document as a whole cannot be removed.",
        before: "{\"target\": \"$.info.title\", \"update\": \"Pets\"}",
        after: "{\"target\": \"$.info\", \"update\": {\"title\": \"Pets\"}}",
    },
    Explanation {
        code: "too-many-faults",
        title: "a document has more faults than can be shown",
        text: "What is shown is bounded, so that a hostile document cannot fill the memory.",
        before: "a document with a million faults",
        after: "the first of them, in the document's order",
    },
    Explanation {
        code: "wrong-type",
        title: "a field is of another type than the specification says",
        text: "For example a list where there must be an object. Read leniently, the field counts as left out.",
        before: "{\"parameters\": {\"name\": \"limit\", \"in\": \"query\"}}",
        after: "{\"parameters\": [{\"name\": \"limit\", \"in\": \"query\"}]}",
    },
    Explanation {
        code: "missing-field",
        title: "a field is missing that the specification requires",
        text: "Without it the object says too little to generate from. Read leniently, a neutral value is assumed, or the \
               object counts as left out.",
        before: "{\"info\": {\"version\": \"1.0.0\"}}",
        after: "{\"info\": {\"title\": \"Pets\", \"version\": \"1.0.0\"}}",
    },
    Explanation {
        code: "missing-responses",
        title: "an operation does not say what it answers",
        text: "OpenAPI 3.0 requires `responses`. Read leniently, any success is accepted and its body is kept as it comes.",
        before: "{\"get\": {\"operationId\": \"ping\"}}",
        after: "{\"get\": {\"operationId\": \"ping\", \"responses\": {\"200\": {\"description\": \"Success\"}}}}",
    },
    Explanation {
        code: "request-body-without-content",
        title: "a request body names no media type",
        text: "What is sent cannot be known then. Read leniently, the caller gives bytes and their media type.",
        before: "{\"requestBody\": {\"required\": true}}",
        after: "{\"requestBody\": {\"required\": true, \"content\": {\"application/json\": {\"schema\": {}}}}}",
    },
    Explanation {
        code: "invalid-status",
        title: "a response stands under a key that is no status",
        text: "Keys are a status from 100 to 599, a range `1XX` to `5XX`, or `default`. Read leniently, the response counts \
               as left out.",
        before: "{\"responses\": {\"ok\": {\"description\": \"Success\"}}}",
        after: "{\"responses\": {\"200\": {\"description\": \"Success\"}}}",
    },
    Explanation {
        code: "lower-case-status",
        title: "a range of statuses in lower case",
        text: "OpenAPI writes ranges as `4XX`. `4xx` can mean nothing else, and is read as that; if both are there, the one \
               in lower case is no status.",
        before: "{\"responses\": {\"4xx\": {\"description\": \"Error\"}}}",
        after: "{\"responses\": {\"4XX\": {\"description\": \"Error\"}}}",
    },
    Explanation {
        code: "dangling-ref",
        title: "a reference leads nowhere",
        text: "What it should lead to is not in the document: a slip in the name, or a component that was left out. Read \
               leniently, the smallest part that needs it is given up: a schema becomes any JSON value.",
        before: "{\"$ref\": \"#/components/schemas/Pets\"}  where there is only `Pet`",
        after: "{\"$ref\": \"#/components/schemas/Pet\"}",
    },
    Explanation {
        code: "external-ref",
        title: "a reference leads to another document",
        text: "Nothing is fetched while crates are generated. Bundle the documents into one first, for example with \
               `npx @redocly/cli bundle`, or put the file beside the document: files in its folder are read.",
        before: "{\"$ref\": \"https://example.com/pets.json#/Pet\"}",
        after: "{\"$ref\": \"#/components/schemas/Pet\"}",
    },
    Explanation {
        code: "ref-cycle",
        title: "references lead to each other and to nothing else",
        text: "No value could ever satisfy them. A schema that contains itself in a property or an item is another thing, \
               and is fine.",
        before: "{\"A\": {\"$ref\": \"#/components/schemas/B\"}, \"B\": {\"$ref\": \"#/components/schemas/A\"}}",
        after: "{\"A\": {\"$ref\": \"#/components/schemas/B\"}, \"B\": {\"type\": \"object\"}}",
    },
    Explanation {
        code: "schema-circle",
        title: "a schema demands itself",
        text: "A member of `oneOf`, `anyOf` or `allOf` leads back to the schema that it is a member of, so whether a value \
               fits depends on whether it fits. A schema that contains itself in a property or an item is another thing, \
               and is fine, and so is one that is merged with something else.",
        before: "{\"Node\": {\"oneOf\": [{\"$ref\": \"#/components/schemas/Node\"}, {\"type\": \"string\"}]}}",
        after: "{\"Node\": {\"oneOf\": [{\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/Node\"}}, {\"type\": \"string\"}]}}",
    },
    Explanation {
        code: "malformed-ref",
        title: "a reference is no string",
        text: "`$ref` is a URI in a string. A property that is named `$ref` is described below `properties`.",
        before: "{\"$ref\": {\"type\": \"string\"}}",
        after: "{\"properties\": {\"$ref\": {\"type\": \"string\"}}}",
    },
    Explanation {
        code: "bad-method",
        title: "an operation under what is no method",
        text: "`additionalOperations` (OpenAPI 3.2 section 4.9) names HTTP methods, spelled as they are sent, that have no \
               field of their own. `CONNECT` is one that no client of an API calls. Read leniently, the operation is left out.",
        before: "{\"additionalOperations\": {\"GET\": {…}}}",
        after: "{\"get\": {…}, \"additionalOperations\": {\"COPY\": {…}}}",
    },
    Explanation {
        code: "unknown-field",
        title: "a field that OpenAPI does not know",
        text: "Nobody reads it: `GET` for `get` costs an operation, `requestbody` its body. What is spelled almost as a field \
               that could stand there is told with that field. Extensions have names that begin with `x-`. Each word is told \
               once, with how many more places there are of it.",
        before: r#"{"paths": {"/pets": {"GET": {…}}}}"#,
        after: r#"{"paths": {"/pets": {"get": {…}}}}"#,
    },
    Explanation {
        code: "newer-word",
        title: "a word of a later version than the document's",
        text: "OpenAPI 3.2 added `itemSchema`, `query`, `in: querystring` and more, and what writes documents uses them before \
               it says 3.2. What they mean is not in doubt: they are read as in 3.2, which is told once for each word. To \
               have a word ignored, take it out by an overlay.",
        before: "{\"openapi\": \"3.1.0\", … \"text/event-stream\": {\"itemSchema\": {…}}}",
        after: "{\"openapi\": \"3.2.0\", … \"text/event-stream\": {\"itemSchema\": {…}}}",
    },
    Explanation {
        code: "two-queries",
        title: "the whole query, and other parameters in it",
        text: "A parameter with `in: querystring` (OpenAPI 3.2) is all of the query: an operation has one at most, and none \
               with `in: query` beside it. Read leniently, both are sent, one after the other.",
        before: "{\"in\": \"querystring\", \"content\": {…}}, {\"name\": \"page\", \"in\": \"query\"}",
        after: "{\"in\": \"querystring\", \"content\": {\"application/x-www-form-urlencoded\": {\"schema\": {\"properties\": {\"page\": {…}}}}}}",
    },
    Explanation {
        code: "duplicate-operation-id",
        title: "two operations have one id",
        text: "Ids become the names of methods, so each is there once. Read leniently, the later operation gets another \
               name.",
        before: "get /pets: \"operationId\": \"pets\"\npost /pets: \"operationId\": \"pets\"",
        after: "get /pets: \"operationId\": \"pets\"\npost /pets: \"operationId\": \"post_pets\"",
    },
    Explanation {
        code: "path-without-slash",
        title: "a path does not begin with a slash",
        text: "Paths are appended to the server's URL. Read leniently, the slash is added.",
        before: "{\"paths\": {\"pets\": {}}}",
        after: "{\"paths\": {\"/pets\": {}}}",
    },
    Explanation {
        code: "path-variable",
        title: "a path says more than the names of its parameters",
        text: "Routers let a variable say what it takes, `{proxy+}`, `{*rest}`, `{id:[0-9]+}` or `{name=projects/*}`; OpenAPI knows \
               names alone (3.1 section 4.8.8.1). The variable is the parameter that is declared under its name. Where it takes \
               several segments the slashes of its value stay, as the hint `x-switchboard-slashes` has it. What a \
               query parameter says, `/search?q={q}`, is no part of the path.",
        before: "/files/{path+}, with a parameter `path`",
        after: "/files/{path}, whose value may be `a/b`",
    },
    Explanation {
        code: "path-template",
        title: "the braces of a path do not match",
        text: "Variables are written `{name}`. Read leniently, a brace without a partner is sent as it is.",
        before: "/pets/{id",
        after: "/pets/{id}",
    },
    Explanation {
        code: "parameter-two-schemas",
        title: "a parameter has both `schema` and `content`",
        text: "It has one of the two (OpenAPI 3.0 section 4.7.12.1): the one says in which style it is written, the other in \
               which media type. `schema` counts.",
        before: "{\"name\": \"a\", \"in\": \"query\", \"schema\": {…}, \"content\": {\"application/json\": {…}}}",
        after: "{\"name\": \"a\", \"in\": \"query\", \"schema\": {…}}",
    },
    Explanation {
        code: "header-name",
        title: "a name that no header can have",
        text: "The name of a header is a token (RFC 9110, section 5.6.2): letters, digits and some signs. With another no \
               request can be sent, so that a call which sets the parameter is an error.",
        before: "{\"name\": \"X Key\", \"in\": \"header\"}",
        after: "{\"name\": \"X-Key\", \"in\": \"header\"}",
    },
    Explanation {
        code: "media-type",
        title: "a key of `content` is no media type",
        text: "A media type is a type and a subtype (RFC 9110, section 8.3.1), and each has an entry of its own. What is \
               none is sent and asked for as it is written, and read as bytes where nothing of it is known.",
        before: "\"content\": {\"json\": {…}}",
        after: "\"content\": {\"application/json\": {…}}",
    },
    Explanation {
        code: "path-dots",
        title: "a path has a segment of dots",
        text: "Every URL parser takes a segment `.` or `..`, encoded or not, for a step within the path (WHATWG URL, section \
               4.1), and calls another path: `/b` for `/a/../b`. No client can call the path as it is written.",
        before: "{\"/a/../b\": {\"get\": {…}}}",
        after: "{\"/b\": {\"get\": {…}}}",
    },
    Explanation {
        code: "forbidden-default",
        title: "a schema forbids its own default",
        text: "A default must be what its schema describes (OpenAPI 3.0 section 4.7.24.2). One that is not of its type, its \
               values or its limits is a mistake in one of the two, and nobody knows what the server takes instead: the crate \
               says nothing of it, and nothing is made of it. A format forbids nothing.",
        before: "{\"type\": \"string\", \"enum\": [\"low\", \"high\"], \"default\": \"mid\"}",
        after: "{\"type\": \"string\", \"enum\": [\"low\", \"high\"], \"default\": \"low\"}",
    },
    Explanation {
        code: "older-word",
        title: "a word of OpenAPI 3.0 in a newer document",
        text: "OpenAPI 3.1 says with `null` among the types what `nullable` said, and gives `exclusiveMinimum` and \
               `exclusiveMaximum` the bound itself; the old spelling means nothing there. What was meant is not in doubt, so \
               that it is read as in 3.0. Each word is told once.",
        before: "{\"openapi\": \"3.1.0\", …: {\"type\": \"string\", \"nullable\": true}}",
        after: "{\"openapi\": \"3.1.0\", …: {\"type\": [\"string\", \"null\"]}}",
    },
    Explanation {
        code: "path-fragment",
        title: "a path has a fragment",
        text: "What follows a `#` is never sent (RFC 9110, section 7.1). Documents that tell operations apart by it have them \
               all under one URL: each has its method, and the query says which is meant.",
        before: "{\"/#Action=List\": {\"get\": {…}}}",
        after: "a required query parameter `Action` of one value",
    },
    Explanation {
        code: "server-query",
        title: "a server's URL has a query or a fragment",
        text: "Paths are appended to a server's URL, which so can have neither (OpenAPI 3.2, section 4.6): the client refuses \
               it as a base URL. What the query says is a parameter.",
        before: "{\"url\": \"https://api.example.com?version=1\"}",
        after: "{\"url\": \"https://api.example.com\"}, and a query parameter `version`",
    },
    Explanation {
        code: "duplicate-path",
        title: "two paths differ only in the names of their variables",
        text: "They are the same path to a server, and the specification forbids it (OpenAPI 3.1, section 4.8.8.2). Each \
               operation is generated as it says all the same. Of two that have the method in common it is the server that \
               knows which is meant: by the parameters, or by what the value of the variable looks like.",
        before: "{\"/pets/{id}\": {\"get\": {}}, \"/pets/{name}\": {\"get\": {}}}",
        after: "{\"/pets/{id}\": {\"get\": {}}}",
    },
    Explanation {
        code: "path-parameter-undeclared",
        title: "a variable of a path is declared nowhere",
        text: "Each `{name}` of a path needs a parameter of that name in `path`. Read leniently, it is a required string.",
        before: "/pets/{id}: {\"get\": {\"parameters\": []}}",
        after: "/pets/{id}: {\"get\": {\"parameters\": [{\"name\": \"id\", \"in\": \"path\", \"required\": true, \"schema\": {\"type\": \"string\"}}]}}",
    },
    Explanation {
        code: "path-parameter-unused",
        title: "a path parameter is not in the path",
        text: "There is no place to put its value. Read leniently, it counts as left out.",
        before: "/pets: {\"get\": {\"parameters\": [{\"name\": \"id\", \"in\": \"path\"}]}}",
        after: "/pets/{id}: {\"get\": {\"parameters\": [{\"name\": \"id\", \"in\": \"path\"}]}}",
    },
    Explanation {
        code: "path-parameter-optional",
        title: "a path parameter is not required",
        text: "A path cannot be written without it. Read leniently, it is required.",
        before: "{\"name\": \"id\", \"in\": \"path\", \"schema\": {\"type\": \"string\"}}",
        after: "{\"name\": \"id\", \"in\": \"path\", \"required\": true, \"schema\": {\"type\": \"string\"}}",
    },
    Explanation {
        code: "duplicate-parameter",
        title: "a parameter is declared twice in one list",
        text: "A parameter is known by its name and its place; header names are the same in any case. Read leniently, the \
               first one counts.",
        before: "[{\"name\": \"limit\", \"in\": \"query\"}, {\"name\": \"limit\", \"in\": \"query\"}]",
        after: "[{\"name\": \"limit\", \"in\": \"query\"}]",
    },
    Explanation {
        code: "parameter-without-schema",
        title: "a parameter has neither a schema nor content",
        text: "How its value looks cannot be known then. Read leniently, it is a string.",
        before: "{\"name\": \"limit\", \"in\": \"query\"}",
        after: "{\"name\": \"limit\", \"in\": \"query\", \"schema\": {\"type\": \"integer\"}}",
    },
    Explanation {
        code: "parameter-location",
        title: "a parameter is nowhere a parameter can be",
        text: "`in` is `path`, `query`, `header` or `cookie`; bodies and forms are described by `requestBody`. Read \
               leniently, the parameter counts as left out.",
        before: "{\"name\": \"limit\", \"in\": \"params\"}",
        after: "{\"name\": \"limit\", \"in\": \"query\"}",
    },
    Explanation {
        code: "parameter-style",
        title: "a parameter has a style that its place does not know",
        text: "Paths have `simple`, `label` and `matrix`; queries `form`, `spaceDelimited`, `pipeDelimited` and \
               `deepObject`; headers `simple`; cookies `form`. Read leniently, the place's default is taken.",
        before: "{\"name\": \"ids\", \"in\": \"query\", \"style\": \"csv\"}",
        after: "{\"name\": \"ids\", \"in\": \"query\", \"style\": \"form\", \"explode\": false}",
    },
    Explanation {
        code: "unknown-security-scheme",
        title: "a security scheme is required and not declared",
        text: "Schemes are declared in `components/securitySchemes`. Read leniently, the requirement counts as left out.",
        before: "{\"security\": [{\"token\": []}]}",
        after: "{\"security\": [{\"token\": []}], \"components\": {\"securitySchemes\": {\"token\": {\"type\": \"http\", \"scheme\": \"bearer\"}}}}",
    },
    Explanation {
        code: "same-place-credentials",
        title: "credentials that are required together go in the same place",
        text: "All schemes of one requirement are sent at once, but a header, a query parameter and a cookie have one value \
               each, `http`, `oauth2` and `openIdConnect` all go in `Authorization`, and names of headers are the same in \
               capitals. Only one of the credentials is sent. Where either will do, each is a requirement of its own.",
        before: "{\"security\": [{\"basic\": [], \"bearer\": []}]}",
        after: "{\"security\": [{\"basic\": []}, {\"bearer\": []}]}",
    },
    Explanation {
        code: "server-variable-undefined",
        title: "a variable of a server's URL is not described",
        text: "Each `{name}` of the URL needs an entry in `variables`. Read leniently, its name is its default.",
        before: "{\"url\": \"https://{region}.example.com\"}",
        after: "{\"url\": \"https://{region}.example.com\", \"variables\": {\"region\": {\"default\": \"eu\"}}}",
    },
    Explanation {
        code: "server-variable-default",
        title: "a server variable has no default, or one that is not among its values",
        text: "A server is chosen without asking for its variables. Read leniently, the first value is the default.",
        before: "{\"enum\": [\"eu\", \"us\"], \"default\": \"de\"}",
        after: "{\"enum\": [\"eu\", \"us\"], \"default\": \"eu\"}",
    },
    Explanation {
        code: "unknown-schema-type",
        title: "a schema's type is none that JSON has",
        text: "What JSON has is `string`, `integer`, `number`, `boolean`, `array`, `object` and `null`; anything finer is a \
               `format`. Read leniently, the schema allows any value.",
        before: "{\"type\": \"datetime\"}",
        after: "{\"type\": \"string\", \"format\": \"date-time\"}",
    },
    Explanation {
        code: "required-not-array",
        title: "a schema's `required` is no list of names",
        text: "The object lists the properties that must be there; a property cannot say so of itself. Read leniently, \
               nothing is required.",
        before: "{\"properties\": {\"id\": {\"type\": \"string\", \"required\": true}}}",
        after: "{\"required\": [\"id\"], \"properties\": {\"id\": {\"type\": \"string\"}}}",
    },
    Explanation {
        code: "empty-enum",
        title: "an enum has no value",
        text: "Nothing would be allowed then. Read leniently, the enum counts as left out.",
        before: "{\"type\": \"string\", \"enum\": []}",
        after: "{\"type\": \"string\"}",
    },
    Explanation {
        code: "internal-error",
        title: "the generator itself failed",
        text: "This is never the document's fault. The other crates are generated all the same; please report it.",
        before: "a document that nobody thought of",
        after: "a generator that takes it",
    },
    Explanation {
        code: "duplicate-package",
        title: "several documents give one crate",
        text: "A crate is named after its document, or by `x-switchboard-crate`. Two of them cannot have one name, and \
               neither is written.",
        before: "a.json and b.json, both with {\"x-switchboard-crate\": {\"name\": \"pets\"}}",
        after: "a.json with {\"name\": \"pets\"}, b.json with {\"name\": \"pets-admin\"}",
    },
    Explanation {
        code: "package-name",
        title: "the crate's name cannot be one",
        text: "Names are `[a-z][a-z0-9_-]*`, at most 64 characters, and none that Rust, cargo or the crate's dependencies \
               have. A name is also a folder's name, and can never lead out of the folder of crates.",
        before: "{\"x-switchboard-crate\": {\"name\": \"../pets\"}}",
        after: "{\"x-switchboard-crate\": {\"name\": \"pets\"}}",
    },
    Explanation {
        code: "unsafe-path",
        title: "a generated file would not be a plain file of its crate",
        text: "Paths are checked again where they are written, whatever made them.",
        before: "src/../../escape.rs",
        after: "src/escape.rs",
    },
    Explanation {
        code: "not-generated",
        title: "the crate's folder was made by hand",
        text: "Generated folders hold `.switchboard.json`. Any other folder is never written to.",
        before: "specs/switchboard-runtime.json, beside the hand-written crates/switchboard-runtime",
        after: "{\"x-switchboard-crate\": {\"name\": \"switchboard-runtime-api\"}}",
    },
    Explanation {
        code: "manifest-damaged",
        title: "a crate's `.switchboard.json` cannot be read",
        text: "It tells generated files from added ones, so nothing is written without it. After a merge conflict, take \
               either side and run again.",
        before: "<<<<<<< HEAD in crates/pets/.switchboard.json",
        after: "git checkout --theirs crates/pets/.switchboard.json && cargo xtask regen",
    },
    Explanation {
        code: "file-in-the-way",
        title: "a file that was added by hand is where a generated one goes",
        text: "Files that the generator did not write are kept. Where it needs their name, you decide.",
        before: "crates/pets/src/client.rs, written by hand",
        after: "crates/pets/src/extra.rs",
    },
    Explanation {
        code: "symbolic-link",
        title: "a symbolic link is where the generator writes",
        text: "It could lead anywhere, so nothing is written through it.",
        before: "crates/pets -> /somewhere/else",
        after: "crates/pets is a folder",
    },
    Explanation {
        code: "cargo-toml",
        title: "a crate's `Cargo.toml` cannot be merged",
        text: "What was added to it by hand is kept, for which it must be TOML.",
        before: "[package\nname = \"pets\"",
        after: "[package]\nname = \"pets\"",
    },
    Explanation {
        code: "write-failed",
        title: "the system refused to write",
        text: "The crate is as it was before. Permissions, space on the disk and open files are the usual causes.",
        before: "crates/ is read-only",
        after: "crates/ can be written",
    },
];
