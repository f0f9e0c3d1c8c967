// Keys of the whole document, tasks, environments and registries.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object whole() {
  return {
      .name = "spec",
      .path = "",
      .doc = "A spec describes a project: images, the tasks that run them, and how environments differ.",
      .example = R"(vars: { registry: registry.example:5000, version: v1.0.0 }
images:
  web:
    repository: ${vars.registry}/team/web
    tags: ["${vars.version}"]
    layers:
      - name: app
        copy: [ { from: public/, to: /www/ } ]
environments:
  production: { vars: { registry: registry.corp.example } }
)",
      .keys = {
          {"vars",
           mapping(Format::variable, text()),
           false,
           "Variables, used as `${vars.NAME}`; a value may use other variables. `--set NAME=VALUE` overrides a "
           "variable of this list.",
           "{ region: us-east-1, version: v1.0.0 }",
           "",
           {"variables", "args"}},
          {"public_variables",
           list(text(Format::env_name)),
           false,
           "Environment variables that `${env.NAME}` may read although their names look like credentials or their "
           "values contain a login: everyone who can pull the image or read the task definition sees them.",
           "[ SONAR_PROJECT_KEY ]",
           "",
           {}},
          {"images",
           mapping(Format::name, object("image")),
           false,
           "The images to build, by name: `lapstrake build NAME`, `${images.NAME}`.",
           "{ web: { layers: [ { name: app, copy: [ { from: public/, to: /www/ } ] } ] } }",
           "",
           {"image"}},
          {"tasks",
           mapping(Format::family, object("task")),
           false,
           "Task definitions to register with Amazon ECS, by name. The name is the family, unless the document "
           "sets `family`.",
           "{ web: { from: task-definition.json } }",
           "",
           {"task", "taskDefinitions", "task_definitions"}},
          {"services",
           mapping(Format::name, object("service")),
           false,
           "The services that run the tasks: `lapstrake deploy` creates and updates them.",
           "{ web: { cluster: prod, task: web, desiredCount: 2 } }",
           "",
           {"service"}},
          {"sources",
           mapping(Format::name, object("source")),
           false,
           "Where packages come from: Python indexes and npm registries, by name. Without them, pip's and npm's own "
           "configuration on this machine decides.",
           "{ internal: { type: pip, uri: https://pypi.corp.example/simple } }",
           "",
           {"source", "indexes", "repositories"}},
          {"environments",
           mapping(Format::name, patch()),
           false,
           "Changes for an environment (`-e NAME`): a merge patch for everything above. `null` "
           "removes a "
           "key, lists of objects that all have a `name` merge by it, other lists are replaced.",
           "{ production: { tasks: { web: { cpu: \"1024\" } } } }",
           "",
           {"env", "environment", "envs"}},
          {"registries",
           mapping(Format::host, object("registry")),
           false,
           "How to connect to registries: private CAs, client certificates, mirrors, token servers, plain HTTP. "
           "A spec never contains credentials.",
           "{ registry.corp.example: { ca: certs/corp.pem } }",
           "",
           {"registry"}},
      }};
}

Object task() {
  return {
      .name = "task",
      .path = "tasks.NAME",
      .doc =
          "A task definition in ECS's own format: every member of RegisterTaskDefinition is allowed, known to "
          "lapstrake or not, and is passed through. `${images.NAME}` becomes the image's `repository:tag@sha256:...`.",
      .example = R"(images:
  php-fpm:
    repository: registry.example/php-fpm
    layers: [ { name: app, copy: [ { from: public/, to: /var/www/ } ] } ]
tasks:
  my-web-app:
    from: task-definition.json
    cpu: "1024"
    containerDefinitions:
      - { name: php-fpm, image: "${images.php-fpm}" }
)",
      .keys = {{"from", text(Format::source), false,
                "A file to start from, relative to the spec: JSON (comments allowed) or YAML, in the format of "
                "RegisterTaskDefinition or of the output of `aws ecs describe-task-definition`. The members of this "
                "task are applied to it as a merge patch.",
                "task-definition.json"},
               {"ignore_rules", list(text(Format::some)), false,
                "Names of rules that `check` and `register` do not apply to this task. Errors based only on AWS's "
                "reference show the name of their rule; other errors cannot be ignored.",
                "[port-protocols]", "[]"}},
      .open = true};
}

Object registry() {
  return {.name = "registry",
          .path = "registries.HOST",
          .doc = "A registry, identified by its host and port.",
          .example = R"(registries:
  registry.corp.example: { ca: certs/corp.pem }
  10.0.0.5:5000: { insecure: true }
  docker.io: { mirrors: [registry.corp.example/hub] }
  gitlab.example:5050: { token_server: https://login.gitlab.example }
)",
          .keys = {{"ca", text(Format::some), false, "A PEM file with the CAs that verify the registry's certificate.",
                    "certs/corp.pem", "the system's CAs"},
                   {"cert", text(Format::some), false, "A PEM file with the client certificate.", "certs/client.pem"},
                   {"key", text(Format::some), false, "A PEM file with the private key of `cert`.", "certs/client.key"},
                   {"insecure",
                    boolean(),
                    false,
                    "Use plain HTTP. It is always allowed for loopback hosts.",
                    "true",
                    "false",
                    {"http", "plain_http", "tls"}},
                   {"token_server",
                    text(Format::origin),
                    false,
                    "The server that issues tokens for this registry, if it is not the registry itself: credentials "
                    "may be sent to it too. The token servers of docker.io, registry.gitlab.com and nvcr.io are built "
                    "in, and so is port 443 of the registry's own host.",
                    "https://gitlab.example",
                    "",
                    {"realm", "auth", "auth_server", "trust_realm"}},
                   {"mirrors",
                    list(text(Format::mirror)),
                    false,
                    "Registries that mirror this one, each with an optional path prefix. Reads try the mirrors in this "
                    "order, then the registry itself; pushes never use a mirror.",
                    "[mirror.corp.example/hub]",
                    "",
                    {"mirror", "endpoint", "endpoints"}},
                   {"mirrors_only", boolean(), false,
                    "Read only from the mirrors, for networks without internet access.", "true", "false"}}};
}

}  // namespace

std::vector<Object> document_objects() { return {whole(), task(), registry()}; }

}  // namespace lapstrake::spec
