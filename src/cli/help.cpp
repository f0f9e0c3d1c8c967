#include "help.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

constexpr const char* globals = R"(Global options:
  -f, --file FILE           the spec (lapstrake.yaml)
  -C DIR                    change to DIR first
  -e, --environment NAME    apply this environment of the spec
      --set NAME=VALUE      override a variable of `vars:`; may be repeated
      --image NAME=REF      use REF instead of building image NAME
      --platform OS/ARCH    build for this platform instead of the platforms
                            in the spec; may be repeated
      --store DIR           the local store (default: LAPSTRAKE_STORE, else
                            $XDG_CACHE_HOME/lapstrake)
  -j, --jobs N              number of threads (default: one per processor)
      --locked              fail if lapstrake.lock does not pin every base
      --offline             open no network connection
      --vendored DIR        read bases from DIR, written by `lapstrake vendor`
                            (default: LAPSTRAKE_VENDORED, else
                            lapstrake-vendor beside the spec)
      --no-cache            rebuild every layer; ignore cached layers
      --allow-outside       let the spec read files outside its folder
      --profile NAME        the profile in the shared AWS files
      --region NAME         the AWS region
      --json                print results as JSON
      --progress STYLE      auto, bar, plain or none
  -q, --quiet               print only results and errors
  -v, --verbose             log each step and the source of each login
  -h, --help                print this help
)";

