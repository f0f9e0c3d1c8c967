// The reference page of the spec, from the table of keys.
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/reference.hpp>

#include "keys.hpp"

namespace lapstrake::spec {
namespace {

using Form = Type::Form;

constexpr std::string_view opening = R"(# The spec: `lapstrake.yaml`

<!-- Generated from the reader's table of keys (src/spec/key_table*.cpp): change it there. -->

Every key of the file, with its values and default. After the keys: [how values are read](#how-values-are-read),
[variables](#variables), [environments](#environments), [task definition files](#task-definition-files), [paths](#paths) and
[limits](#limits). `lapstrake check` reports all errors of a file at once; [an editor](../how-to/editor.md) can do so
while you type.

)";

constexpr std::string_view rules = R"(## How values are read

- Text is read as written: `version: 1.10` is the text 1.10, `TZ: no` is the text no. Quotes are needed where YAML needs
  them: around text that starts with `*`, `&`, `!`, `@`, `%`, `` ` ``, `{` or `[`, and around `: ` and ` #`.
- Whole numbers are decimal, without leading zeros. The only boolean values are `true` and `false`; `yes` and `no` are errors.
- Modes are three or four octal digits: `"0644"`, `0644`, `644`, `"1777"`. A zero before four digits is allowed: `"01777"`.
- In AWS's documents (tasks, services) quoted text stays text. Plain text is `true`, `false`, `null`, or a number if JSON writes
  this number the same way (256, 0.5); everything else (012, 1.10, 1e3, yes) stays text. The value of a variable decides its type.
- Unknown keys, duplicate keys, tags (`!!binary`), merge keys (`<<`) and second documents are errors. Anchors and aliases are allowed.

## Variables

| variable | value | allowed in |
| --- | --- | --- |
| `${vars.N}` | the variable of `vars:`, or the value of `--set N=VALUE` (only for a variable in `vars:`) | all values |
| `${env.N}`, `${env.N:-default}` | the environment variable; if it is unset or empty, the default, or else an error | all values |
| `${git.commit}` | the commit that HEAD of the spec's repository points to | all values |
| `${images.N}` | the image's `repository:tag@sha256:...` | tasks |
| `${platform.arch}`, `${platform.os}`, `${platform.variant}` | a part of the platform that is built: `amd64`, `linux`, `v8` | `from` of `copy` and `archives`, `url` of `fetch`, `install` of `deb` |
| `$${` | a literal `${` | all values |

An undefined variable is an error, never empty text; a variable in a key is an error too. In `{ }` and `[ ]` a value with a variable needs quotes.
Environment variables that look like credentials are rejected: by their names (in upper or lower case: names that end with TOKEN, SECRET, PASSWORD or
CREDENTIALS; names with a part AUTH, JWT, KEY, PASS, PAT or PWD between `_`; `..._PROXY`, `DATABASE_URL`, `CI_REPOSITORY_URL` and similar names), and
by their values (a URL with `user:password@`). List variables with public values in `public_variables:`; pass secrets to containers with
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

An environment is a merge patch (RFC 7396) for the rest of the document, selected with `-e NAME`:

- a mapping is merged key by key, and `null` removes a key;
- a list of objects that all have a `name` (layers, users, containerDefinitions, ...) is merged object by object; objects with new names are appended;
- any other list or value is replaced.

The errors of every environment are reported, whichever is selected. An environment variable or a commit that only other environments use
may be missing.

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

`from:` of a task names a task definition file: the input of RegisterTaskDefinition, or the output of `aws ecs describe-task-definition` (its
read-only members are dropped). JSON may have `//` and `/* */` comments; `.yaml` and `.yml` files are read as YAML. In this file only
`${vars.N}`, `${env.N}`, `${git.commit}` and `${images.N}` are expanded; any other `${...}` is left unchanged.
The task's other members are a merge patch for the file, as an environment is for the document; a `null`, in the spec or in an environment,
removes a member of the file.

## Paths

- Sources (`from`) are relative to the spec's folder and must be inside it, unless `--allow-outside` is given. Path components are separated by `/`.
- Files of `registries:` and the path of a `base:` are relative to the spec's folder as well, and may be anywhere.
- Paths in the image are absolute, without `..`. A `/` at the end of `to` means: into that folder.

## Limits

A spec is UTF-8 (a byte order mark is allowed), at most 1 MiB, 64 levels deep, with at most 100000 values after expanding its aliases, at most
64 environments, and at most 8 MiB of expanded variables.
)";

std::string title(const Object& object) { return object.path.empty() ? "The document" : cat("`", object.path, "`"); }

// GitHub's anchor of a heading.
std::string anchor(const Object& object) {
  std::string out;
  for (const char c : lower(title(object)))
    if (c == ' ')
      out += '-';
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
      out += c;
  return out;
}

std::string type_words(const Type& type, const Table& table) {
  switch (type.form) {
    case Form::text:
      return type.choices.empty() ? std::string(row(type.format).words) : cat("`", join(type.choices, "`, `"), "`");
    case Form::integer: return cat("a whole number, ", type.least, " to ", type.most);
    case Form::boolean: return "`true` or `false`";
    case Form::list: return cat("a list: ", type_words(type.of[0], table));
    case Form::mapping: return cat("a mapping of names: ", type_words(type.of[0], table));
    case Form::object: return cat("[", type.object, "](#", anchor(table[type.object]), ")");
    case Form::either: return cat(type_words(type.of[0], table), ", or ", type_words(type.of[1], table));
    case Form::patch: return "[a merge patch](#environments)";
  }
  return "";
}

std::string cell(std::string text) { return replace_all(std::move(text), "|", "\\|"); }

std::string key_row(const Key& key, const Table& table) {
  std::string what = key.doc;
  if (!key.fallback.empty()) what += cat(" Default: ", key.fallback, ".");
  return cat("| `", key.name, "`", key.required ? " (required)" : "", " | ", cell(type_words(key.type, table)), " | ",
             cell(what), " | `", cell(key.example), "` |\n");
}

std::string section(const Object& object, const Table& table) {
  std::string out = cat("## ", title(object), "\n\n", object.doc,
                        "\n\n| key | value | description | example |\n| --- | --- | --- | --- |\n");
  for (const auto& key : object.keys) out += key_row(key, table);
  if (object.open) out += "| any other | a member of the AWS API | Passed through unchanged. | |\n";
  if (!object.example.empty()) out += cat("\n```yaml\n", object.example, "```\n");
  return out + "\n";
}

}  // namespace

std::string reference_markdown() {
  const Table table;
  std::string out(opening);
  for (const auto& object : table.objects()) out += section(object, table);
  return cat(out, rules);
}

}  // namespace lapstrake::spec
