#include "reference_prose.hpp"

namespace lapstrake::spec {

std::string reference_opening() {
  return R"(# The spec: `lapstrake.yaml`

<!-- Made from the reader's own table of keys (src/spec/key_table*.cpp): change it there. -->

Every key of the file, what it takes and what holds without it. Below the keys: [how values are read](#how-values-are-read),
[variables](#variables), [environments](#environments), [task definition files](#task-definition-files), [paths](#paths) and
[limits](#limits). `lapstrake check` says all that is wrong with a file at once; [an editor](../how-to/editor.md) can do so
while you type.

)";
}

std::string reference_rules() {
  return R"(## How values are read

- Text is taken as it is written: `version: 1.10` is the text 1.10, `TZ: no` is the text no. Quotes are needed where YAML needs
  them: around text that starts with `*`, `&`, `!`, `@`, `%`, `` ` ``, `{` or `[`, and around `: ` and ` #`.
- Whole numbers are decimal, without leading zeros. `true` and `false` are the only truths; `yes` and `no` are errors.
- Modes are three or four octal digits: `"0644"`, `0644`, `644`, `"1777"`. A zero before four digits is allowed: `"01777"`.
- In AWS's documents (tasks, services) quoted text stays text. Plain text is `true`, `false`, nothing (`null`), or a number if JSON would write
  this number in the same letters (256, 0.5); all else (012, 1.10, 1e3, yes) stays text. A variable counts as what it becomes.
- Unknown keys, keys that stand twice, tags (`!!binary`), merge keys (`<<`) and second documents are errors. Anchors and aliases are fine.

## Variables

| variable | what it becomes | where |
| --- | --- | --- |
| `${vars.N}` | the var, or what `--set N=VALUE` says (of a var that stands in the spec) | all values |
| `${env.N}`, `${env.N:-default}` | the environment variable; unset or empty it is an error, or the default | all values |
| `${git.commit}` | the commit that HEAD of the spec's repository points to | all values |
| `${images.N}` | the image's `repository:tag@sha256:...` | tasks |
| `${platform.arch}`, `${platform.os}`, `${platform.variant}` | of the platform that is built: `amd64`, `linux`, `v8` | `from` of copies and archives |
| `$${` | a literal `${` | all values |

What is not defined is an error, never empty text; so is a variable in a key. Inside of `{ }` and `[ ]` a value with a variable needs quotes.
Environment variables that look like credentials are refused: by their names (in any case: what ends in TOKEN, SECRET, PASSWORD or
CREDENTIALS; with a part AUTH, JWT, KEY, PASS, PAT or PWD between `_`; `..._PROXY`, `DATABASE_URL`, `CI_REPOSITORY_URL` and their like), and
by their values (an address with `user:password@`). `public_variables:` names those that everybody may read; containers get secrets by
`secrets:`.

```yaml
vars: { region: us-east-1, host: "123456789012.dkr.ecr.${vars.region}.amazonaws.com" }
images:
  web:
    repository: ${vars.host}/web
    tags: ["${env.BUILD_NUMBER:-dev}"]
    layers:
      - name: start
        files: [ { path: /start.sh, mode: "0755", text: "exec app --home $${HOME}\n" } ]
```

## Environments

An environment is a merge patch (RFC 7396) over the rest of the document, taken with `-e NAME`:

- a mapping is merged key by key, and `null` removes a key;
- a list of objects that all have a `name` (layers, users, containerDefinitions, ...) is merged object by object, new names at its end;
- any other list or value is replaced.

The mistakes of every environment are reported, whichever is chosen. What only another environment uses of this machine (an environment
variable, a commit) may be absent.

```yaml
vars: { size: "512" }
tasks:
  my-web-app:
    cpu: "${vars.size}"
    containerDefinitions:
      - { name: web, image: "public.ecr.aws/nginx/nginx:1.27", essential: true, environment: [ { name: STAGE, value: dev } ] }
environments:
  production:
    vars: { size: "1024" }
    tasks: { my-web-app: { containerDefinitions: [ { name: web, environment: [ { name: STAGE, value: prod } ] } ] } }
```

## Task definition files

`from:` of a task names a file as people have it: the input of RegisterTaskDefinition, or what `aws ecs describe-task-definition` prints (its
read-only members are dropped). JSON may have `//` and `/* */` comments; `.yaml` and `.yml` files are read as YAML. In it only
`${vars.N}`, `${env.N}`, `${git.commit}` and `${images.N}` are filled in; any other `${...}` is the program's own and stays.
The task's other members are laid over the file as an environment is over the document; here a `null`, of the spec or of an environment,
removes what the file has.

## Paths

- Sources (`from`) are relative to the spec's folder and never leave it, unless `--allow-outside` says so. Parts are separated by `/`.
- Files of `registries:` and the path of a `base:` are relative to the spec's folder as well, and may lie anywhere.
- Paths in the image are absolute, without `..`. A `/` at the end of `to` means: into that folder.

## Limits

A spec is UTF-8 (a byte order mark is fine), at most 1 MiB, 64 levels deep, with at most 100000 values once its aliases are followed, at most
64 environments, and its variables fill in to at most 8 MiB.
)";
}

}  // namespace lapstrake::spec