std::vector<Command> make_commands() {
  return {
      {"build", "build images into the local store", R"(Examples:
  lapstrake build                       # all images of lapstrake.yaml
  lapstrake build web -o oci:out:v1     # one image, also as an OCI layout
  lapstrake build web -o docker-archive:web.tar
  lapstrake build --watch               # rebuild whenever a file changes
  lapstrake build --explain             # also explain why digests changed

Usage: lapstrake build [IMAGE...] [-o TYPE:PATH[:TAG]] [--explain]
                       [--watch [--push]]

Builds the named images (all images if no name is given) and prints one line
`NAME sha256:...` for each. The same inputs give the same digest on every
machine, for every user, on every day.

Options:
  -o, --output TYPE:PATH[:TAG]  also write the image as oci:DIR,
                                oci-archive:FILE or docker-archive:FILE;
                                may be repeated
      --explain                 explain on stderr what changed since the last
                                build, and why
      --watch                   keep running: rebuild the affected images when
                                a source, a base or the spec changes, and
                                print a line for each new digest
      --cache-from HOST/REPO[:TAG]
                                reuse layers that another machine built; may
                                be repeated
      --cache-to HOST/REPO[:TAG]
                                save layers there for other machines
      --push                    with --watch: push each new digest, and print
                                the same lines as `lapstrake push`
)"},
      {"plan", "show what a build would change, and why", R"(Examples:
  lapstrake plan                        # all images of lapstrake.yaml
  lapstrake plan web
  lapstrake plan web --json             # every change, for scripts

Usage: lapstrake plan [IMAGE...]

Shows for each image what `lapstrake build` would change since the last build
in this store, and why: the base, each layer with the first ten changed paths,
and the settings. Exits 0 whether or not anything changes.

`plan` builds into the store but does not record the result: a second `plan`
prints the same, and the next build is quick. It does not show what a push would
upload, or what changes in task definitions: for the latter, run
`lapstrake register --dry-run`.
)"},
      {"push", "build images and push them to their registries", R"(Examples:
  lapstrake push                        # all images with a repository
  lapstrake push web --create-repository
  lapstrake push --image web=oci:out:v1 web   # an image built earlier

Usage: lapstrake push [IMAGE...]

Builds the images, then uploads only the blobs that are missing in the registry,
then the manifest, then the tags. Prints one line `repository:tag@sha256:...`
for each tag.

Options:
      --cache-from HOST/REPO[:TAG]
                            reuse layers that another machine built; may be
                            repeated
      --cache-to HOST/REPO[:TAG]
                            save layers there for other machines
      --create-repository   create the ECR repository if it is missing
)"},
      {"register", "push images and register ECS task definitions", R"(Examples:
  lapstrake register                    # all tasks
  lapstrake register my-web-app -e production
  lapstrake register --dry-run          # show the diff, send nothing

Usage: lapstrake register [TASK...]

Checks the task definitions offline, builds and pushes the images that they
name, inserts `repository:tag@sha256:...`, and registers a revision only if it
differs from the latest active revision. Prints one line per task: the ARN of
its latest revision.

Options:
      --dry-run             show a unified diff against the latest active
                            revision; build, but send nothing
      --cache-from HOST/REPO[:TAG]
                            reuse layers that another machine built; may be
                            repeated
      --cache-to HOST/REPO[:TAG]
                            save layers there for other machines
      --create-repository   create the ECR repository if it is missing
)"},
      {"check", "report every mistake in the spec, offline", R"(Examples:
  lapstrake check
  lapstrake check -e production

Usage: lapstrake check

Reports every mistake in the spec in one run: invalid keys and values, source
files that are missing or cannot be packed, and task definitions that ECS would
reject. Needs no network. Prints nothing and exits 0 if there is no mistake;
otherwise exits 2.
)"},
      {"lock", "pin every base to its digest", R"(Examples:
  lapstrake lock                        # pin new bases
  lapstrake lock --update               # pin every tag to its current digest
  lapstrake lock --update web debian:12-slim
  lapstrake lock --locked               # has any tag moved?

Usage: lapstrake lock [--update [NAME...]] [--prune]

Resolves the base images of the spec to digests, and writes the digests to
`lapstrake.lock` beside the spec; commit it with the spec. Builds read the
digests from this file and do not resolve tags; with the global option
`--locked` they fail if a digest is missing. Prints one line for each change:
`added NAME sha256:...`, `moved NAME sha256:... -> sha256:...`,
`removed NAME sha256:...`.

With `--locked`, writes nothing, lists the entries that are missing, have moved
or are superfluous, and exits 6 if there are any.

Options:
      --update              update the entries of the bases or images NAME to
                            the current digests (all entries if no NAME)
      --prune               remove entries that no environment of the spec uses
)"},
      {"vendor", "copy all bases to a folder, for hosts without a network", R"(Examples:
  lapstrake vendor
  lapstrake vendor /media/stick/bases --platform linux/arm64
  lapstrake build --offline --locked    # later, on the other host

Usage: lapstrake vendor [DIR]

Copies every base image that comes from a registry into DIR (default:
lapstrake-vendor beside the spec), an OCI layout, for the platforms of the
images, and adds missing bases to `lapstrake.lock`. Blobs that are in DIR are
not downloaded again. Builds and pushes read bases from this folder instead of
the registries; use the global option `--vendored DIR` for a different folder.
Prints one line `NAME@sha256:...` per base.
)"},
      {"inspect", "show the config, layers and files of an image", R"(Examples:
  lapstrake inspect web                 # the last build in the store
  lapstrake inspect oci:out:v1
  lapstrake inspect registry.example/team/web:1.4 --json

Usage: lapstrake inspect REF [--files] [--referrers]

REF is the name of an image in the spec, host/repo:tag, host/repo@sha256:...,
oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE.

Options:
      --files               list the files of each layer with mode, owner and
                            size, and the largest paths of the image
      --referrers           list the artifacts attached to the image in its
                            registry (signatures, SBOMs, attestations)
)"},
      {"copy", "copy an image between registries, layouts and archives", R"(Examples:
  lapstrake copy registry.example/team/web:1.4 oci:web:1.4
  lapstrake copy oci-archive:web.tar registry.example/team/web:1.4
  lapstrake copy staging.example/web@sha256:... prod.example/web:1.4
  lapstrake copy web docker-archive:web.tar --platform linux/arm64

Usage: lapstrake copy SRC DST

SRC and DST are host/repo:tag, host/repo@sha256:..., oci:DIR[:TAG],
oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]; SRC may also be the
name of an image in the spec, read from the store.

Copies manifests byte for byte, so the digest stays the same; an index is copied
with all platforms, nested indexes and attestations. With the global option
`--platform`, copies only the manifest of that platform, which has a different
digest. Does not send blobs that DST already has. Prints `DST@sha256:...`. If
DST names a digest and the image has a different one, nothing is sent and the
exit code is 6.

Options:
      --create-repository   make a missing ECR repository
)"},
      {"diff", "show the differences between two images", R"(Examples:
  lapstrake diff web registry.example/team/web:1.4
  lapstrake diff oci:before:v1 oci:after:v1 --json

Usage: lapstrake diff A B

Compares the configs, member by member; the layers; and the files that a
container would see: type, content (SHA-256), link target, mode, owner, extended
attributes. Ignores timestamps and the history. A and B take the same forms as
REF of `lapstrake inspect`. If both are indexes, compares every platform that
both have.

Prints nothing if A and B have the same digest. Exits 0 whether they differ or
not; scripts read `same` in the output of --json.
)"},
      {"verify", "check every digest of an image", R"(Examples:
  lapstrake verify web                  # the last build in the store
  lapstrake verify registry.example/team/web:1.4
  lapstrake verify oci-archive:web.tar --platform linux/arm64
  lapstrake verify --rebuild registry.example/team/web:1.4

Usage: lapstrake verify REF [--rebuild]

Recomputes every digest: of manifests, configs, layers and uncompressed layers
(diff_ids); and checks sizes, media types, platforms and the number of layers.
REF takes the same forms as for `lapstrake inspect`.

Prints `verified: 2 images, 7 blobs, 123.4 MiB`. If something is wrong, prints a
line for each problem and exits 6.

Options:
      --rebuild             rebuild the image of the spec without the cache, and
                            exit 6 if the digest differs from that of REF
)"},
      {"store", "check, clean or locate the local store", R"(Examples:
  lapstrake store path
  lapstrake store check
  lapstrake store gc

Usage: lapstrake store check|gc|path

Commands:
  check   verify every blob and ref
  gc      remove unreferenced blobs
  path    print the folder of the store
)"},
      {"store check", "", R"(Example:
  lapstrake store check

Usage: lapstrake store check

Recomputes the digest of every blob in the store and follows every ref. Reports
each missing or damaged blob, and exits 6 if there is one.
)"},
      {"store gc", "", R"(Example:
  lapstrake store gc

Usage: lapstrake store gc

Removes the blobs that no ref reaches, and temporary files that killed processes
left behind. Waits for running builds to finish.
)"},
      {"store path", "", R"~(Example:
  du -sh "$(lapstrake store path)"

Usage: lapstrake store path

Prints the path of the store.
)~"},
      {"sandbox", "a local stand-in for ECR and ECS", R"(Examples:
  lapstrake sandbox -- lapstrake register
  lapstrake sandbox -- aws ecs list-task-definitions
  lapstrake sandbox -- bash             # a shell that uses the sandbox

Usage: lapstrake sandbox [-- COMMAND...]

Simulates ECR, ECS and STS on 127.0.0.1, with TLS and signature checks, and runs
COMMAND with an environment that points to it. Without COMMAND, prints `export`
lines and serves until interrupted. State is discarded on exit unless `--data`
is given.

Options:
      --port N              the TLS port (default: a free port)
      --proxy-port N        the port of the proxy (default: a free port)
      --account ID          the AWS account to simulate (123456789012)
      --data DIR            keep blobs, state and the CA in DIR
      --faults FILE         inject the faults in FILE
                            (docs/reference/sandbox.md)
      --no-create           do not create repositories on push
      --immutable-tags      refuse to overwrite tags
)"},
      {"schema", "print the JSON Schema of the spec", R"(Example:
  lapstrake schema > lapstrake.schema.json

Usage: lapstrake schema

Use it to complete and check `lapstrake.yaml` in an editor: see
docs/how-to/editor.md.
)"},
      {"version", "print the version, byte format and libraries", R"(Example:
  lapstrake version --json

Usage: lapstrake version
)"},
      {"help", "show help for a command", R"(Example:
  lapstrake help push

Usage: lapstrake help [COMMAND]
)"},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = make_commands();
  return all;
}

const Command* find_command(const std::string& name) {
  const auto found =
      std::find_if(commands().begin(), commands().end(), [&](const auto& one) { return one.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

std::string overview() {
  std::string out = R"(Examples:
  lapstrake check                       # is the spec right?
  lapstrake build -o oci:out:v1         # build an OCI layout
  lapstrake register -e production      # push and register task definitions

Usage: lapstrake [global options] COMMAND [NAME...]

Builds container images from lapstrake.yaml without a daemon, pushes them and
registers ECS task definitions pinned by digest. Never runs code from an image.

Commands:
)";
  for (const auto& command : commands())
    if (!command.summary.empty())
      out += cat("  ", command.name, std::string(10 - std::min<std::size_t>(9, command.name.size()), ' '),
                 command.summary, "\n");
  return cat(out, "\n", globals);
}

}  // namespace lapstrake::cli
