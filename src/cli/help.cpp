#include "help.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

constexpr const char* globals = R"(Global options:
  -f, --file FILE           the spec (lapstrake.yaml)
  -C DIR                    go to DIR first
  -e, --environment NAME    lay this environment over the spec
      --set NAME=VALUE      override a variable of `vars:`; may be repeated
      --image NAME=REF      use REF instead of building image NAME
      --platform OS/ARCH    this platform instead of the spec's; may be
                            repeated
      --store DIR           the local store (LAPSTRAKE_STORE;
                            $XDG_CACHE_HOME/lapstrake)
  -j, --jobs N              threads (as many as there are processors)
      --locked              take every base from lapstrake.lock, or fail
      --offline             make no connection
      --vendored DIR        bases that `lapstrake vendor` brought
                            (LAPSTRAKE_VENDORED; lapstrake-vendor beside the
                            spec)
      --no-cache            read and pack every file anew
      --allow-outside       let the spec read files outside its folder
      --profile NAME        the profile of the shared AWS files
      --region NAME         the AWS region
      --json                results as JSON
      --progress STYLE      auto, bar, plain or none
  -q, --quiet               results and errors only
  -v, --verbose             say what is done and where logins come from
  -h, --help                this text
)";

std::vector<Command> make_commands() {
  return {
      {"build", "assemble images into the local store", R"(Examples:
  lapstrake build                       # all images of lapstrake.yaml
  lapstrake build web -o oci:out:v1     # one, and as an OCI layout
  lapstrake build web -o docker-archive:web.tar
  lapstrake build --watch               # again, whenever a file changes
  lapstrake build --explain             # and why the digest changes

Usage: lapstrake build [IMAGE...] [-o TYPE:PATH[:TAG]] [--explain]
                       [--watch [--push]]

Assembles the named images (all, if none) and prints `NAME sha256:...` a line.
The same inputs give the same digest on any machine, as any user, on any day.

Options:
  -o, --output TYPE:PATH[:TAG]  also write the image as oci:DIR,
                                oci-archive:FILE or docker-archive:FILE;
                                may be repeated
      --explain                 say on stderr what of each image is another
                                than in the last build, and why
      --watch                   then wait, and build again what a change of a
                                source, a base or the spec concerns; a line
                                for each new digest, until it is interrupted
      --cache-from HOST/REPO[:TAG]
                                take layers that another machine compressed; may
                                be repeated
      --cache-to HOST/REPO[:TAG]
                                keep layers there for other machines
      --push                    with --watch: push each new digest, and print
                                what `lapstrake push` prints
)"},
      {"plan", "what a build would change, and why", R"(Examples:
  lapstrake plan                        # all images of lapstrake.yaml
  lapstrake plan web
  lapstrake plan web --json             # every change, for scripts

Usage: lapstrake plan [IMAGE...]

Says of each image what `lapstrake build` would make other than the last build
of this store, and why: the base, each layer with the first ten paths that
changed, the settings. Exits 0 whether or not anything changes.

It builds into the store, but gives no names: a second `plan` says the same, and
the next build is quick. It does not say what a push would upload, nor what
changes in task definitions: `lapstrake register --dry-run` shows the latter.
)"},
      {"push", "build, and send what the registry lacks", R"(Examples:
  lapstrake push                        # all images with a repository
  lapstrake push web --create-repository
  lapstrake push --image web=oci:out:v1 web   # what was built elsewhere

Usage: lapstrake push [IMAGE...]

Builds what is needed, sends only what the registry lacks, the manifest last,
tags last of all. Prints `repository:tag@sha256:...` a line.

Options:
      --cache-from HOST/REPO[:TAG]
                            take layers that another machine compressed; may
                            be repeated
      --cache-to HOST/REPO[:TAG]
                            keep layers there for other machines
      --create-repository   make a missing ECR repository
)"},
      {"register", "push, and register task definitions by digest", R"(Examples:
  lapstrake register                    # all tasks
  lapstrake register my-web-app -e production
  lapstrake register --dry-run          # the difference, nothing is sent

Usage: lapstrake register [TASK...]

Checks the task definitions offline, builds and pushes the images that they
name, fills in `repository:tag@sha256:...`, and registers a revision only if it
differs from the newest active one. Prints the ARN that stands, a line a task.

Options:
      --dry-run             show a unified diff against the newest active
                            revision; builds, but sends nothing
      --cache-from HOST/REPO[:TAG]
                            take layers that another machine compressed; may
                            be repeated
      --cache-to HOST/REPO[:TAG]
                            keep layers there for other machines
      --create-repository   make a missing ECR repository
)"},
      {"check", "say all that is wrong with the spec, offline", R"(Examples:
  lapstrake check
  lapstrake check -e production

Usage: lapstrake check

Reads the spec and says all that is wrong with it in one run: its keys and
values, sources that are missing or cannot be packed, task definitions that ECS
would refuse. Needs no network. Prints nothing when all is well; exits 2
otherwise.
)"},
      {"lock", "pin every base to its digest", R"(Examples:
  lapstrake lock                        # what is not pinned yet
  lapstrake lock --update               # follow all tags to where they are
  lapstrake lock --update web debian:12-slim
  lapstrake lock --locked               # has anything moved?

Usage: lapstrake lock [--update [NAME...]] [--prune]

Looks up what the names of the bases stand for, and writes their digests into
`lapstrake.lock` beside the spec, to be committed with it. Builds take the
digests from there and ask for no tag; with the global option `--locked` they
fail if one is missing. Prints a line for each change: `added NAME sha256:...`,
`moved NAME sha256:... -> sha256:...`, `removed NAME sha256:...`.

With `--locked` it writes nothing, tells what is missing, has moved or is
superfluous, and exits 6 if anything does.

Options:
      --update              move entries to what their names stand for now:
                            those of the bases or images NAME, or all
      --prune               drop entries that no environment of the spec needs
)"},
      {"vendor", "bring all bases to hosts without a network", R"(Examples:
  lapstrake vendor
  lapstrake vendor /media/stick/bases --platform linux/arm64
  lapstrake build --offline --locked    # later, elsewhere

Usage: lapstrake vendor [DIR]

Copies the bases that lie in registries into DIR (lapstrake-vendor beside the
spec), an OCI layout, for the platforms of the images, and pins those that
`lapstrake.lock` lacks. What is there already is not fetched again. Builds and
pushes read bases from there instead of their registries; the global option
`--vendored DIR` names another folder. Prints `NAME@sha256:...` a line.
)"},
      {"inspect", "look into an image, wherever it lies", R"(Examples:
  lapstrake inspect web                 # as built into the store
  lapstrake inspect oci:out:v1
  lapstrake inspect registry.example/team/web:1.4 --json

Usage: lapstrake inspect REF [--files] [--referrers]

REF is the name of an image of the spec, host/repo:tag, host/repo@sha256:...,
oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE.

Options:
      --files               list what each layer holds, with mode, owner, size,
                            and the paths that make the image large
      --referrers           list what is attached to it in its registry
)"},
      {"copy", "move an image between any two places", R"(Examples:
  lapstrake copy registry.example/team/web:1.4 oci:web:1.4
  lapstrake copy oci-archive:web.tar registry.example/team/web:1.4
  lapstrake copy staging.example/web@sha256:... prod.example/web:1.4
  lapstrake copy web docker-archive:web.tar --platform linux/arm64

Usage: lapstrake copy SRC DST

SRC and DST are host/repo:tag, host/repo@sha256:..., oci:DIR[:TAG],
oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]; SRC may be the name of
an image of the spec, as built into the store.

Manifests arrive as the bytes that they are, so the digest stays: an index with
all its platforms, nested indexes and attestations. With the global option
`--platform` only that platform's manifest, which has a digest of its own. What
is there already is not sent. Prints `DST@sha256:...`. If DST has a digest and
the image has another, nothing is sent and the exit code is 6.

Options:
      --create-repository   make a missing ECR repository
)"},
      {"diff", "how two images differ", R"(Examples:
  lapstrake diff web registry.example/team/web:1.4
  lapstrake diff oci:before:v1 oci:after:v1 --json

Usage: lapstrake diff A B

Compares configs, member by member; layers; and the files that a container would
see: type, content (its SHA-256), link target, mode, owner, extended attributes.
Time stamps and the history are not compared. A and B take the forms that
`lapstrake inspect` does. Of an index each platform that both have is compared.

Prints nothing when A and B have one digest. Exits 0 whether they differ or not;
scripts look at `same` of --json.
)"},
      {"verify", "compute every digest of an image again", R"(Examples:
  lapstrake verify web                  # as built into the store
  lapstrake verify registry.example/team/web:1.4
  lapstrake verify oci-archive:web.tar --platform linux/arm64
  lapstrake verify --rebuild registry.example/team/web:1.4

Usage: lapstrake verify REF [--rebuild]

Computes every digest again: of manifests, configs and layers, and of what each
layer unpacks to (its diff_id); looks at sizes, media types, platforms, and the
counts of layers. REF takes the forms that `lapstrake inspect` does.

Prints `verified: 2 images, 7 blobs, 123.4 MiB`. Otherwise a line for all that
is wrong, and exits 6.

Options:
      --rebuild             build the image of the spec that REF is of again,
                            every file anew, and exit 6 if its digest differs
)"},
      {"store", "check, clean or find the local store", R"(Examples:
  lapstrake store path
  lapstrake store check
  lapstrake store gc

Usage: lapstrake store check|gc|path

Commands:
  check   hash every blob, follow every ref
  gc      remove what no ref reaches
  path    say where the store is
)"},
      {"store check", "", R"(Example:
  lapstrake store check

Usage: lapstrake store check

Hashes every blob of the store and follows every ref. Exits 6 when something is
damaged, and names it.
)"},
      {"store gc", "", R"(Example:
  lapstrake store gc

Usage: lapstrake store gc

Removes the blobs that no ref reaches and what killed processes left behind.
Waits for builds that run.
)"},
      {"store path", "", R"~(Example:
  du -sh "$(lapstrake store path)"

Usage: lapstrake store path

Prints the store's folder.
)~"},
      {"sandbox", "a local stand-in for ECR and ECS", R"(Examples:
  lapstrake sandbox -- lapstrake register
  lapstrake sandbox -- aws ecs list-task-definitions
  lapstrake sandbox -- bash             # a shell that sees the sandbox

Usage: lapstrake sandbox [-- COMMAND...]

Plays ECR, ECS and STS on 127.0.0.1, with TLS and signatures checked, and runs
COMMAND with its environment set to it. Without a command it prints `export`
lines and serves until it is interrupted. Nothing of it outlives it, unless
`--data` names a folder.

Options:
      --port N              the TLS port (a free one)
      --proxy-port N        the proxy's port (a free one)
      --account ID          the account that it plays (123456789012)
      --data DIR            keep blobs, records and the CA in DIR
      --faults FILE         a script of faults (docs/reference/sandbox.md)
      --no-create           do not make repositories on push
      --immutable-tags      refuse to overwrite tags
)"},
      {"schema", "print the JSON Schema of the spec", R"(Example:
  lapstrake schema > lapstrake.schema.json

Usage: lapstrake schema

Editors complete and check `lapstrake.yaml` with it: see docs/how-to/editor.md.
)"},
      {"version", "version, byte format, libraries", R"(Example:
  lapstrake version --json

Usage: lapstrake version
)"},
      {"help", "help for a command", R"(Example:
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
  lapstrake build -o oci:out:v1         # an image, as an OCI layout
  lapstrake register -e production      # from files to a task definition

Usage: lapstrake [global options] COMMAND [NAME...]

Builds container images from lapstrake.yaml without a daemon, pushes them and
registers ECS task definitions pinned by digest. Nothing is executed.

Commands:
)";
  for (const auto& command : commands())
    if (!command.summary.empty())
      out += cat("  ", command.name, std::string(10 - std::min<std::size_t>(9, command.name.size()), ' '),
                 command.summary, "\n");
  return cat(out, "\n", globals);
}

}  // namespace lapstrake::cli
